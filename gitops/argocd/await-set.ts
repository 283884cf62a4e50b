import type { Kube } from '../../cluster/kube/kube.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { applicationKind } from './application.ts'
import { awaitApplication } from './await-application.ts'
import { waitForArgocd, type Left } from './wait-for-argocd.ts'

const setKind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'ApplicationSet' } as const

/**
 * Waits until the controller of ApplicationSets has made the Applications of one that it was left to, and each of them is
 * `Synced` and `Healthy`. Throws `sync-failed` with Argo CD's words where it cannot.
 */
export const awaitSet = async (kube: Kube, left: Left, ctx: Context, patience?: number): Promise<void> => {
  const { home, name, at } = left
  await waitForArgocd(
    {
      what: `Argo CD makes the Applications of ${name}`,
      look: async () => {
        const conditions = mapsAt(await kube.get({ ...setKind, namespace: home, name }), 'status', 'conditions')
        const of = (type: string) => conditions.find((one) => textAt(one, 'type') === type)
        const error = of('ErrorOccurred')
        const wrong =
          textAt(error, 'status') === 'True' ? (textAt(error, 'message') ?? 'an error without a message') : ''
        if (wrong === '' && textAt(of('ResourcesUpToDate'), 'status') === 'True') return { done: undefined }
        return { wrong, waiting: wrong === '' ? 'Argo CD has not looked at it yet' : wrong }
      },
      of: { ...left, kind: setKind.kind },
      cannot: `Argo CD cannot make the Applications of ApplicationSet ${name}`,
      hints: [],
      patience,
    },
    ctx,
  )
  const made = (await kube.list({ ...applicationKind, namespace: home })).filter(({ metadata }) =>
    mapsAt(metadata, 'ownerReferences').some(
      (owner) => textAt(owner, 'kind') === setKind.kind && textAt(owner, 'name') === name,
    ),
  )
  if (made.length === 0) ctx.warn(`ApplicationSet ${name} makes no Application: its generators find nothing.`)
  await Promise.all(
    made.map((one) => awaitApplication(kube, { home, name: one.metadata.name, ...(at ? { at } : {}) }, ctx, patience)),
  )
}
