import { timeOf } from './event-time.ts'
import type { KubeObject } from '../kube/kube.ts'
import type { Trouble } from './trouble.ts'
import { missingQuietMs } from './container-trouble.ts'
import type { PodEvent } from '../kube/models.ts'
import { quantity } from './quantity.ts'
import { shortened } from './shortened.ts'

/** What was refused before this wait may be allowed by now: controllers ask again after up to a quarter of an hour. */
const staleQuietMs = 30_000
/** What serves a webhook may be on its way, and controllers ask again later and later. */
const awayQuietMs = 60_000
/** Pods that are on their way out still count for a quota. */
const quotaMs = { leaving: 30_000, nobodyLeaves: 3_000 }

/**
 * Why the pods of a workload are not made, as the API told its controller; undefined when the last attempt succeeded, or
 * nobody tried. `owners` are the workload and its ReplicaSet, `since` is the beginning of the wait in milliseconds.
 */
export const createTrouble = (
  owners: readonly KubeObject[],
  events: readonly PodEvent[],
  { since, leaving }: { readonly since: number; readonly leaving: boolean },
): Trouble | undefined => {
  const uids = new Set(owners.flatMap(({ metadata }) => metadata.uid ?? []))
  const last = events
    .filter(
      ({ involvedObject, reason }) =>
        uids.has(involvedObject?.uid ?? '') && /^(?:Failed|Successful)Create$/.test(reason ?? ''),
    )
    .toSorted((a, b) => timeOf(a) - timeOf(b))
    .at(-1)
  return last?.reason === 'FailedCreate'
    ? refusedTrouble(last.message ?? '', { isFresh: timeOf(last) >= since, leaving })
    : undefined
}

/** What the API said to whoever was to make a pod. `isFresh`: in this wait. `leaving`: other pods of the namespace are on their way out. */
export const refusedTrouble = (
  message: string,
  { isFresh = false, leaving = false }: { readonly isFresh?: boolean; readonly leaving?: boolean } = {},
): Trouble => {
  const said = reasonIn(message)
  const { quietMs, hints } = judged(said, leaving)
  return {
    line: `its pods are refused: ${said}`,
    ...(quietMs !== undefined && { hopelessAfterMs: isFresh ? quietMs : Math.max(quietMs, staleQuietMs) }),
    hints,
  }
}

const judged = (said: string, leaving: boolean): { readonly quietMs?: number; readonly hints: readonly string[] } => {
  const hook = webhookIn(said)
  if (hook) return hook
  const [, quota] = /exceeded quota: ([^,\s]+)/.exec(said) ?? []
  if (quota !== undefined)
    return {
      // What one pod asks may be more than the quota ever gives.
      quietMs: asksTooMuch(said) ? 0 : leaving ? quotaMs.leaving : quotaMs.nobodyLeaves,
      hints: [
        `Raise the ResourceQuota ${quota}, or let the pods ask for less: \`resources.requests\`, \`resources.limits\`.`,
      ],
    }
  const [, fields] = /must specify ([^\s;]+)/.exec(said) ?? []
  if (fields !== undefined)
    return {
      quietMs: 0,
      hints: [
        `A ResourceQuota of the namespace wants every container to say ${fields}; a LimitRange can give defaults.`,
      ],
    }
  if (/(?:maximum|minimum) \S+ usage|limit to request ratio/.test(said))
    return {
      quietMs: 0,
      hints: ['A LimitRange of the namespace says so: change it, or the `resources` of the containers.'],
    }
  if (/violates PodSecurity/.test(said))
    return {
      quietMs: 0,
      hints: [
        'The namespace enforces a Pod Security Standard (`pod-security.kubernetes.io/enforce`): change that label, or the `securityContext`.',
      ],
    }
  const [, account] = /serviceaccount "([^"]+)" not found/.exec(said) ?? []
  if (account !== undefined)
    return {
      quietMs: missingQuietMs,
      hints: [`Put the ServiceAccount ${account} among the objects, or leave \`serviceAccountName\` away.`],
    }
  // `RuntimeClass "gvisor" not found`, `no PriorityClass with name urgent was found`
  const [, made, missing] = /(Runtime|Priority)Class (?:with name )?"?([\w.-]+)"?(?: was| not) found/.exec(said) ?? []
  if (made !== undefined)
    return {
      quietMs: missingQuietMs,
      hints: [`Put the ${made}Class ${missing} among the objects, or leave \`${made.toLowerCase()}ClassName\` away.`],
    }
  // Another part of the release may bring it.
  if (/not found/.test(said)) return { quietMs: missingQuietMs, hints: [] }
  if (/Invalid value|Unsupported value|Required value/.test(said)) return { quietMs: 0, hints: [] }
  return { hints: [] }
}

/** What stands between: it says no, or it has to be asked and does not answer. */
const webhookIn = (said: string): { readonly quietMs?: number; readonly hints: readonly string[] } | undefined => {
  const [, denies] = /admission webhook "([^"]+)" denied the request/.exec(said) ?? []
  if (denies !== undefined)
    return {
      quietMs: missingQuietMs,
      hints: [`The webhook ${denies} says no: what it wants stands in its sentence, or in its own log.`],
    }
  const [, away] = /failed calling webhook "([^"]+)"/.exec(said) ?? []
  return away === undefined
    ? undefined
    : {
        quietMs: awayQuietMs,
        hints: [
          `The webhook ${away} has to answer first: see whether what serves it runs.`,
          'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations   # one that nothing serves any more may be deleted',
        ],
      }
}

/** `requested: memory=2Gi, used: memory=0, limited: memory=1Gi` */
const asksTooMuch = (said: string): boolean => {
  const amounts = (word: string): ReadonlyMap<string, number> => {
    const [, list = ''] = new RegExp(`${word}: (\\S+?)(?:, [a-z]+:|$)`).exec(said) ?? []
    return new Map(
      list.split(',').flatMap((one) => {
        const [name = '', amount] = one.split('=')
        const value = quantity(amount)
        return value === undefined ? [] : [[name, value] as const]
      }),
    )
  }
  const limited = amounts('limited')
  return [...amounts('requested')].some(([name, value]) => value > (limited.get(name) ?? Infinity))
}

/** What was refused and why, without the name of the pod, which is another at each attempt. */
const reasonIn = (message: string): string =>
  shortened(
    message
      .replace(/^\(combined from similar events\): /, '')
      .replace(/^create Pod \S+ in \S+ \S+ failed error: /i, '')
      .replace(/^Error creating: /, '')
      .replace(/^pods "[^"]*" is forbidden: /, '')
      // For every rule of the standard, which container breaks it and how that is put right: longer than what is shown.
      .replace(/(?<=violates PodSecurity .*) \((?:[^()]|\([^()]*\))*\)/gs, ''),
  )
