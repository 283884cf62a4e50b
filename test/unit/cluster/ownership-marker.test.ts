import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  dropMarker,
  listMarkers,
  readMarker,
  takeMarker,
  type OwnershipMarker,
} from '../../../cluster/ownership-marker.ts'
import { standInEngine } from '../../support/stand-in-engine.ts'

const marker: OwnershipMarker = {
  name: 'demo',
  version: '0.1.0',
  engine: 'docker',
  config: '/w/kindup.yaml',
  kubeconfig: '/home/me/.kube/config',
  kubeconfigCreated: false,
  hostsCreated: false,
}

describe('the ownership marker', () => {
  it('tells everything again that it was made with', async () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' })
    await fc.assert(
      fc.asyncProperty(
        fc.record(
          {
            config: text,
            kubeconfig: text,
            previousContext: text,
            hostsFile: text,
            kubeconfigCreated: fc.boolean(),
            hostsCreated: fc.boolean(),
            madeAt: fc.integer({ min: 0, max: 4_102_444_800_000 }),
            owner: text,
          },
          { requiredKeys: ['config', 'kubeconfig', 'kubeconfigCreated', 'hostsCreated'] },
        ),
        async (parts) => {
          const { engine } = standInEngine()
          await takeMarker(engine, { ...marker, ...parts })
          expect(await readMarker(engine, 'demo')).toEqual({ ...marker, ...parts })
        },
      ),
      { numRuns: 50 },
    )
  })

  it('is found with others, and gone when it is dropped', async () => {
    const { engine } = standInEngine()
    await takeMarker(engine, marker)
    await takeMarker(engine, { ...marker, name: 'other' })
    expect((await listMarkers(engine)).map(({ name }) => name)).toEqual(['demo', 'other'])
    await dropMarker(engine, 'demo')
    expect(await readMarker(engine, 'demo')).toBeUndefined()
    expect(await listMarkers(engine)).toHaveLength(1)
  })

  it("is not read out of somebody else's volume", async () => {
    const { engine, world } = standInEngine()
    world.volumes.set('kindup-demo', { mine: 'yes' })
    await expect(readMarker(engine, 'demo')).rejects.toMatchObject({ code: 'volume-taken' })
  })
})
