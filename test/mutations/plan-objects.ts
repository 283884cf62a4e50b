import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeRun } from '../../core/run.ts'
import { imageNodes } from '../../services/deploy/pods.ts'
import { claimsOf } from '../../services/remove/claims.ts'
import { endpointsOf } from '../../services/deploy/endpoints.ts'
import { collectSources } from '../../manifests/sources.ts'
import { withLate } from '../../manifests/transform/transform.ts'
import { rulesFor } from '../../manifests/source/finish.ts'
import { planContextOf } from '../../manifests/source/plan-context.ts'
import { namedNodes } from '../../cluster/nodes/may-run.ts'
import { watchedOf } from '../../cluster/ready/targets.ts'
import { writeObjects } from '../../manifests/yaml/write.ts'
import { madeConfig, madeNode } from '../support/made-config.ts'
import { madeDeployable } from '../unit/manifests/made-deployable.ts'
import { asText, chanceOf, mutated } from './mutate.ts'
import { ordinaryObjects } from './ordinary.ts'

export type Failure = { readonly seed: number; readonly what: string; readonly error: unknown }

const secret = { key: 'kafka', namespaces: ['dev'], keys: new Set(['user']), mount: { services: ['web'], path: '/k' } }
const image = {
  key: 'web',
  name: 'team/web',
  ref: 'localhost/web:2',
  repository: 'localhost/web',
  tag: '2',
  inputs: 'f00d',
  at: { file: 'f' },
}
const never = () => Promise.reject(new Error('plain manifests need no tool'))

/**
 * Takes ordinary objects, each with one value of it changed, through what `plan` does with them and through what the steps
 * read of them later. Answers those that threw: a wrong object is to be a problem, and never a defect.
 */
export const planMutatedObjects = async (count: number, firstSeed: number): Promise<readonly Failure[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-mutations-'))
  const failures: Failure[] = []
  try {
    for (let seed = firstSeed; seed < firstSeed + count; seed++) {
      const chance = chanceOf(seed)
      const object = ordinaryObjects[chance(ordinaryObjects.length)]
      const { value, what } = mutated(object, chance)
      const kind = object && 'kind' in object ? String(object.kind) : ''
      await planOne(folder, asText(value)).catch((error: unknown) =>
        failures.push({ seed, what: `${kind} ${what}`, error }),
      )
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return failures
}

const planOne = async (folder: string, text: string): Promise<void> => {
  const file = join(folder, 'object.yaml')
  await writeFile(file, text)
  const config = madeConfig({ folder, nodes: [madeNode('control-plane', { ports: ['80:80'] })] })
  const deployable = madeDeployable('service/web@dev', {
    namespace: 'dev',
    source: { kind: 'manifests', paths: [file] },
    placement: { 'kubernetes.io/os': 'linux' },
    expose: [{ service: 'web', port: 80, host: 'web.local' }],
  })
  const rendered = await collectSources([deployable], {
    config,
    images: [image],
    secrets: { known: [secret] } as never,
    run: makeRun(),
    tools: { kind: never, kubectl: never, helm: never },
    env: { KINDUP_CACHE: join(folder, 'cache') },
  })
  // What the steps read of the same objects once there is a cluster.
  const objects = (rendered.get(deployable.id)?.objects ?? []).map(({ object }) => object)
  const whole = planContextOf({ config, images: [image] }, [deployable], [], (id) => rendered.get(id)?.objects)
  writeObjects(withLate(objects, { ...rulesFor(deployable, whole), held: ['busybox'] }))
  imageNodes(objects, namedNodes('demo', config.cluster.nodes))
  claimsOf(objects, 'dev')
  watchedOf({ objects, namespace: 'dev' })
  endpointsOf('web', objects, [
    { hostPort: 80, nodePort: 80, protocol: 'tcp', address: '127.0.0.1', node: 'demo-control-plane' },
  ] as never)
  JSON.stringify(objects)
}
