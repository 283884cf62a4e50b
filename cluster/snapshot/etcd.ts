import { EnvironmentError } from '../../core/errors.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Difference, Keys } from './difference.ts'

/** Below what etcd takes in one request (--max-request-bytes), and in one transaction (--max-txn-ops). */
const maxBytes = 1_000_000
const maxOperations = 100

/** The answer of etcd's `/v3/kv/range`. */
export const keysFrom = (text: string): Keys => {
  const answer: unknown = JSON.parse(text)
  const found = isRecord(answer) && Array.isArray(answer['kvs']) ? (answer['kvs'] as readonly unknown[]) : []
  const keys = new Map<string, string>()
  for (const one of found)
    if (isRecord(one) && typeof one['key'] === 'string')
      keys.set(Buffer.from(one['key'], 'base64').toString('utf8'), typeof one['value'] === 'string' ? one['value'] : '')
  // No cluster is without its namespaces: something else has answered.
  if (keys.size === 0) throw new EnvironmentError('etcd-unreadable', 'etcd answered without a single key.')
  return keys
}

/** Requests to `/v3/kv/txn`, in the order in which they are to be made. */
export const transactions = ({ puts, deletes }: Difference): readonly string[] => {
  const operations = [
    ...puts.map(([key, value]) => JSON.stringify({ requestPut: { key: base64(key), value } })),
    ...deletes.map((key) => JSON.stringify({ requestDeleteRange: { key: base64(key) } })),
  ]
  const groups: string[][] = []
  let bytes = Infinity
  for (const operation of operations) {
    const last = groups.at(-1)
    if (last && last.length < maxOperations && bytes + operation.length <= maxBytes) {
      last.push(operation)
      bytes += operation.length
    } else {
      groups.push([operation])
      bytes = operation.length
    }
  }
  return groups.map((group) => `{"success":[${group.join(',')}]}`)
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
