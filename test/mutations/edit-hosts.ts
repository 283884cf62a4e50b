import { blockHosts, withBlock, withoutBlock } from '../../hosts/block.ts'
import { chanceOf } from './mutate.ts'
import { mutatedText } from './mutate-text.ts'
import type { Failure } from './plan-objects.ts'

const plain = '127.0.0.1\tlocalhost\n::1 localhost ip6-localhost\n\n# mine\n10.0.0.1 db.test db  # a note\n'
const others = withBlock(Buffer.from(plain), 'other', ['a.other.test', 'b.other.test']) ?? Buffer.alloc(0)

/** Hosts files as people have them; two with what another cluster, or this one, wrote before. */
const ordinary: readonly Buffer[] = [
  Buffer.from(plain),
  Buffer.from(plain.trimEnd()),
  Buffer.from(plain.replaceAll('\n', '\r\n')),
  Buffer.from(`\ufeff${plain}`),
  Buffer.from(''),
  others,
  withBlock(others, 'demo', ['old.demo.test']) ?? others,
]

const wanted = ['web.demo.test', 'api.demo.test']

/** Puts a block into hosts files that were changed at random, and takes it out again: every byte of others is to be what it was. */
export const editMutatedHosts = (count: number, firstSeed: number): readonly Failure[] => {
  const failures: Failure[] = []
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const chance = chanceOf(seed)
    const before = mutatedText(ordinary[chance(ordinary.length)] ?? others, chance)
    try {
      const wrong = faultOf(before)
      if (wrong !== undefined) failures.push({ seed, what: JSON.stringify(before.toString('latin1')), error: wrong })
    } catch (error) {
      failures.push({ seed, what: JSON.stringify(before.toString('latin1')), error })
    }
  }
  return failures
}

const faultOf = (before: Buffer): string | undefined => {
  // What an older run left of this cluster goes with the block, and is nobody else's.
  const foreign = withoutBlock(before, 'demo') ?? Buffer.alloc(0)
  const after = withBlock(before, 'demo', wanted)
  if (after === undefined) return 'nothing was written'
  const held = blockHosts(after, 'demo')
  if (held.join() !== wanted.join()) return `the block maps ${held.join() || 'nothing'}`
  if (!(withBlock(after, 'demo', wanted) ?? foreign).equals(after)) return 'a second time changes it again'
  const left = withoutBlock(after, 'demo') ?? Buffer.alloc(0)
  return left.equals(foreign) ? undefined : `what is left is ${JSON.stringify(left.toString('latin1'))}`
}
