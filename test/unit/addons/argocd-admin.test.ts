import { describe, expect, it } from 'vitest'
import { addonDeployables } from '../../../addons/index.ts'
import type { Cluster } from '../../../cluster/cluster.ts'
import type { KubeObject } from '../../../cluster/kube/kube.ts'
import type { Context } from '../../../core/step.ts'
import { madeConfig, madeNode, madeSection } from '../../support/made-config.ts'

type Data = Readonly<Record<string, string>>

/** A cluster whose API answers `get` from a list of looks: the last one stays. */
const clusterWith = (...looks: readonly Readonly<Record<string, Data>>[]) => {
  let probe = 0
  const cluster = {
    kube: () =>
      Promise.resolve({
        get: ({
          name,
          kind,
          namespace,
        }: {
          name: string
          kind: string
          namespace?: string
        }): Promise<KubeObject | undefined> => {
          if (namespace !== 'argocd') throw new Error(`asked in ${namespace}`)
          const data = looks[Math.min(probe, looks.length - 1)]?.[name]
          if (name === 'argocd-secret') probe++
          return Promise.resolve(data && { apiVersion: 'v1', kind, metadata: { name }, data })
        },
      }),
  } as unknown as Cluster
  return cluster
}

const password = (text: string): Data => ({ password: Buffer.from(text).toString('base64') })

const factsWith = async (cluster: Cluster, parts: { timeoutMs?: number; host?: string } = {}) => {
  const nodes = [madeNode('control-plane', { ports: ['8080:80'] })]
  const section = madeSection('argocd', parts.host === undefined ? {} : { host: parts.host })
  const [argocd] = addonDeployables(madeConfig({ nodes, addons: [section] }))
  const warnings: string[] = []
  const ctx: Context = {
    signal: new AbortController().signal,
    timeoutMs: parts.timeoutMs ?? 120_000,
    report: () => undefined,
    warn: (text) => warnings.push(text),
  }
  return { facts: await argocd?.facts?.(cluster, ctx), warnings }
}

describe("Argo CD's admin", () => {
  it('is a credential with the address of its page', async () => {
    const cluster = clusterWith({ 'argocd-initial-admin-secret': password('s3cret') })
    const { facts, warnings } = await factsWith(cluster, { host: 'argocd.test' })
    expect(facts).toEqual({
      credentials: [{ name: 'argocd', username: 'admin', password: 's3cret', url: 'http://argocd.test:8080' }],
    })
    expect(warnings).toEqual([])
  })

  it('is waited for while the server writes it', async () => {
    const cluster = clusterWith({ 'argocd-secret': {} }, { 'argocd-initial-admin-secret': password('later') })
    const { facts } = await factsWith(cluster)
    expect(facts?.credentials).toEqual([{ name: 'argocd', username: 'admin', password: 'later' }])
  })

  it.each([
    [
      'deleted, or set by values',
      { 'argocd-secret': { 'admin.password': 'aGFzaA==' } },
      /was deleted, or the password was set/,
    ],
    [
      'empty',
      { 'argocd-initial-admin-secret': { password: '' }, 'argocd-secret': { 'admin.password': 'eA==' } },
      /cannot be shown/,
    ],
  ])('is said in words when its Secret is %s', async (_, probe, words) => {
    const { facts, warnings } = await factsWith(clusterWith(probe))
    expect(facts).toEqual({})
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(words)
  })

  it('is said in words when it never comes', async () => {
    const { facts, warnings } = await factsWith(clusterWith({}), { timeoutMs: 60 })
    expect(facts).toEqual({})
    expect(warnings[0]).toContain('has not written its first password yet')
  })

  it('is nobody to speak of when it is turned off', async () => {
    const { facts, warnings } = await factsWith(clusterWith({ 'argocd-cm': { 'admin.enabled': 'false' } }))
    expect(facts).toEqual({})
    expect(warnings).toEqual([])
  })
})
