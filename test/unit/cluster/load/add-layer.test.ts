import { expect, it } from 'vitest'
import type { Engine } from '../../../../cluster/engine/engine.ts'
import { heldImage } from '../../../../cluster/load/add-layer.ts'

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`

/** What a node of arm64 holds: an index of two platforms, and of each its manifest and configuration. */
const content: Readonly<Record<string, object>> = {
  [digest('0')]: {
    manifests: [
      { digest: digest('a'), platform: { os: 'linux', architecture: 'amd64' } },
      { digest: digest('b'), platform: { os: 'linux', architecture: 'arm64' } },
      { digest: digest('c'), platform: { os: 'unknown', architecture: 'unknown' } },
    ],
  },
  [digest('a')]: { config: { digest: digest('d') }, of: 'amd64' },
  [digest('b')]: { config: { digest: digest('e') }, of: 'arm64' },
  [digest('d')]: { architecture: 'amd64' },
  [digest('e')]: { architecture: 'arm64' },
}

const node = (architecture: string): Engine =>
  ({
    info: async () => ({ architecture }),
    exec: async (_container: string, words: readonly string[]) => ({
      stdout: words.includes('ls')
        ? `docker.io/x/web:1 type ${digest('0')} 1 MiB`
        : JSON.stringify(content[words.at(-1) ?? '']),
    }),
  }) as unknown as Engine

it.each(['amd64', 'arm64'])('of an index, the image that a node of %s runs is what it holds', async (architecture) => {
  expect(await heldImage(node(architecture), 'worker', 'x/web:1')).toEqual({
    manifest: expect.objectContaining({ of: architecture }),
    config: { architecture },
  })
})
