import { describe, expect, it } from 'vitest'
import type { EngineImage } from '../../../../cluster/engine/engine.ts'
import { holdingsFrom, holds } from '../../../../cluster/load/holdings.ts'
import { snapshotterIn } from '../../../../cluster/load/snapshotter.ts'

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
