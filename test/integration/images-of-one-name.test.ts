import { afterEach, beforeEach, expect, it } from 'vitest'
import { sandbox, type Sandbox } from '../support/sandbox.ts'

let at: Sandbox
beforeEach(async () => {
  at = await sandbox()
  for (const name of ['web', 'api']) {
    await at.write(`${name}/Dockerfile`, `FROM scratch\nCOPY ${name} /\n`)
    await at.write(`${name}/${name}`, name)
    await at.write(`k8s/${name}.yaml`, pod(name, `ghcr.io/team/shop:latest-${name}`))
  }
})
afterEach(() => at[Symbol.asyncDispose]())

const pod = (name: string, image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec:\n  containers:\n    - name: main\n      image: ${image}\n`
const service = (name: string, image: string): string =>
  `  ${name}:\n    namespace: shop\n${image}    deploy: { manifests: [./k8s/${name}.yaml] }\n`
const own = (name: string, more = ''): string => `    image: { build: ./${name}, name: ghcr.io/team/shop${more} }\n`

const imageIn = async (name: string): Promise<string | undefined> =>
  /image: (\S+)/.exec(await at.read(`out/service/${name}/manifests.yaml`))?.[1]

it('runs in each service its own of several images that are told apart by their tags alone', async () => {
  await at.write('kindup.yaml', `name: shop\nservices:\n${service('web', own('web'))}${service('api', own('api'))}`)
  const { code, stderr } = await at.kindup(['render', '--out', 'out'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const [web, api] = [await imageIn('web'), await imageIn('api')]
  const { stdout } = await at.kindup(['plan', '--json'])
  const title = (id: string): string | undefined =>
    (JSON.parse(stdout) as { steps: { id: string; title: string }[] }).steps.find((step) => step.id === id)?.title
  expect([title('image/web'), title('image/api')]).toEqual([`image ${web}`, `image ${api}`])
  expect(web).not.toBe(api)
})

it('refuses at its line a service without one, which could run either', async () => {
  await at.write(
    'kindup.yaml',
    `name: shop\nservices:\n${service('web', own('web'))}${service('api', own('api'))}${service('job', '')}`,
  )
  await at.write('k8s/job.yaml', pod('job', 'ghcr.io/team/shop'))
  const { code, stderr } = await at.kindup(['plan'])
  expect(code).toBe(2)
  expect(stderr).toContain(
    'k8s/job.yaml:1 Pod job runs ghcr.io/team/shop, and web and api of the file are both called so: which one is meant, nothing tells.',
  )
})

it('refuses two that would be one reference: one build would take the place of the other', async () => {
  await at.write(
    'kindup.yaml',
    `name: shop\nservices:\n${service('web', own('web', ', tag: dev'))}${service('api', own('api', ', tag: dev'))}`,
  )
  const { code, stderr } = await at.kindup(['plan'])
  expect(code).toBe(2)
  expect(stderr).toContain(
    'Image api would be ghcr.io/team/shop:dev, which image web is: one build would take the place of the other.',
  )
})
