import { expect, it } from 'vitest'
import type { Cluster } from '../../../../cluster/cluster.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { awaitNames } from '../../../../services/deploy/await-names.ts'
import { context } from '../../../support/steps.ts'

/** What the first look at the cluster answers. */
const cluster = (list: () => Promise<readonly unknown[]>, config: object = {}): Cluster =>
  ({
    context: 'team',
    config: { cluster: { kind: {}, ...config } },
    engine: () => Promise.resolve({ command: 'podman' }),
    kube: () => Promise.resolve({ list, get: () => Promise.resolve(undefined) }),
  }) as unknown as Cluster
const refuses = (code: string) => () => Promise.reject(new EnvironmentError(code, 'It is so.'))
const existing = { context: 'team' }

it('asks nothing of a cluster whose network a service brings', async () => {
  const asked = cluster(refuses('unasked'), { kind: { networking: { disableDefaultCNI: true } } })
  await expect(awaitNames(asked, context())).resolves.toBeUndefined()
})

it('ends with the error of a cluster of kindup’s own', async () => {
  const ctx = context()
  await expect(awaitNames(cluster(refuses('timed-out')), ctx)).rejects.toMatchObject({ code: 'timed-out' })
  expect(ctx.warnings).toEqual([])
})

it('warns of an existing cluster, and goes on', async () => {
  const ctx = context()
  await awaitNames(cluster(refuses('timed-out'), existing), ctx)
  expect(ctx.warnings).toEqual(['Pods of team may not resolve names yet: It is so.'])
})

it('says nothing where an existing cluster lets nobody look', async () => {
  const ctx = context()
  await awaitNames(cluster(refuses('api-refused'), existing), ctx)
  expect(ctx.warnings).toEqual([])
})

it('hides neither a stop nor a defect', async () => {
  const stopped = context(AbortSignal.abort())
  await expect(awaitNames(cluster(refuses('timed-out'), existing), stopped)).rejects.toThrow('It is so.')
  const broken = cluster(() => Promise.reject(new TypeError('a defect')), existing)
  await expect(awaitNames(broken, context())).rejects.toThrow(TypeError)
})
