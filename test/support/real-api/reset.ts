import { setTimeout } from 'node:timers/promises'
import type { Access } from './control-plane.ts'

/** What etcd held before any test: key → value, both in Base64 as its gateway has them. */
export type Baseline = Readonly<Record<string, string>>

const decoded = (key: string): string => Buffer.from(key, 'base64').toString()
const encoded = (text: string): string => Buffer.from(text).toString('base64')

const call = async (etcd: string, path: string, body: object): Promise<unknown> => {
  const answer = await fetch(`${etcd}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`etcd refuses ${path}: ${await answer.text()}`)
  return answer.json()
}

/** Everything that the API server keeps: from `/registry/` up to the byte after it. */
const all = { key: encoded('/registry/'), range_end: encoded('/registry0') }

type Range = { readonly kvs?: readonly { readonly key: string; readonly value: string }[] }

/** Leases and events come and go by themselves, and no test looks at those that others wrote. */
const isVolatile = (key: string): boolean =>
  /^\/registry\/(?:masterleases|events|leases\/kube-system|configmaps\/kube-system)/.test(decoded(key))

/** Their status says when it was looked at. */
const isLive = (key: string): boolean => decoded(key).startsWith('/registry/apiregistration.k8s.io/')

const contents = async (etcd: string): Promise<Baseline> => {
  const { kvs = [] } = (await call(etcd, 'kv/range', all)) as Range
  return Object.fromEntries(kvs.filter(({ key }) => !isVolatile(key)).map(({ key, value }) => [key, value]))
}

/** Once nothing changes any more: the controllers furnish the first namespaces a moment after the API answers. */
export const baselineOf = async ({ etcd }: Pick<Access, 'etcd'>): Promise<Baseline> => {
  for (let before = await contents(etcd); ;) {
    await setTimeout(1_000)
    const after = await contents(etcd)
    const isFurnished = Object.keys(after).some((key) => decoded(key).startsWith('/registry/serviceaccounts/default/'))
    if (isFurnished && Object.keys(after).join() === Object.keys(before).join()) return after
    before = after
  }
}

/**
 * Gives the cluster of before any test back, past all finalizers: etcd is written to, whose changes API server and
 * controllers follow as any. What a controller writes meanwhile is found by looking again.
 */
export const resetTo = async (etcd: string, baseline: Baseline): Promise<void> => {
  for (let clean = 0, tries = 0; clean < 2; tries += 1) {
    const now = await contents(etcd)
    const extra = Object.keys(now).filter((key) => !(key in baseline))
    const changed = Object.entries(baseline).filter(([key, value]) => !isLive(key) && now[key] !== value)
    for (const key of extra) await call(etcd, 'kv/deleterange', { key })
    for (const [key, value] of changed) await call(etcd, 'kv/put', { key, value })
    clean = extra.length + changed.length === 0 ? clean + 1 : 0
    if (tries > 100)
      throw new Error(`the API comes to no rest: ${[...extra, ...changed.map(([key]) => key)].map(decoded).join(', ')}`)
    if (clean < 2) await setTimeout(100)
  }
}
