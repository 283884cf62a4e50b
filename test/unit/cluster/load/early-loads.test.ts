import { describe, expect, it } from 'vitest'
import { makeEarlyLoads } from '../../../../cluster/load/early-loads.ts'

/** A ship that ends when it is told to, and notes what becomes of it. */
const ship = () => {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const seen: { begun: number; stop: AbortSignal | undefined } = { begun: 0, stop: undefined }
  const send = (stop: AbortSignal): Promise<void> => {
    seen.begun += 1
    seen.stop = stop
    stop.addEventListener('abort', () => reject(new Error('stopped')))
    return promise
  }
  return { send, seen, resolve, reject }
}

const harbour = () => {
  let stand: (() => void) | undefined
  const loads = makeEarlyLoads((listener) => (stand = listener))
  return { loads, nodesStand: () => stand?.() }
}

describe('early loads', () => {
  it('begin when the nodes stand, and at once from then on', () => {
    const { loads, nodesStand } = harbour()
    const [before, after] = [ship(), ship()]
    loads.send(before.send)
    expect(before.seen.begun).toBe(0)
    nodesStand()
    expect(before.seen.begun).toBe(1)
    loads.send(after.send)
    expect(after.seen.begun).toBe(1)
  })

  it('begin again for nodes that took the place of others', () => {
    const { loads, nodesStand } = harbour()
    const one = ship()
    loads.send(one.send)
    nodesStand()
    nodesStand()
    expect(one.seen.begun).toBe(2)
  })

  it('end with the run', async () => {
    const { loads, nodesStand } = harbour()
    const [one, late] = [ship(), ship()]
    loads.send(one.send)
    nodesStand()
    await loads.end()
    expect(one.seen.stop?.aborted).toBe(true)
    loads.send(late.send)
    expect(late.seen.begun).toBe(0)
  })
})
