import { isMore, quantity } from '../../cluster/ready/quantity.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, mapsAt, numberAt, valueAt, type Fields } from '../../core/fields.ts'
import { groupKind } from '../kinds/kind.ts'
import type { Finding } from '../schema/check.ts'
import { shown } from '../schema/words.ts'
import { doubtful } from './finding.ts'
import { podAt, type PodAt } from './pod-at.ts'
import type { PlanObject, PlanObjects } from './plan-objects.ts'

/** What containers ask for against the quotas and limit ranges of their namespace. */
export const quotaFindings = ({ object, namespace }: PlanObject, plan: PlanObjects): readonly Finding[] => {
  const pod = podAt(object)
  const ranges = plan
    .all('LimitRange', namespace)
    .flatMap((range) => mapsAt(range, 'spec', 'limits'))
    .filter(({ type }) => type === 'Container')
  const quotas = plan.all('ResourceQuota', namespace).filter((quota) => !isScoped(quota))
  if (!pod || object.kind === 'PodTemplate' || (ranges.length === 0 && quotas.length === 0)) return []
  return pod.containers
    .filter(({ list }) => list !== 'ephemeralContainers')
    .flatMap(({ path, container }) => [
      ...ranges.flatMap((range) => outside(range, fieldsAt(container, 'resources'), [...path, 'resources'])),
      ...(asksAsAWhole(pod.spec) ? [] : quotas).flatMap((quota) =>
        unsaid(quota, container, ranges).map((field) =>
          doubtful(
            [...path, 'resources'],
            `${shown([...path, 'resources'])} says no ${field}, which ResourceQuota ${quota.metadata.name} of ${namespace} asks of every container`,
          ),
        ),
      ),
    ])
}

/** Of some pods alone, as their priority or class says. */
const isScoped = (quota: KubeObject): boolean =>
  valueAt(quota, 'spec', 'scopes') !== undefined || valueAt(quota, 'spec', 'scopeSelector') !== undefined

/** What the pod as a whole asks for stands in place of its containers'. */
const asksAsAWhole = (spec: Fields): boolean =>
  ['requests', 'limits'].some((part) => Object.keys(fieldsAt(spec, 'resources', part)).length > 0)

const outside = (range: Fields, resources: Fields, path: readonly (string | number)[]): readonly Finding[] =>
  ['requests', 'limits'].flatMap((part) =>
    Object.entries(fieldsAt(resources, part)).flatMap(([name, value]): readonly Finding[] => {
      const amount = quantity(value)
      const most = valueAt(range, 'max', name)
      const least = valueAt(range, 'min', name)
      const at = [...path, part, name]
      if (amount === undefined) return []
      if (isMore(amount, quantity(most) ?? Infinity))
        return [
          doubtful(
            at,
            `${shown(at)} is ${String(value)}, more than the ${String(most)} of the limit range of its namespace`,
          ),
        ]
      return isMore(quantity(least) ?? 0, amount)
        ? [
            doubtful(
              at,
              `${shown(at)} is ${String(value)}, less than the ${String(least)} of the limit range of its namespace`,
            ),
          ]
        : []
    }),
  )

const unsaid = (quota: KubeObject, container: Fields, ranges: readonly Fields[]): readonly string[] =>
  Object.keys(fieldsAt(quota, 'spec', 'hard')).flatMap((key) => {
    const [part, name] = key.startsWith('limits.')
      ? ['limits', key.slice(7)]
      : ['requests', key.replace(/^requests\./, '')]
    if (name !== 'cpu' && name !== 'memory') return []
    const said =
      valueAt(container, 'resources', part, name) ??
      (part === 'requests' ? valueAt(container, 'resources', 'limits', name) : undefined)
    const byDefault = ranges.some(
      (range) =>
        valueAt(range, part === 'limits' ? 'default' : 'defaultRequest', name) !== undefined ||
        valueAt(range, 'default', name) !== undefined,
    )
    return said === undefined && !byDefault ? [`${part}.${name}`] : []
  })

/** Requests of all pods of a namespace against its quota. */
export const quotaSums = ({ object, namespace }: PlanObject, plan: PlanObjects): readonly Finding[] => {
  if (groupKind(object) !== 'ResourceQuota' || isScoped(object) || plan.isOpen(namespace)) return []
  return Object.entries(fieldsAt(object, 'spec', 'hard')).flatMap(([key, value]) => {
    const hard = quantity(value)
    const [part, name] = key.startsWith('limits.')
      ? ['limits', key.slice(7)]
      : ['requests', key.replace(/^requests\./, '')]
    if (hard === undefined || name === undefined || part === undefined) return []
    const workloads = ['apps/Deployment', 'apps/StatefulSet', 'Pod'].flatMap((kind) => plan.all(kind, namespace))
    const sum =
      key === 'pods'
        ? workloads.reduce((total, one) => total + replicasOf(one), 0)
        : ['cpu', 'memory'].includes(name)
          ? workloads.reduce((total, one) => total + replicasOf(one) * askedOf(one, part, name), 0)
          : 0
    const at = ['spec', 'hard', key]
    return isMore(sum, hard)
      ? [
          doubtful(
            at,
            `${shown(at)} is ${String(value)}, and the pods of the plan in ${namespace} ask for more: ${amountText(sum, name)}`,
          ),
        ]
      : []
  })
}

const replicasOf = (object: KubeObject): number =>
  object.kind === 'Pod' ? 1 : (numberAt(object, 'spec', 'replicas') ?? 1)

const askedOf = (object: KubeObject, part: string, name: string): number => {
  const pod = podAt(object)
  const whole = valueAt(pod?.spec, 'resources', part, name)
  return whole === undefined ? askedByContainers(pod?.containers ?? [], part, name) : (quantity(whole) ?? 0)
}

const askedByContainers = (containers: PodAt['containers'], part: string, name: string): number =>
  containers
    .filter(({ list }) => list === 'containers')
    .reduce((sum, { container }) => {
      const own = valueAt(container, 'resources', part, name) ?? valueAt(container, 'resources', 'limits', name)
      return sum + (quantity(own) ?? 0)
    }, 0)

const amountText = (amount: number, name: string): string =>
  name === 'memory'
    ? `${Math.ceil(amount / 2 ** 20)}Mi`
    : name === 'cpu' && amount % 1 !== 0
      ? `${Math.round(amount * 1000)}m`
      : String(amount)
