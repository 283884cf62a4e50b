import { describe, expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../../core/errors.ts'
import type { Context } from '../../../core/step.ts'
import { endSync, nextRequest } from '../../../gitops/argocd/end-sync.ts'
import { stateOf } from '../../../gitops/argocd/state.ts'

const [digest, other] = ['sha256:1', 'sha256:2']

const asked = (phase: string, revision: string, name = 'kindup.dev/request') =>
  stateOf({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'web', namespace: 'argocd' },
    status: { operationState: { phase, operation: { info: [{ name, value: 'earlier' }], sync: { revision } } } },
  })

describe('what Argo CD is asked for next', () => {
  it('is what an ended run has asked for, where that is the same and under way', () => {
    expect(nextRequest(asked('Running', digest), digest)).toEqual({ request: 'earlier', isBlocked: false })
  })

  it.each([
    ['another artifact is synced', asked('Running', other), true],
    ['one is being ended, of whatever it is', asked('Terminating', digest), true],
    ['what was asked for has failed', asked('Failed', digest), false],
    ['what was asked for is done', asked('Succeeded', other), false],
    ['somebody else has asked', asked('Running', other, 'reason'), false],
    ['nobody has asked', undefined, false],
  ])('is new where %s', (_what, before, isBlocked) => {
    const next = nextRequest(before, digest)
    expect(next).toEqual({ request: expect.stringMatching(/^[0-9a-f-]{36}$/), isBlocked })
  })
})

describe('a sync that is to end', () => {
  const ref = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'web' }
  const application = (resourceVersion: string, phase: string, operation?: object): KubeObject => ({
    ...ref,
    metadata: { name: 'web', namespace: 'argocd', resourceVersion },
    ...(operation && { operation }),
    status: { operationState: { phase, message: 'waiting for a hook' } },
  })
  const ctx = {
    signal: new AbortController().signal,
    timeoutMs: 10_000,
    report: () => undefined,
    warn: () => undefined,
  } as unknown as Context
  const api = (states: readonly KubeObject[], patch: () => Promise<unknown>) => {
    const left = [...states]
    const patches: unknown[] = []
    const kube = {
      get: ({ kind }: { kind: string }) =>
        Promise.resolve(kind === 'Application' ? (left.length > 1 ? left.shift() : left[0]) : undefined),
      list: () => Promise.resolve([]),
      mergePatch: (_ref: unknown, change: unknown) => {
        patches.push(change)
        return patch()
      },
    } as unknown as Kube
    return { kube, patches }
  }

  it('is told so as it was seen, and seen again where it has changed since', async () => {
    const { kube, patches } = api(
      [application('1', 'Running', {}), application('2', 'Running', {}), application('3', 'Failed')],
      () => Promise.reject(new EnvironmentError('api-conflict', 'it has changed')),
    )
    await endSync(kube, ref, ctx)
    expect(patches).toMatchObject([
      { metadata: { resourceVersion: '1' }, status: { operationState: { phase: 'Terminating' } } },
      { metadata: { resourceVersion: '2' }, status: { operationState: { phase: 'Terminating' } } },
    ])
  })

  it('does not end while a sync window is closed, which is said', async () => {
    const closed = application('1', 'Terminating', {})
    const status = { operationState: { phase: 'Terminating', message: 'Sync operation blocked by sync window' } }
    const { kube } = api([{ ...closed, status }], () => Promise.resolve())
    await expect(endSync(kube, ref, ctx, 0)).rejects.toMatchObject({
      message: expect.stringContaining('a sync window of the project keeps it from ending'),
    })
  })

  it('is over where Argo CD is at none, whatever its state says', async () => {
    const { kube, patches } = api([application('1', 'Terminating')], () => Promise.resolve())
    await endSync(kube, ref, ctx)
    expect(patches).toEqual([])
  })
})
