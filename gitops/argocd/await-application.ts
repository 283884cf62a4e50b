import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { fieldsAt, mapsAt, textAt, type Fields } from '../../core/fields.ts'
import type { Place } from '../../core/problem.ts'
import type { Context } from '../../core/step.ts'
import { asSentence, poll, waitFor, type Verdict } from '../../core/wait.ts'
import { applicationRef } from './application.ts'
import { stateOf } from './state.ts'

/** What says the same for this long will not say otherwise by itself, in milliseconds. */
const patienceMs = 30_000

/** What is left to Argo CD: where it lives, and where its file has it. */
export type Left = { readonly home: string; readonly name: string; readonly at?: Place }

/**
 * Waits until Argo CD has made an Application so that nobody here packed: what it deploys comes from somewhere else.
 * Throws `sync-failed` with Argo CD's words where it cannot.
 */
export const awaitApplication = async (
  kube: Kube,
  { home, name, at }: Left,
  ctx: Context,
  patience = patienceMs,
): Promise<void> => {
  let [trouble, since] = ['', 0]
  const ask = async (): Promise<Verdict<undefined>> => {
    const application = await kube.get(applicationRef({ home, name }))
    if (!application) return { failed: `Application ${home}/${name} was deleted meanwhile` }
    const { sync, health, healthMessage, conditions, operation } = stateOf(application)
    if (sync === 'Synced' && health === 'Healthy' && isOfNow(application)) return { done: undefined }
    const wrong =
      conditions.find(({ type }) => /^(InvalidSpec|Comparison|Sync|Unknown)Error$/.test(type))?.message ??
      (operation && /^(Failed|Error)$/.test(operation.phase) ? operation.message : '')
    if (wrong !== trouble) [trouble, since] = [wrong, performance.now()]
    if (wrong !== '' && performance.now() - since >= patience) return { failed: asSentence(wrong) }
    const words = wrong || healthMessage || operation?.message || ''
    return {
      waiting: `Argo CD says ${sync || 'nothing yet'}${health === '' ? '' : `, ${health}`}${words === '' ? '' : `: ${words}`}`,
    }
  }
  try {
    await waitFor(`Argo CD deploys ${name}`, poll(ask, 500), ctx)
  } catch (cause) {
    if (trouble === '' || ctx.signal.aborted) throw cause
    const message = `Argo CD cannot deploy ${name} from where its Application says: ${asSentence(trouble)}`
    throw new EnvironmentError('sync-failed', message, {
      cause,
      ...(at ? { problems: [{ severity: 'error', message: `Application ${name} is this one.`, at }] } : {}),
      hints: [
        'The controller reads that by itself, over its own network.',
        `kubectl --namespace ${home} describe application ${name}`,
      ],
    })
  }
}

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
