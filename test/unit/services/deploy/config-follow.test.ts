import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Deployable } from '../../../../manifests/deployable.ts'
import { context } from '../../../support/steps.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

const settings = (value: string) =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { value: "${value}" }\n`
const web = `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: web, image: team/web, readinessProbe: { httpGet: { port: 80 } }, envFrom: [{ configMapRef: { name: settings } }] }]
      volumes: [{ name: v, secret: { secretName: login } }]
`
const login = (value: string) =>
  `---\napiVersion: v1\nkind: Secret\nmetadata: { name: login }\nstringData: { word: "${value}" }\n`

const service = async (folder: string, name: string, text: string, parts: Partial<Deployable> = {}) => {
  const file = join(folder, `${name}.yaml`)
  await writeFile(file, text)
  return madeDeployable(`service/${name}`, { source: { kind: 'manifests', paths: [file] }, ...parts })
}
const podsIn = (world: Awaited<ReturnType<typeof makeWorld>>) =>
  world.state.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'dev' }).map(({ metadata: { uid } }) => uid)

describe('a ConfigMap that changes', () => {
  it('rolls out the pods that read it, and nothing is done the second time', async () => {
    await using world = await makeWorld()
    const at = (value: string) => service(world.folder, 'web', web + settings(value) + login('a'))
    await world.up([await at('1')])
    const before = podsIn(world)
    expect(await world.up([await at('1')])).toEqual(['service/web ready'])
    expect(podsIn(world)).toEqual(before)
    await world.up([await at('2')])
    expect(podsIn(world)).not.toEqual(before)
    expect(await world.up([await at('2')])).toEqual(['service/web ready'])
  })

  it('of another service rolls them out too', async () => {
    await using world = await makeWorld()
    const both = async (value: string) => [
      await service(world.folder, 'base', settings(value)),
      await service(world.folder, 'web', web),
    ]
    await world.up(await both('1'))
    const before = podsIn(world)
    expect(await world.up(await both('2'))).toEqual([
      'service/base changed its files changed',
      'service/web changed its configs changed',
    ])
    expect(podsIn(world)).not.toEqual(before)
  })

  it('leaves them with `roll: false`, and says what does not follow', async () => {
    await using world = await makeWorld()
    const at = (value: string, word: string) =>
      service(world.folder, 'web', web + settings(value) + login(word), { roll: false })
    const ctx = context()
    await world.up([await at('1', 'a')], ctx)
    expect(ctx.warnings).toEqual([])
    const before = podsIn(world)
    await world.up([await at('2', 'b')], ctx)
    expect(podsIn(world)).toEqual(before)
    expect(ctx.warnings).toEqual([
      'Deployment web is not rolled out (`roll: false`): what comes from ConfigMap settings into variables or by subPath stays until then, volumes of Secret login follow after about a minute. kubectl rollout restart --namespace dev deployment/web   # starts its pods again',
    ])
  })
})
