import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, mapsAt, textAt, valueAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { groupKind } from '../kinds/kind.ts'
import type { Finding } from '../schema/check.ts'
import { whatItIs } from '../schema/words.ts'
import { refused } from './finding.ts'
import { indexed, podAt } from './pod-at.ts'
import { cronFault } from './cron.ts'

/** What the API refuses of one kind of workload alone. */
export const workloadFindings = (object: KubeObject): readonly Finding[] => {
  const kind = groupKind(object)
  switch (kind) {
    case 'apps/Deployment':
    case 'apps/ReplicaSet':
    case 'apps/DaemonSet':
    case 'apps/StatefulSet':
      return [...restartPolicy(object, ['Always']), ...rollingUpdate(object)]
    case 'batch/Job':
      return restartPolicy(object, ['OnFailure', 'Never'])
    case 'batch/CronJob':
      return [...restartPolicy(object, ['OnFailure', 'Never']), ...schedule(object)]
    case 'autoscaling/HorizontalPodAutoscaler':
      return scaling(object)
    case 'policy/PodDisruptionBudget':
      return budget(object)
    default:
      return []
  }
}

const restartPolicy = (object: KubeObject, allowed: readonly string[]): readonly Finding[] => {
  const pod = podAt(object)
  if (!pod) return []
  const written = textAt(pod.spec, 'restartPolicy') ?? ''
  if (allowed.includes(written) || (written === '' && allowed.includes('Always'))) return []
  const is = written === '' ? 'is missing, and Always does not do' : `is ${written}`
  return [
    refused(
      [...pod.path, 'restartPolicy'],
      `${is}: a ${object.kind} takes ${allowed.join(' or ')}`,
      `Write \`restartPolicy: ${allowed[0]}\`.`,
    ),
  ]
}

const rollingUpdate = (object: KubeObject): readonly Finding[] => {
  const field = object.kind === 'Deployment' ? 'strategy' : 'updateStrategy'
  const strategy = fieldsAt(object, 'spec', field)
  const type = textAt(strategy, 'type') ?? ''
  if (type !== 'Recreate' || !isRecord(strategy['rollingUpdate'])) return []
  return [refused(['spec', field, 'rollingUpdate'], `does not go with the type ${type}`, 'Take it out.')]
}

const schedule = (object: KubeObject): readonly Finding[] => {
  const text = textAt(object, 'spec', 'schedule') ?? ''
  const fault = text === '' ? undefined : cronFault(text)
  const zone = textAt(object, 'spec', 'timeZone')
  return [
    ...(fault === undefined ? [] : [refused(['spec', 'schedule'], `is ${whatItIs(text)}: ${fault}`)]),
    ...(zone !== undefined && !isTimeZone(zone)
      ? [
          refused(
            ['spec', 'timeZone'],
            `is ${whatItIs(zone)}, which is no time zone`,
            'They are written as Europe/Berlin.',
          ),
        ]
      : []),
  ]
}

const isTimeZone = (zone: string): boolean => {
  if (zone === '' || zone.toLowerCase() === 'local') return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const scaling = (object: KubeObject): readonly Finding[] => {
  const { minReplicas, maxReplicas } = fieldsAt(object, 'spec')
  const least = typeof minReplicas === 'number' ? minReplicas : 1
  return [
    ...(typeof maxReplicas === 'number' && maxReplicas >= 1 && maxReplicas < least
      ? [refused(['spec', 'maxReplicas'], `is ${maxReplicas}, less than minReplicas (${least})`)]
      : []),
    ...(minReplicas === 0 &&
    mapsAt(object, 'spec', 'metrics').every(({ type }) => type !== 'Object' && type !== 'External')
      ? [refused(['spec', 'minReplicas'], 'is 0 where at least 1 belongs')]
      : []),
    ...indexed(valueAt(object, 'spec', 'metrics')).flatMap(([index, metric]): readonly Finding[] => {
      const type = textAt(metric, 'type') ?? ''
      const field = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`
      return type === '' || isRecord(metric[field])
        ? []
        : [refused(['spec', 'metrics', index], `has the type ${type} and no \`${field}\``)]
    }),
  ]
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null

const budget = (object: KubeObject): readonly Finding[] => {
  const { minAvailable, maxUnavailable } = fieldsAt(object, 'spec')
  return [
    ...(isSet(minAvailable) && isSet(maxUnavailable)
      ? [refused(['spec', 'maxUnavailable'], 'stands beside minAvailable: a budget has one of the two')]
      : []),
    ...Object.entries({ minAvailable, maxUnavailable }).flatMap(([field, value]): readonly Finding[] =>
      (typeof value === 'string' && !/^(?:\d|[1-9]\d|100)%$/.test(value)) || (typeof value === 'number' && value < 0)
        ? [refused(['spec', field], `is ${whatItIs(value)} where a number or a percentage belongs`)]
        : [],
    ),
  ]
}
