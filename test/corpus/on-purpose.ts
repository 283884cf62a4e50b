import { isRecord } from '../../core/is-record.ts'
import { fieldsAt, textAt, type Fields } from '../../core/fields.ts'
import type { Difference, Pair } from './compare.ts'

/** Something that kindup changes in what others wrote. `what` stands in docs/compatibility.md word for word. */
export type Purpose = {
  readonly what: string
  /** Whether it is this that makes the difference. */
  explains(difference: Difference, pair: Pair, home: string): boolean
}

const is = (difference: Difference, ...path: readonly string[]): boolean =>
  difference.path.length === path.length && path.every((part, index) => part === difference.path[index])

const isAdded = ({ sent, ours }: Difference, key: string): boolean =>
  sent === undefined && (ours !== undefined || key === '')

/** Keys under a map of labels or annotations that is not there, or is there and empty. */
const onlyAdds = (difference: Difference, where: readonly string[], keys: readonly RegExp[]): boolean => {
  const isOurs = (key: unknown): boolean => keys.some((pattern) => pattern.test(String(key)))
  if (is(difference, ...where))
    return (
      isNothing(difference.sent) && (isNothing(difference.ours) || Object.keys(fieldsAt(difference.ours)).every(isOurs))
    )
  const last = difference.path.at(-1)
  return isOurs(last) && is(difference, ...where, String(last)) && isAdded(difference, String(last))
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (isRecord(value) && Object.keys(value).length === 0)

const kindOf = ({ sent }: Pair): string => textAt(sent, 'kind') ?? ''

const ofLoadBalancers =
  /^(?:type|loadBalancerIP|loadBalancerSourceRanges|allocateLoadBalancerNodePorts|healthCheckNodePort|externalTrafficPolicy)$/

/** All that kindup changes in objects without being asked for it by the file; everything else is a difference. */
export const purposes: readonly Purpose[] = [
  {
    what: 'labels `kindup.dev/cluster` and `kindup.dev/step` on every object',
    explains: (difference) => onlyAdds(difference, ['metadata', 'labels'], [/^kindup\.dev\/(?:cluster|step)$/]),
  },
  {
    what: '`metadata.namespace` where a namespaced object has none: the namespace of the service',
    explains: (difference, _pair, home) =>
      is(difference, 'metadata', 'namespace') &&
      isNothing(difference.sent) &&
      (difference.ours === home || difference.ours === undefined),
  },
  {
    what: 'label `kindup.dev/made` on Namespaces',
    explains: (difference, pair) =>
      kindOf(pair) === 'Namespace' && onlyAdds(difference, ['metadata', 'labels'], [/^kindup\.dev\//]),
  },
  {
    what: 'annotation `helm.sh/resource-policy: keep` on Namespaces and CustomResourceDefinitions of charts',
    explains: (difference, pair) =>
      ['Namespace', 'CustomResourceDefinition'].includes(kindOf(pair)) &&
      onlyAdds(difference, ['metadata', 'annotations'], [/^helm\.sh\/resource-policy$/]),
  },
  {
    what: 'annotation `kindup.dev/config` on pod templates that read a ConfigMap or Secret of the plan (`roll: false` leaves it out)',
    explains: (difference) => {
      const names = difference.path.map(String)
      const from = names.indexOf('metadata')
      return (
        names.slice(0, from).join('.') === 'spec.template' &&
        onlyAdds({ ...difference, path: names.slice(from) }, ['metadata', 'annotations'], [/^kindup\.dev\/config$/])
      )
    },
  },
  {
    what: 'annotation `kindup.dev/spec` on Jobs',
    explains: (difference, pair) =>
      kindOf(pair) === 'Job' && onlyAdds(difference, ['metadata', 'annotations'], [/^kindup\.dev\/spec$/]),
  },
  {
    what: '`stringData` of Secrets as `data`, as the API keeps it',
    explains: (difference, { sent, ours }) => {
      const [first, key] = difference.path
      const texts = fieldsAt(sent, 'stringData')
      if (textAt(sent, 'kind') !== 'Secret' || !isRecord(sent['stringData'])) return false
      if (first === 'stringData') return difference.path.length === 1 && difference.ours === undefined
      const isSame = (name: string): boolean =>
        textAt(ours, 'data', name) === Buffer.from(String(texts[name])).toString('base64')
      if (is(difference, 'data'))
        return Object.keys(fieldsAt(ours, 'data')).every((name) => name in texts && isSame(name))
      return first === 'data' && typeof key === 'string' && key in texts && isSame(key)
    },
  },
  {
    what: 'Services of type `LoadBalancer` as `NodePort` or `ClusterIP`, where nothing gives them an address',
    explains: (difference, { sent }) =>
      textAt(sent, 'kind') === 'Service' &&
      textAt(sent, 'spec', 'type') === 'LoadBalancer' &&
      difference.path.length === 2 &&
      difference.path[0] === 'spec' &&
      ofLoadBalancers.test(String(difference.path[1])),
  },
  {
    what: '`ttlSecondsAfterFinished` of hook Jobs as 600 where it is less, and `before-hook-creation` among their delete policies',
    explains: (difference, { sent }) =>
      textAt(sent, 'kind') === 'Job' &&
      isHook(sent) &&
      (is(difference, 'spec', 'ttlSecondsAfterFinished') ||
        is(difference, 'metadata', 'annotations', 'helm.sh/hook-delete-policy')),
  },
  {
    what: 'empty `labels` and `annotations` left out, and a label or annotation without a value written as empty text: the API does the same',
    explains: (difference) =>
      ((is(difference, 'metadata', 'labels') || is(difference, 'metadata', 'annotations')) &&
        isNothing(difference.sent) &&
        isNothing(difference.ours)) ||
      (difference.path.length === 3 &&
        difference.path[0] === 'metadata' &&
        (difference.path[1] === 'labels' || difference.path[1] === 'annotations') &&
        difference.sent === null &&
        difference.ours === ''),
  },
]

const isHook = (object: Fields): boolean => textAt(object, 'metadata', 'annotations', 'helm.sh/hook') !== undefined
