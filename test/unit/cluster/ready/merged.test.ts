import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { merged } from '../../../../cluster/ready/merged.ts'
import type { Source } from '../../../../cluster/ready/merged.ts'

const object = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name } })

/** A source that tells what it is given, and notes when it is ended. */
const makeSource = () => {
  let wake = Promise.withResolvers<void>()
  const queue: (readonly KubeObject[] | Error)[] = []
  const told = { ended: false }
  const source: Source = async function* (signal) {
    signal.addEventListener('abort', () => wake.resolve())
    try {
      while (!signal.aborted) {
        const next = queue.shift()
        if (next instanceof Error) throw next
        if (next) yield next
        else {
          await wake.promise
          wake = Promise.withResolvers()
        }
      }
    } finally {
      told.ended = true
    }
  }
  const tell = (next: readonly string[] | Error): void => {
    queue.push(next instanceof Error ? next : next.map(object))
    wake.resolve()
  }
  return { source, tell, told }
}
const names = ({ value }: IteratorResult<readonly KubeObject[]>) =>
  (value as readonly KubeObject[]).map(({ metadata }) => metadata.name)
const long = 3_600_000

describe('merged sources', () => {
  it('tell nothing until each has told, and then all after each change', async () => {
    const [pods, sets] = [makeSource(), makeSource()]
    const all = merged([pods.source, sets.source], long, new AbortController().signal)
    const first = all.next()
    pods.tell(['a'])
    expect(await Promise.race([first, new Promise((resolve) => setImmediate(() => resolve('nothing')))])).toBe(
      'nothing',
    )
    sets.tell(['s'])
    expect(names(await first)).toEqual(['a', 's'])
    pods.tell(['a', 'b'])
    expect(names(await all.next())).toEqual(['a', 'b', 's'])
    await all.return(undefined)
  })

  it('tell again when time has passed', async () => {
    const { source, tell } = makeSource()
    const all = merged([source], 5, new AbortController().signal)
    tell(['a'])
    expect([names(await all.next()), names(await all.next())]).toEqual([['a'], ['a']])
    await all.return(undefined)
  })

  it('fail with the first that fails, and end the others', async () => {
    const [pods, sets] = [makeSource(), makeSource()]
    const all = merged([pods.source, sets.source], long, new AbortController().signal)
    const first = all.next()
    pods.tell(new Error('refused'))
    await expect(first).rejects.toThrow('refused')
    expect(sets.told.ended).toBe(true)
  })

  it('end when they are told to, and when nobody reads on', async () => {
    const stop = new AbortController()
    const { source, told } = makeSource()
    const all = merged([source], long, stop.signal)
    const first = all.next()
    stop.abort()
    expect(await first).toMatchObject({ done: true })
    expect(told.ended).toBe(true)
    const other = makeSource()
    const more = merged([other.source], long, new AbortController().signal)
    other.tell(['a'])
    await more.next()
    await more.return(undefined)
    expect(other.told.ended).toBe(true)
  })
})
