import type { Kube } from '../../cluster/kube/kube.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { awaitApplication } from './await-application.ts'
import { madeApplications, setKind } from './made-applications.ts'
import { waitForArgocd, type Left } from './wait-for-argocd.ts'

/** Asks the controller for a look; it takes it away at the end of one that made or changed all Applications. */
const refreshAnnotation = 'argocd.argoproj.io/application-set-refresh'

/**
 * Waits until the controller of ApplicationSets has made the Applications of one that it was left to, and each of them is
 * `Synced` and `Healthy`. Throws `sync-failed` with Argo CD's words where it cannot.
 */
export const awaitSet = async (kube: Kube, left: Left, ctx: Context, patience?: number): Promise<void> => {
  const { home, name, at } = left
  const ref = { ...setKind, namespace: home, name }
  // Its conditions have no generation: until it has looked again, they tell of the set of before.
  await kube.mergePatch(ref, { metadata: { annotations: { [refreshAnnotation]: 'true' } } })
  await waitForArgocd(
    {
      what: `Argo CD makes the Applications of ${name}`,
      look: async () => {
        const set = await kube.get(ref)
        const isAsked = textAt(set, 'metadata', 'annotations', refreshAnnotation) !== undefined
        const conditions = mapsAt(set, 'status', 'conditions')
        const of = (type: string) => conditions.find((one) => textAt(one, 'type') === type)
        const error = of('ErrorOccurred')
        const wrong =
          textAt(error, 'status') === 'True' ? (textAt(error, 'message') ?? 'an error without a message') : ''
        if (wrong === '' && !isAsked && textAt(of('ResourcesUpToDate'), 'status') === 'True') return { done: undefined }
        return { wrong, waiting: wrong === '' ? 'Argo CD has not looked at it yet' : wrong }
      },
      of: { ...left, kind: setKind.kind },
      cannot: `Argo CD cannot make the Applications of ApplicationSet ${name}`,
      hints: [],
      patience,
    },
    ctx,
  )
  const made = await madeApplications(kube, ref)
  if (made.length === 0) ctx.warn(`ApplicationSet ${name} makes no Application: its generators find nothing.`)
  await Promise.all(
    made.map((one) =>
      awaitApplication(
        kube,
        { home, name: one.metadata.name, ...(at ? { at } : {}) },
        ctx,
        patience === undefined ? {} : { patience },
      ),
    ),
  )
}
