import { expect, it } from 'vitest'
import type { Engine } from '../../../../cluster/engine/engine.ts'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { localRegistry } from '../../../../cluster/registry/local.ts'
import { registryStep } from '../../../../cluster/registry/step.ts'
import type { Parts } from '../../../../cluster/parts.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'
import { context } from '../../../support/steps.ts'

const base = madeConfig()
const config = { ...base, cluster: { ...base.cluster, registry: { port: 5001, keep: false } } }
// Its own one is claimed by nobody, and wants no lock.
const served = { ...localRegistry(config)!, isOwn: true }
const { container } = served

/** What the step warns of where that engine has the registry running already. */
const warnings = async (name: Engine['name']): Promise<readonly string[]> => {
  const { engine } = standInEngine({
    name,
    containers: [
      {
        name: container.name,
        labels: container.labels,
        running: true,
        ports: [{ address: '127.0.0.1', hostPort: 5001, containerPort: 5001, protocol: 'tcp' }],
      },
    ],
    images: { 'registry:3': { id: 'sha256:1', labels: {}, architecture: 'amd64', repoDigests: [] } },
    // This machine cannot ask it.
    info: { host: 'build' },
    exec: (_container, [program]) =>
      Promise.resolve({ stdout: container.config, stderr: program === 'wget' ? '  HTTP/1.1 200 OK\n' : '', code: 0 }),
  })
  const applied: KubeObject[] = []
  const record = { entries: async () => new Map(), begin: async () => undefined, finish: async () => undefined }
  const parts = {
    config,
    env: {},
    engine: async () => engine,
    access: {
      record: async () => record,
      kube: async () => ({ apply: async (object: KubeObject) => void applied.push(object) }),
    },
  } as unknown as Parts
  const certs = { lacking: async () => [], write: async () => undefined, remove: async () => undefined }
  const ctx = context()
  await registryStep(served, { parts, certs }).up(ctx)
  expect(applied).toHaveLength(1)
  return ctx.warnings
}

it('warns where the engine has no name for it that pods could find', async () => {
  expect(await warnings('nerdctl')).toEqual([
    'Registry localhost:5001: nerdctl gives a container one name and no DNS, so that programs in pods do not find kindup-registry:5001. The nodes pull from it as localhost:5001.',
  ])
  expect(await warnings('docker')).toEqual([])
})
