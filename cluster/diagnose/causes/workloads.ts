import type { KubeObject } from '../../kube/kube.ts'
import type { Pod } from '../../kube/models.ts'
import { whyNoNode } from '../../ready/node-fit.ts'
import { logCause } from '../../ready/log-signs.ts'
import { assessRelease, type Assessed } from '../../ready/release.ts'
import type { TroubledPod } from '../../ready/readiness.ts'
import type { Target } from '../../ready/targets.ts'
import type { Trouble } from '../../ready/trouble.ts'
import { eventsOf, ofKind, type Evidence } from '../evidence.ts'
import { aboutObject, type Finding } from '../finding.ts'

/** What keeps workloads from being ready, by the same rules as waits and `status`: those of cluster/ready. */
export const workloadCauses = (evidence: Evidence): readonly Finding[] => {
  const objects = evidence.objects.filter(({ metadata }) => !isOwned(metadata))
  const targets = objects.flatMap((object) => targetOf(object) ?? [])
  const assessed = assessRelease(targets, {
    objects: evidence.objects,
    events: ofKind(evidence, 'Event'),
    nodesReady: true,
    now: evidence.now,
    proveMs: 0,
  })
  return assessed.flatMap((one) => {
    const { kind, name, namespace } = one.target
    const object = objects.find(
      ({ kind: of, metadata }) => of === kind && metadata.name === name && (metadata.namespace ?? '') === namespace,
    )
    return object === undefined || one.readiness.is !== 'waiting' ? [] : [findingOf(evidence, object, one)]
  })
}

const targetKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Pod'] as const

/** Pods of a Deployment are looked at as its own. */
const isOwned = ({ ownerReferences = [] }: KubeObject['metadata']): boolean =>
  ownerReferences.some(({ controller, kind }) => controller === true && kind !== 'Node' && kind !== 'CronJob')

const targetOf = ({ kind: of, metadata: { name, namespace = '' } }: KubeObject): Target | undefined => {
  const kind = targetKinds.find((one) => one === of)
  return kind && { kind, name, namespace, leaves: false }
}

const findingOf = (evidence: Evidence, object: KubeObject, { readiness }: Assessed): Finding => {
  const waiting = readiness.is === 'waiting' ? readiness : { line: '', pods: [], trouble: undefined }
  const { trouble: refused, line } = waiting
  const worst = worstOf(waiting.pods)
  const trouble: Trouble = refused ?? worst?.trouble ?? { line }
  const log = worst === undefined || refused ? undefined : logOf(evidence, worst)
  const told = log === undefined ? undefined : logCause(log)
  // A program that crashes says itself why; of the rest the kubelet knows more.
  const tells = told !== undefined && (trouble.log !== undefined || /probe failed/.test(trouble.line))
  const hints = [
    ...(tells ? told.hints : []),
    ...(trouble.hints ?? []),
    ...(worst?.trouble.unscheduled ? nodeHints(worst.pod, evidence) : []),
  ]
  const cause = [
    ...(readiness.is === 'waiting' && readiness.hopeless === true ? [line] : []),
    trouble.line === line ? line : trouble.line,
  ]
  const said = [...new Set(cause)].join(', ')
  return {
    ...aboutObject(object),
    cause: tells && !said.includes(told.why) ? `${said}: ${told.why}` : said,
    evidence: [
      ...(tells ? [`its log: ${told.line}`] : log === undefined ? [] : [`its log: ${lastLine(log)}`]),
      ...lastEvents(evidence, worst?.pod ?? object),
    ],
    hints: [...new Set(hints)],
    depth: 'workload',
  }
}

/** The pod that tells most: one that will not heal, then one that crashed, then any. */
const worstOf = (pods: readonly TroubledPod[]): TroubledPod | undefined =>
  pods.find(({ trouble }) => trouble.hopelessAfterMs !== undefined) ??
  pods.find(({ trouble }) => trouble.log !== undefined) ??
  pods.find(({ trouble }) => (trouble.hints ?? []).length > 0) ??
  pods[0]

const logOf = ({ logs }: Evidence, { pod, trouble }: TroubledPod): string | undefined => {
  const { namespace = 'default', name } = pod.metadata
  const keys = [...logs.keys()].filter((key) => key.startsWith(`${namespace}/${name}/`))
  const own = trouble.log === undefined ? undefined : `${namespace}/${name}/${trouble.log}`
  return logs.get(own ?? keys[0] ?? '')
}

const lastLine = (log: string): string => log.trimEnd().split('\n').at(-1)?.trim().slice(0, 300) ?? ''

const lastEvents = (evidence: Evidence, object: KubeObject): readonly string[] =>
  eventsOf(evidence, object)
    .filter(({ type }) => type === 'Warning')
    .slice(-2)
    .map(({ reason = '', message = '' }) => `${reason}: ${message.trim().slice(0, 300)}`)

const nodeHints = (pod: Pod, evidence: Evidence): readonly string[] => {
  const why = whyNoNode(pod, ofKind(evidence, 'Node'))
  return why === undefined ? [] : [`No node can ever take it: ${why}.`]
}
