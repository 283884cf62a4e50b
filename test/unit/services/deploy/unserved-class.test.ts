import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { context } from '../../../support/steps.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

const ingress = (name: string, more: string) =>
  `---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: ${name} }\nspec: { ${more} rules: [{ host: ${name}.test }] }\n`
const className = (name: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: { name: ${name} }\n`

it('leaves out the hosts and endpoints of an Ingress class that neither plan nor cluster has', async () => {
  await using world = await makeWorld()
  const file = join(world.folder, 'all.yaml')
  await writeFile(
    file,
    className('nginx') +
      ingress('mine', 'ingressClassName: nginx,') +
      ingress('theirs', 'ingressClassName: traefik,') +
      ingress('any', ''),
  )
  const web = madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })
  const facts = async () => {
    const [step] = await world.steps([web])
    return step?.facts?.(context())
  }
  expect(await facts()).toMatchObject({
    hosts: ['mine.test', 'any.test'],
    endpoints: [{ url: `http://mine.test:${world.ingressPort}` }, { url: `http://any.test:${world.ingressPort}` }],
  })
  // Something outside the plan serves it after all.
  world.state.put({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'traefik' }, spec: {} })
  expect(await facts()).toMatchObject({
    hosts: ['mine.test', 'any.test', 'theirs.test'],
    endpoints: [
      { url: `http://mine.test:${world.ingressPort}` },
      { url: `http://theirs.test:${world.ingressPort}` },
      { url: `http://any.test:${world.ingressPort}` },
    ],
  })
})
