import { expect, it } from 'vitest'
import type { Engine, EngineInfo } from '../../../../cluster/engine/engine.ts'
import { refuseUnfit } from '../../../../cluster/snapshot/fits.ts'
import type { SnapshotFile } from '../../../../cluster/snapshot/snapshot-file.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'

const image = { ref: 'kindest/node:v1.36.4', id: 'sha256:one' }
const about = {
  architecture: 'amd64',
  networking: {},
  nodes: [
    { name: 'demo-control-plane', role: 'control-plane', image, images: [] },
    { name: 'demo-worker', role: 'worker', image, images: [] },
  ],
} as unknown as SnapshotFile
const nodes = [madeNode('control-plane'), madeNode('worker')]
const config = madeConfig({ nodes })
const engine = (architecture = 'amd64', id: string | undefined = 'sha256:one'): Engine =>
  ({
    info: async () => ({ architecture }) as EngineInfo,
    image: async () => (id === '' ? undefined : { id, labels: {}, architecture, repoDigests: [] }),
  }) as unknown as Engine
const refuse = (changes: Partial<Parameters<typeof refuseUnfit>[2]>) =>
  refuseUnfit('f', about, { config, engine: engine(), image: image.ref, ...changes })

it.each([
  [{}],
  // Not here yet: its reference is the same.
  [{ engine: engine('amd64', '') }],
  [{ image: undefined }],
])('a snapshot file starts the cluster that it was made of: %#', async (changes) => {
  await expect(refuse(changes)).resolves.toBeUndefined()
})

it.each([
  [{ engine: engine('arm64') }, 'it is for amd64, and this engine runs arm64'],
  [
    { config: madeConfig({ nodes: nodes.slice(1) }) },
    'made of the nodes demo-control-plane, demo-worker, and the file has demo-worker',
  ],
  [{ config: madeConfig({ name: 'other', nodes }) }, 'and the file has other-control-plane, other-worker'],
  [{ engine: engine('amd64', 'sha256:two') }, 'it was made with the node image kindest/node:v1.36.4 (sha256:one)'],
  [{ engine: engine('amd64', ''), image: 'kindest/node:v1.35.8' }, 'and the file has kindest/node:v1.35.8'],
  [
    { config: { ...config, cluster: { ...config.cluster, kind: { networking: { podSubnet: '10.1.0.0/16' } } } } },
    'its cluster.kind.networking is another one',
  ],
])('and no other: %#', async (changes, why) => {
  await expect(refuse(changes)).rejects.toMatchObject({ code: 'snapshot-unfit', message: expect.stringContaining(why) })
})
