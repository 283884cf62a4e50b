import { describe, expect, it } from 'vitest'
import type { EngineImage } from '../../../../cluster/engine/engine.ts'
import { holdingsFrom, holdingsOf, holds, type FirstLooks } from '../../../../cluster/load/holdings.ts'
import { CommandError } from '../../../../core/run.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'
import { imageStoreIn, snapshotterIn } from '../../../../cluster/load/image-store.ts'

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`
const image = (id: string, repoDigests: readonly string[] = []): EngineImage => ({
  id,
  labels: {},
  architecture: 'amd64',
  repoDigests,
})
const crictl = JSON.stringify({
  images: [
    { id: digest('a'), repoTags: ['docker.io/library/web:dev'], repoDigests: [] },
    { id: digest('b'), repoTags: null, repoDigests: [`quay.io/x/y@${digest('c')}`] },
  ],
})
const ctr = `REF                       TYPE                                      DIGEST      SIZE     PLATFORMS   LABELS
docker.io/library/web:dev application/vnd.oci.image.manifest.v1+json ${digest('d')} 62.2 MiB linux/amd64 dev.kindup.image=${digest('e')},io.cri-containerd.image=managed
`

describe('what a node holds', () => {
  it('is the same image by the id of its configuration, however the reference is written', () => {
    const held = holdingsFrom(crictl, '')
    expect(holds(held, 'web:dev', image(digest('a')))).toBe(true)
    expect(holds(held, 'docker.io/web:dev', image(digest('a')))).toBe(true)
  })

  it('is not the same when the tag was built again, or has another name', () => {
    const held = holdingsFrom(crictl, '')
    expect(holds(held, 'web:dev', image(digest('f')))).toBe(false)
    expect(holds(held, 'web', image(digest('a')))).toBe(false)
  })

  it('is the same when both were pulled as the same manifest', () => {
    const held = holdingsFrom(crictl, '')
    expect(holds(held, `quay.io/x/y@${digest('c')}`, image(digest('z'), [`quay.io/x/y@${digest('c')}`]))).toBe(true)
  })

  it('is the same by the manifest that it was made from, and by the id that it was sent as', () => {
    const held = holdingsFrom(crictl, ctr)
    expect(holds(held, 'web:dev', image(digest('d')))).toBe(true)
    expect(holds(held, 'web:dev', image(digest('e')))).toBe(true)
    expect(holds(held, 'web:dev', image(digest('f')))).toBe(false)
  })

  it('is nothing in a node that is new', () => {
    expect(holdingsFrom('{"images":[]}', '').size).toBe(0)
    expect(holdingsFrom('{}', '').size).toBe(0)
  })
})

describe('snapshotterIn', () => {
  it.each([
    [
      `version = 2\n[plugins]\n  [plugins."io.containerd.grpc.v1.cri".containerd]\n    snapshotter = "native"\n`,
      'native',
    ],
    [
      `version = 3\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]\n  snapshotter = 'wrong'\n[plugins.'io.containerd.cri.v1.images']\n  snapshotter = 'fuse-overlayfs'\n[other]\n  snapshotter = 'wrong'\n`,
      'fuse-overlayfs',
    ],
    [`[plugins.'io.containerd.cri.v1.images']\n  snapshotter = ''\n`, undefined],
    ['', undefined],
  ])('reads containerd %#', (toml, snapshotter) => {
    expect(snapshotterIn(toml)).toBe(snapshotter)
  })
})

describe('a node whose containerd is still starting', () => {
  // As crictl of 1.36 says it.
  const said =
    'level=fatal msg="validate service connection: validate CRI v1 image API for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory""'
  const nodeOf = (answers: readonly string[]) => {
    const open = [...answers]
    return standInEngine({
      exec: () => {
        const stderr = open.shift()
        return stderr === undefined
          ? Promise.resolve({ stdout: crictl, stderr: '', code: 0 })
          : Promise.reject(failed(stderr))
      },
    }).engine
  }
  const failed = (stderr: string) =>
    new CommandError('command-failed', 'crictl failed', { command: 'crictl images', exitStatus: 1, stdout: '', stderr })

  it('is waited for', async () => {
    const held = await holdingsOf(nodeOf([said, said]), 'demo-worker', false)
    expect(holds(held, 'web:dev', image(digest('a')))).toBe(true)
  })

  it('is asked by one, whoever wants to know, until something is sent', async () => {
    const asked: string[] = []
    const node = nodeOf([said])
    const engine = {
      ...node,
      exec: (...args: Parameters<typeof node.exec>) => (asked.push(args[0]), node.exec(...args)),
    }
    const firstLooks: FirstLooks = new Map()
    const look = () => holdingsOf(engine, 'demo-worker', false, { firstLooks })
    const [one, other] = await Promise.all([look(), look()])
    expect(other).toBe(one)
    expect(asked).toHaveLength(2)
    expect(await look()).toBe(one)
    expect(asked).toHaveLength(2)
    firstLooks.set('demo-worker', undefined)
    await look()
    await look()
    expect(asked).toHaveLength(4)
  })

  it('is not waited for for ever, and nothing else is', async () => {
    await expect(holdingsOf(nodeOf([said]), 'demo-worker', false, { patienceMs: 0 })).rejects.toThrow('crictl failed')
    await expect(holdingsOf(nodeOf(['container is not running']), 'demo-worker', false)).rejects.toThrow(
      'crictl failed',
    )
  })
})

describe('flags of an import', () => {
  it.each([
    ['version = 2\n', []],
    ['version = 3\n', ['--local']],
    [
      `version = 4\n[plugins.'io.containerd.cri.v1.images']\n  snapshotter = 'native'\n`,
      ['--local', '--snapshotter=native'],
    ],
    ['', []],
  ])('keep ctr from handing the archive on where it would: %j', (toml, flags) => {
    expect(imageStoreIn(toml).importFlags).toEqual(flags)
  })
})
