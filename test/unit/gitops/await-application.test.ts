import { expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../cluster/kube/kube.ts'
import type { Context } from '../../../core/step.ts'
import { awaitApplication } from '../../../gitops/argocd/await-application.ts'
import { awaitSet } from '../../../gitops/argocd/await-set.ts'

const lines: string[] = []
const ctx = {
  signal: new AbortController().signal,
  timeoutMs: 60_000,
  report: (line: string) => void lines.push(line),
  warn: () => undefined,
  log: () => undefined,
} as unknown as Context

const answering = (...all: readonly (Readonly<Record<string, unknown>> | undefined)[]): Kube => {
  const left = [...all]
  const get = (): Promise<KubeObject | undefined> => {
    const status = left.length > 1 ? left.shift() : left[0]
    return Promise.resolve(
      status && {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'web', namespace: 'argocd' },
        status,
      },
    )
  }
  return { get, mergePatch: () => Promise.resolve(undefined) } as unknown as Kube
}

const synced = { sync: { status: 'Synced' }, health: { status: 'Healthy' } }
const of = { home: 'argocd', name: 'web' }

it('waits for an Application that reads from elsewhere until it is synced and healthy', async () => {
  await expect(
    awaitApplication(answering({}, { sync: { status: 'Synced' }, health: { status: 'Progressing' } }, synced), of, ctx),
  ).resolves.toBeUndefined()
})

it('ends with what Argo CD says where it cannot read that: offline, say', async () => {
  const message = 'failed to list refs: dial tcp: lookup github.com: no such host'
  const status = { sync: { status: 'Unknown' }, conditions: [{ type: 'ComparisonError', message }] }
  const at = { file: 'app.yaml', line: 3 }
  await expect(awaitApplication(answering(status), { ...of, at }, ctx, { patience: 0 })).rejects.toMatchObject({
    code: 'sync-failed',
    problems: [{ at }],
    message: `Argo CD cannot deploy web from where its Application says: ${message}.`,
  })
  await expect(awaitApplication(answering(undefined), of, ctx)).rejects.toThrow(
    'Application argocd/web was deleted meanwhile',
  )
})

it('waits for the Applications of a set that is left to its own controller, and ends with its words where it makes none', async () => {
  const upToDate = { conditions: [{ type: 'ResourcesUpToDate', status: 'True' }] }
  const owned = (owner: string): KubeObject => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: 'web',
      namespace: 'argocd',
      ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet', name: owner, uid: owner }],
    },
  })
  const kube = (answers: Kube, list: readonly KubeObject[]): Kube => ({
    ...answers,
    list: () => Promise.resolve(list),
    mergePatch: () => Promise.resolve(owned('all')),
  })
  const set = { home: 'argocd', name: 'all', at: { file: 'set.yaml', line: 4 } }
  await expect(
    awaitSet(kube(answering({}, upToDate, synced), [owned('all'), owned('other')]), set, ctx),
  ).resolves.toBeUndefined()
  const error = { type: 'ErrorOccurred', status: 'True', message: 'the generators are not unique' }
  await expect(awaitSet(kube(answering({ conditions: [error] }), []), set, ctx, 0)).rejects.toMatchObject({
    code: 'sync-failed',
    message: 'Argo CD cannot make the Applications of ApplicationSet all: the generators are not unique.',
    problems: [{ at: set.at }],
  })
})

it('takes nothing for done that Argo CD says of the source of before', async () => {
  const before = { ...synced, sync: { ...synced.sync, comparedTo: { source: { repoURL: 'r', path: 'old' } } } }
  const message = 'no route to host'
  const now = { sync: { status: 'Unknown' }, conditions: [{ type: 'ComparisonError', message }] }
  const kube = answering(before, now)
  const withSpec = {
    ...kube,
    get: async (...args: Parameters<Kube['get']>) => {
      const found = await kube.get(...args)
      return found && { ...found, spec: { source: { repoURL: 'r', path: 'new' } } }
    },
  } as unknown as Kube
  await expect(awaitApplication(withSpec, of, ctx, { patience: 0 })).rejects.toThrow(message)
})

it('takes no set for done by what Argo CD said before it looked again, which takes the request away', async () => {
  const refresh = 'argocd.argoproj.io/application-set-refresh'
  let set: KubeObject & { readonly status: object } = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: 'all', namespace: 'argocd' },
    status: { conditions: [{ type: 'ResourcesUpToDate', status: 'True' }] },
  }
  let looks = 0
  const asked: unknown[] = []
  const kube = {
    mergePatch: (_ref: unknown, { metadata }: KubeObject) => {
      asked.push(metadata)
      set = { ...set, metadata: { ...set.metadata, ...metadata } }
      return Promise.resolve(set)
    },
    get: () => {
      const shown = set
      looks += 1
      if (looks === 1) set = { ...set, metadata: { name: 'all', namespace: 'argocd' } }
      return Promise.resolve(shown)
    },
    list: () => Promise.resolve([]),
  } as unknown as Kube
  await awaitSet(kube, { home: 'argocd', name: 'all' }, ctx)
  expect(asked).toEqual([{ annotations: { [refresh]: 'true' } }])
  expect(looks).toBe(2)
})

it('has it looked at again, and counts nothing that was said before', async () => {
  const failed = { conditions: [{ type: 'ComparisonError', message: 'failed to list refs: EOF' }] }
  let metadata: KubeObject['metadata'] = { name: 'web', namespace: 'argocd' }
  let status: object = failed
  const kube = {
    get: () => Promise.resolve({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata, status }),
    mergePatch: (_ref: unknown, patch: { readonly metadata: object }) => {
      metadata = { ...metadata, ...patch.metadata }
      return Promise.resolve(undefined)
    },
  } as unknown as Kube
  const report = (): void => {
    metadata = { name: 'web', namespace: 'argocd' }
    status = synced
  }
  await expect(awaitApplication(kube, of, { ...ctx, report }, { patience: 0 })).resolves.toBeUndefined()
})
