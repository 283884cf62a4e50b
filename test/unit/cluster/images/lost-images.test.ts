import { describe, expect, it } from 'vitest'
import { lostImages } from '../../../../cluster/images/lost-images.ts'
import type { EngineImage } from '../../../../cluster/engine/engine.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'

const image = (inputs?: string): EngineImage => ({
  id: 'sha256:1',
  labels: inputs === undefined ? {} : { 'dev.kindup.inputs': inputs },
  architecture: 'amd64',
  repoDigests: [],
})

/** What is lost of `web:1`, made from `then`, where the engine and both nodes hold these. */
const lost = (
  inEngine: EngineImage | undefined,
  nodes: readonly (readonly string[])[],
  ref = 'web:1',
  port?: number,
) => {
  const { engine } = standInEngine({
    images: inEngine ? { [ref]: inEngine } : {},
    exec: (container) =>
      Promise.resolve({
        stdout: JSON.stringify({ images: [{ id: 'x', repoTags: nodes[container === 'a' ? 0 : 1] ?? [] }] }),
        stderr: '',
        code: 0,
      }),
  })
  const base = madeConfig()
  const config = port === undefined ? base : { ...base, cluster: { ...base.cluster, registry: { port, keep: false } } }
  const images = [{ ref, inputs: 'then' }]
  return lostImages(images, () => nodes.map((_node, index) => 'ab'[index]!), {
    engine: () => Promise.resolve(engine),
    config,
  })
}
const there = ['docker.io/library/web:1']

describe('lostImages', () => {
  it.each([
    ['the engine has what was built then', image('then'), [[]]],
    ['the engine has one that kindup did not build', image(), [[]]],
    ['every node that would run it has it', undefined, [there, there]],
  ])('has nothing to say where %s', async (_why, inEngine, nodes) => expect(await lost(inEngine, nodes)).toEqual([]))

  it('names one that was built again under the same tag, although a node has it', async () =>
    expect(await lost(image('now'), [there])).toEqual([
      'web:1 was built again since, under the same tag: what it was then is gone.',
    ]))

  it.each([
    ['one node lacks it', [there, []]],
    ['no node would run it', []],
  ])('names one that the engine lacks where %s', async (_why, nodes) =>
    expect(await lost(undefined, nodes)).toEqual(['web:1 is neither in docker nor in the nodes that would run it.']),
  )

  it('leaves what the local registry may hold to the nodes', async () =>
    expect(await lost(undefined, [[]], 'localhost:5001/web:1', 5001)).toEqual([]))
})
