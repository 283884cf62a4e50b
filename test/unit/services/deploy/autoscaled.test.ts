import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { transform } from '../../../../manifests/transform/transform.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

type World = Awaited<ReturnType<typeof makeWorld>>

const plain = async (world: World, text: string) => {
  const file = join(world.folder, 'web.yaml')
  await writeFile(file, text)
  return madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })
}
const workload = (replicas: number, note = '1') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, annotations: { note: "${note}" } }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: a, readinessProbe: { httpGet: { port: 80 } } }] } }
`
const autoscaler = `---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }, minReplicas: 3, maxReplicas: 4 }
`
const definition = `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: scaledobjects.keda.sh }
spec: { group: keda.sh, scope: Namespaced, names: { kind: ScaledObject, plural: scaledobjects }, versions: [{ name: v1alpha1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }] }
`
const scaled =
  '---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: web }\nspec: { scaleTargetRef: { name: web } }\n'
const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'dev' }
const replicas = (world: World) => world.state.get(ref)?.spec?.['replicas']
/** As the autoscaler does it. */
const scale = (world: World, count: number) => {
  const live = world.state.get(ref)!
  world.state.put({ ...live, spec: { ...live.spec, replicas: count } })
}

describe('replicas that an autoscaler holds', () => {
  for (const [what, more] of Object.entries({ 'an autoscaler': autoscaler, KEDA: definition + scaled }))
    it(`stay through every change of the file: ${what}`, async () => {
      await using world = await makeWorld()
      await world.up([await plain(world, workload(1) + more)])
      expect(replicas(world)).toBe(1)
      for (const count of [3, 4, 2]) {
        scale(world, count)
        await world.up([await plain(world, workload(1, String(count)) + more)])
        expect(replicas(world)).toBe(count)
      }
    })

  it('are those of somebody else’s autoscaler too, and those of the file once there is none', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world, workload(1))])
    world.state.put({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'theirs', namespace: 'dev' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 5 },
    })
    scale(world, 3)
    await world.up([await plain(world, workload(1, '2'))])
    expect(replicas(world)).toBe(3)
    world.state.remove({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      name: 'theirs',
      namespace: 'dev',
    })
    await world.up([await plain(world, workload(2, '3'))])
    expect(replicas(world)).toBe(2)
  })

  it('are those of the file when it gives its autoscaler up', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world, workload(1) + autoscaler)])
    scale(world, 3)
    await world.up([await plain(world, workload(1))])
    expect(replicas(world)).toBe(1)
  })

  it('go into what helm renders', () => {
    const held = [{ kind: 'Deployment', name: 'web', namespace: 'dev', replicas: 3 }]
    const rules = { cluster: 'demo', step: 'service/web', images: [], skip: [], home: 'dev', replicas: held }
    const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 1 } }
    expect(transform([object], rules)).toMatchObject([{ spec: { replicas: 3 } }])
  })
})
