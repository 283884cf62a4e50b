import { describe, expect, it } from 'vitest'
import { refusal, unreachable } from '../../../../cluster/kube/api-errors.ts'
import { liveList } from '../../../../cluster/kube/live-list.ts'
import type { Rest } from '../../../../cluster/kube/rest.ts'

const query = { apiVersion: 'v1', kind: 'Pod' }
const server = new URL('https://127.0.0.1:6443')
const failing = (code: string, message: string): Error => Object.assign(new Error(message), { code })

/** What a live list does whose watches and lists fail in this order. */
const followed = async (watching: () => Error, listing: (lists: number) => Error | undefined = () => undefined) => {
  let lists = 0
  const stop = new AbortController()
  const rest: Pick<Rest, 'lines'> = {
    async *lines() {
      yield []
      throw watching()
    },
  }
  const list = () => {
    lists += 1
    const error = listing(lists)
    // A loop that nothing ends would hang the test.
    if (lists > 4) stop.abort()
    return error ? Promise.reject(error) : Promise.resolve({ items: [], resourceVersion: String(lists) })
  }
  const live = liveList(rest as Rest, { path: '/api/v1/pods', list }, query, stop.signal)
  try {
    let next = await live.next()
    while (next.done !== true) next = await live.next()
    return { ended: 'by itself', lists }
  } catch (error) {
    return { ended: (error as Error).message, lists }
  }
}

describe('a live list', () => {
  it('ends at once when a certificate has run out', async () => {
    const { ended, lists } = await followed(() =>
      unreachable(server, failing('CERT_HAS_EXPIRED', 'certificate has expired')),
    )
    expect(ended).toBe('The Kubernetes API at https://127.0.0.1:6443 cannot be reached: certificate has expired.')
    expect(lists).toBe(1)
  })

  it('ends at what the API refuses with the word for what it forgot', async () => {
    const expired = () => refusal(401, JSON.stringify({ message: 'the token has expired' }), 'watch Pod')
    const { ended } = await followed(expired, (lists) => (lists > 1 ? expired() : undefined))
    expect(ended).toContain('the token has expired')
  })

  it('lists again what the server forgot, and ends when a list is forgotten too', async () => {
    const gone = () => refusal(410, JSON.stringify({ message: 'too old resource version: 1 (9)' }), 'watch Pod')
    const { ended, lists } = await followed(gone, (count) => (count === 3 ? gone() : undefined))
    expect(ended).toBe('The API could not watch Pod: too old resource version: 1 (9)')
    expect(lists).toBe(3)
  })
})
