import { describe, expect, it } from 'vitest'
import { withoutHandedOn } from '../../../../cluster/load/hand-on.ts'
import type { Pushes } from '../../../../cluster/load/memory.ts'
import type { EngineImage } from '../../../../cluster/engine/engine.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'

const image: EngineImage = {
  id: `sha256:${'a'.repeat(64)}`,
  labels: {},
  architecture: 'amd64',
  repoDigests: [],
  size: 1e9,
}

/** An engine whose pushes fail, and what is said of an image of which the node holds another build. */
const handed = async (pushes?: Pushes, size = 1e9) => {
  const said: string[] = []
  const done: string[] = []
  const { engine } = standInEngine({
    images: { 'team/web:2': image },
    exec: async (_container, words) => {
      if (words.includes('ls')) done.push(`looks at ${words.at(-1)}`)
      return { stdout: '', stderr: '', code: 0 }
    },
    over: {
      tag: async () => undefined,
      push: async () => {
        done.push('pushes')
        throw new Error('the push failed')
      },
    },
  })
  const left = await withoutHandedOn(
    {
      engine,
      images: ['team/web:2'],
      containers: ['node'],
      memory: { there: new Set(), imageStores: new Map(), underWay: new Map(), ...(pushes && { pushes }) },
      report: (line) => void said.push(line),
    },
    { refs: ['team/web:2'], containers: ['node'], hasKin: true },
    {
      parcels: [],
      held: new Map([['team/web:2', { ...image, size }]]),
      info: await engine.info(),
      kinOf: () => ['0', '1', '2', '3'].map((tag) => `docker.io/team/web:${tag}`),
    },
  )
  return { left, said: said.at(-1) ?? '', done }
}

const looks = (done: readonly string[]): readonly string[] => done.filter((line) => line.startsWith('looks')).toSorted()

describe('an image of which a node holds other builds', () => {
  it('is pushed by an engine of this machine, with a few of them to tell layers by, and sent where that fails', async () => {
    const { left, said, done } = await handed()
    expect(left).toEqual(['team/web:2'])
    expect(said).toBe('team/web:2 is sent whole, for it did not come by a push: the push failed')
    expect(looks(done)).toEqual(['1', '2', '3'].map((tag) => `looks at name==docker.io/team/web:${tag}`))
    expect(done).toContain('pushes')
  })

  it('is told by what was sent last, where that is known', async () => {
    const pushes: Pushes = new Map([['team/web', { isBusy: false, larges: 0, last: 'team/web:1' }]])
    expect(looks((await handed(pushes)).done)).toEqual(['looks at name==docker.io/team/web:1'])
    expect(pushes.get('team/web')?.last).toBe('team/web:2')
  })

  it.each([
    [{ isBusy: true, larges: 1 }, 'still reads one of its layers'],
    [{ isBusy: false, larges: 2 }, 'its new layers are large'],
  ])('is not pushed in vain: %o', async (past, why) => {
    const { left, said, done } = await handed(new Map([['team/web', { ...past, last: 'team/web:1' }]]))
    expect([left, done]).toEqual([['team/web:2'], []])
    expect(said).toContain(why)
  })

  it('is not pushed where it is small', async () => {
    expect(await handed(undefined, 5e6)).toEqual({ left: ['team/web:2'], said: '', done: [] })
  })
})
