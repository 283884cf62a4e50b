import { mapsAt, textAt } from '../../../core/fields.ts'
import { conditionOf } from '../../ready/pod.ts'
import { shortened } from '../../ready/shortened.ts'
import type { KubeObject } from '../../kube/kube.ts'
import { ofKind, type Evidence } from '../evidence.ts'
import type { Finding } from '../finding.ts'

type Sign = {
  readonly type: string
  /** The status that is bad. */
  readonly bad: RegExp
  readonly message?: RegExp
  readonly cause: string
  readonly hints: readonly string[]
}

/** What conditions of nodes mean, the most telling first. */
export const nodeSigns: readonly Sign[] = [
  {
    type: 'DiskPressure',
    bad: /True/,
    cause: 'has no room left on its disk (DiskPressure): it takes no pods, and throws out those that it has',
    hints: ['docker system df   # what the engine holds', 'docker system prune   # removes what is not used'],
  },
  {
    type: 'MemoryPressure',
    bad: /True/,
    cause: 'has no memory left (MemoryPressure): it throws pods out',
    hints: ['Give the container engine more memory, or let the pods ask for less.'],
  },
  {
    type: 'PIDPressure',
    bad: /True/,
    cause: 'has no process ids left (PIDPressure)',
    hints: ['Which pods start so many processes? `docker exec NODE ps aux` tells.'],
  },
  {
    type: 'Ready',
    bad: /False/,
    message: /NetworkPluginNotReady|cni plugin not initialized|NetworkReady=false/,
    cause: 'has no pod network yet: the network plugin does not run',
    hints: [
      'kubectl --namespace kube-system get pods --selector app=kindnet   # with `disableDefaultCNI` one of your own has to be installed',
    ],
  },
  {
    type: 'Ready',
    bad: /Unknown/,
    cause: 'says nothing any more: its container or its kubelet is stopped',
    hints: ['kindup up   # starts what is stopped', 'docker exec NODE systemctl status kubelet'],
  },
  {
    type: 'Ready',
    bad: /False/,
    cause: 'is not ready',
    hints: ['docker exec NODE journalctl --unit kubelet --lines 50 --no-pager'],
  },
  {
    type: 'NetworkUnavailable',
    bad: /True/,
    cause: 'has no network',
    hints: ['kubectl --namespace kube-system get pods'],
  },
]

/** What nodes say of themselves. */
export const nodeCauses = (evidence: Evidence): readonly Finding[] =>
  ofKind(evidence, 'Node').flatMap((node) => {
    const { name } = node.metadata
    const found = nodeSigns.find((sign) => isBad(node, sign))
    if (found) {
      const { message = '', reason = '' } = conditionOf(node, found.type) ?? {}
      return [
        {
          about: `node ${name}`,
          cause: `node ${name} ${found.cause}`,
          evidence: [shortened(`${reason}: ${message}`)],
          hints: found.hints.map((hint) => hint.replace('NODE', name)),
          depth: 'node' as const,
        },
      ]
    }
    return isCordoned(node) && isMissed(evidence)
      ? [
          {
            about: `node ${name}`,
            cause: `node ${name} takes no new pods (cordoned)`,
            evidence: ['spec.unschedulable: true'],
            hints: [`kubectl uncordon ${name}`],
            depth: 'node' as const,
          },
        ]
      : []
  })

const isBad = (node: KubeObject, { type, bad, message }: Sign): boolean => {
  const condition = conditionOf(node, type)
  return condition !== undefined && bad.test(condition.status) && (message?.test(condition.message ?? '') ?? true)
}

const isCordoned = (node: KubeObject): boolean =>
  mapsAt(node, 'spec', 'taints').some(({ key }) => key === 'node.kubernetes.io/unschedulable')

/** Whether a pod is there that no node takes for it: who cordons a node knows that it is. */
const isMissed = (evidence: Evidence): boolean =>
  ofKind(evidence, 'Pod').some((pod) => {
    const message = conditionOf(pod, 'PodScheduled')?.message ?? ''
    return textAt(pod, 'status', 'phase') === 'Pending' && /unschedulable/.test(message)
  })
