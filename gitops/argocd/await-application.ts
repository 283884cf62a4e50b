import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, mapsAt, textAt, valueAt, type Fields } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { applicationRef } from './application.ts'
import { stateOf } from './state.ts'
import { waitForArgocd, type Left } from './wait-for-argocd.ts'

/** Asks for a look past all caches; the controller takes it away with what came of it. */
const refreshAnnotation = 'argocd.argoproj.io/refresh'

/**
 * Waits until Argo CD has made an Application so that nobody here packed: what it deploys comes from somewhere else.
 * Throws `sync-failed` with Argo CD's words where it cannot.
 */
export const awaitApplication = async (
  kube: Kube,
  left: Left,
  ctx: Context,
  {
    patience,
    until = 'healthy',
    from = 'where its Application says',
  }: { readonly patience?: number; readonly until?: 'synced' | 'healthy'; readonly from?: string } = {},
): Promise<void> => {
  const { home, name } = left
  const ref = applicationRef({ home, name })
  // What it could not read is asked for again after minutes only, and stands there until then.
  await kube.mergePatch(ref, { metadata: { annotations: { [refreshAnnotation]: 'hard' } } })
  await waitForArgocd(
    {
      what: `Argo CD deploys ${name}`,
      look: async () => {
        const application = await kube.get(ref)
        if (!application) return { failed: `Application ${home}/${name} was deleted meanwhile` }
        if (textAt(application, 'metadata', 'annotations', refreshAnnotation) !== undefined)
          return { wrong: '', waiting: 'Argo CD has not looked at it yet' }
        const { sync, health, healthMessage, conditions, operation } = stateOf(application)
        const isWell = until === 'healthy' ? health === 'Healthy' : !isAtWork(application)
        if (sync === 'Synced' && isWell && isOfNow(application)) return { done: undefined }
        const wrong =
          conditions.find(({ type }) => /^(InvalidSpec|Comparison|Sync|Unknown)Error$/.test(type))?.message ??
          (operation && /^(Failed|Error)$/.test(operation.phase) ? operation.message : '')
        const words = wrong || healthMessage || operation?.message || ''
        return {
          wrong,
          waiting: `Argo CD says ${sync || 'nothing yet'}${health === '' ? '' : `, ${health}`}${words === '' ? '' : `: ${words}`}`,
        }
      },
      of: { ...left, kind: 'Application' },
      cannot: `Argo CD cannot deploy ${name} from ${from}`,
      hints: ['The controller reads that by itself, over its own network.'],
      patience,
    },
    ctx,
  )
}

/** It was asked for a sync, and is not done with that. */
const isAtWork = (application: KubeObject): boolean =>
  valueAt(application, 'operation') !== undefined || stateOf(application).operation?.phase === 'Running'

/** Whether what it says is of the sources that it has: until it has looked again, it tells of those of before. */
const isOfNow = (application: KubeObject): boolean => {
  const compared = fieldsAt(application, 'status', 'sync', 'comparedTo')
  const spec = fieldsAt(application, 'spec')
  return Object.keys(compared).length === 0 || sourcesOf(spec) === sourcesOf(compared)
}

/** Of each source what leads to it: of the rest Argo CD leaves out what is as without it. */
const sourcesOf = (of: Fields): string => {
  const several = mapsAt(of, 'sources')
  return JSON.stringify((several.length > 0 ? several : [fieldsAt(of, 'source')]).map(addressOf))
}

const addressOf = (source: Fields): readonly string[] =>
  ['repoURL', 'path', 'chart', 'targetRevision'].map((key) => textAt(source, key) ?? '')
