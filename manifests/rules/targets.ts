import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, listAt, mapsAt, numberAt, textAt, valueAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { nearest } from '../../core/suggest.ts'
import { groupKind } from '../kinds/kind.ts'
import type { Finding } from '../schema/check.ts'
import { shown, type Path } from '../schema/words.ts'
import { doubtful } from './finding.ts'
import { indexed } from './pod-at.ts'
import { isSelected, type PlanObject, type PlanObjects } from './plan-objects.ts'
import { missing } from './references.ts'

/** Objects that lead to others, and lead to nothing: Services, Ingresses, autoscalers, budgets, monitors. */
export const targetFindings = ({ object, namespace }: PlanObject, plan: PlanObjects): readonly Finding[] => {
  // What Kubernetes itself runs is in no plan.
  if (plan.isOpen(namespace) || namespace.startsWith('kube-')) return []
  switch (groupKind(object)) {
    case 'Service':
      return serviceTargets(object, namespace, plan)
    case 'networking.k8s.io/Ingress':
      return backends(object).flatMap((one) => backendFindings(one, namespace, plan))
    case 'autoscaling/HorizontalPodAutoscaler':
      return scaled(object, namespace, plan)
    case 'policy/PodDisruptionBudget':
      return plan.hasCustom(namespace) ? [] : budgeted(object, namespace, plan)
    case 'monitoring.coreos.com/ServiceMonitor':
      return monitored(object, namespace, plan)
    case 'apps/StatefulSet':
      return missing(
        { kind: 'Service', name: textAt(object, 'spec', 'serviceName') },
        ['spec', 'serviceName'],
        namespace,
        plan,
      )
    default:
      return []
  }
}

const serviceTargets = (object: KubeObject, namespace: string, plan: PlanObjects): readonly Finding[] => {
  const selector = fieldsAt(object, 'spec', 'selector')
  if (Object.keys(selector).length === 0) return []
  const pods = plan.pods(namespace).filter(({ labels }) => isSelected(labels, selector))
  if (pods.length === 0) {
    // Controllers of other kinds make pods, too; and programs label their own, once they lead.
    if (
      plan.hasCustom(namespace) ||
      isLabelledLater(
        selector,
        plan.pods(namespace).map(({ labels }) => labels),
      )
    )
      return []
    if (plan.find('Endpoints', namespace, object.metadata.name)) return []
    return [
      doubtful(
        [
          'spec',
          'selector',
          otherLabel(
            selector,
            plan.pods(namespace).map(({ labels }) => labels),
          ),
        ],
        `spec.selector asks for ${labelsText(selector)}, and no pod of the plan in ${namespace} has that`,
        nearSelector(
          selector,
          plan.pods(namespace).map(({ labels }) => labels),
        ),
        `no pod ${labelsText(selector)}`,
      ),
    ]
  }
  const names = pods.flatMap(({ ports }) => ports)
  return indexed(valueAt(object, 'spec', 'ports')).flatMap(([index, port]) => {
    const target = textAt(port, 'targetPort') ?? ''
    if (target === '' || /^\d+$/.test(target) || names.includes(target)) return []
    const at = ['spec', 'ports', index, 'targetPort']
    const near = nearest(target, names)
    return [
      doubtful(
        at,
        `${shown(at)} is ${target}, and no container behind the Service has a port of that name${names.length > 0 ? ` (they have ${[...new Set(names)].join(', ')})` : ''}`,
        near === undefined ? undefined : `Did you mean \`${near}\`?`,
      ),
    ]
  })
}

/** Whether pods have all of a selector but labels that nobody has written at all. */
const isLabelledLater = (selector: Fields, pods: readonly Fields[]): boolean => {
  const isWritten = (key: string): boolean => pods.some((labels) => labels[key] !== undefined)
  const later = Object.keys(selector).filter((key) => !isWritten(key))
  const written = Object.fromEntries(Object.entries(selector).filter(([key]) => isWritten(key)))
  if (Object.keys(written).length > 0) return pods.some((labels) => isSelected(labels, written))
  return later.some((key) => byControllers.test(key) || (key.includes('/') && !key.startsWith('app.kubernetes.io/')))
}

/** What StatefulSets and Jobs put on their pods. Other names with a domain are those of the programs that lead. */
const byControllers =
  /^(?:job-name|controller-uid|statefulset\.kubernetes\.io\/.*|apps\.kubernetes\.io\/.*|batch\.kubernetes\.io\/.*)$/

const labelsText = (labels: Fields): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : '?'}`)
    .join(',')

/** The labels of the pod that has most of a selector. */
const nearestPod = (selector: Fields, pods: readonly Fields[]): Fields => {
  const same = (labels: Fields) => Object.entries(selector).filter(([key, value]) => labels[key] === value).length
  return pods.toSorted((a, b) => same(b) - same(a))[0] ?? {}
}

/** The label of a selector that the pod that is nearest to it does not have. */
const otherLabel = (selector: Fields, pods: readonly Fields[]): string => {
  const labels = nearestPod(selector, pods)
  return Object.keys(selector).find((key) => labels[key] !== selector[key]) ?? Object.keys(selector)[0] ?? ''
}

const nearSelector = (selector: Fields, pods: readonly Fields[]): string | undefined => {
  const key = otherLabel(selector, pods)
  const there = nearestPod(selector, pods)[key]
  return typeof there === 'string' ? `A pod has ${key}=${there}.` : undefined
}

/** `number`: where the port's number stands, if not below `port`. */
export type Backend = { readonly path: Path; readonly name: string; readonly port: Fields; readonly number?: Path }

const backends = (object: KubeObject): readonly Backend[] => [
  ...backendAt(valueAt(object, 'spec', 'defaultBackend'), ['spec', 'defaultBackend']),
  ...indexed(valueAt(object, 'spec', 'rules')).flatMap(([index, rule]) =>
    indexed(valueAt(rule, 'http', 'paths')).flatMap(([at, path]) =>
      backendAt(path['backend'], ['spec', 'rules', index, 'http', 'paths', at, 'backend']),
    ),
  ),
]

const backendAt = (backend: unknown, path: Path): readonly Backend[] => {
  const name = textAt(backend, 'service', 'name')
  return name === undefined || name === ''
    ? []
    : [{ path: [...path, 'service'], name, port: fieldsAt(backend, 'service', 'port') }]
}

export const backendFindings = (
  { path, name, port, number: numberPath = [...path, 'port', 'number'] }: Backend,
  namespace: string,
  plan: PlanObjects,
): readonly Finding[] => {
  // An annotation of a controller that takes no Service: AWS' `ssl-redirect`.
  if (port['name'] === 'use-annotation') return []
  if (namespace === 'default' && name === 'kubernetes') return []
  const service = plan.find('Service', namespace, name)
  if (!service) return missing({ kind: 'Service', name }, [...path, 'name'], namespace, plan)
  const ports = mapsAt(service, 'spec', 'ports')
  if (ports.length === 0) return []
  const { number, name: called } = port
  const isNumber = typeof number === 'number' && number > 0
  const at = isNumber ? numberPath : [...path, 'port', 'name']
  const wanted = isNumber ? number : called
  if (wanted === undefined || wanted === null || ports.some((one) => one['port'] === wanted || one['name'] === wanted))
    return []
  const has = ports.map((one) => `${numberAt(one, 'port')} ${textAt(one, 'name') ?? ''}`.trim())
  return [
    doubtful(
      at,
      `${shown(at)} is ${typeof wanted === 'number' ? wanted : String(called)}, and Service ${name} has no such port (it has ${has.join(', ')})`,
      undefined,
      `no port ${name} ${JSON.stringify(wanted)}`,
    ),
  ]
}

const scaled = (object: KubeObject, namespace: string, plan: PlanObjects): readonly Finding[] => {
  const ref = fieldsAt(object, 'spec', 'scaleTargetRef')
  const group = (textAt(ref, 'apiVersion') ?? '').split('/')[0] ?? ''
  const kind = textAt(ref, 'kind') ?? ''
  return group === 'apps' && ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(kind)
    ? missing({ kind: `apps/${kind}`, name: textAt(ref, 'name') }, ['spec', 'scaleTargetRef', 'name'], namespace, plan)
    : []
}

const budgeted = (object: KubeObject, namespace: string, plan: PlanObjects): readonly Finding[] => {
  const selector = fieldsAt(object, 'spec', 'selector', 'matchLabels')
  if (Object.keys(selector).length === 0) return []
  const pods = plan.pods(namespace).map(({ labels }) => labels)
  return pods.some((labels) => isSelected(labels, selector)) || isLabelledLater(selector, pods)
    ? []
    : [
        doubtful(
          ['spec', 'selector', 'matchLabels', otherLabel(selector, pods)],
          `spec.selector asks for ${labelsText(selector)}, and no pod of the plan in ${namespace} has that`,
          nearSelector(selector, pods),
          `no pod ${labelsText(selector)}`,
        ),
      ]
}

const monitored = (object: KubeObject, namespace: string, plan: PlanObjects): readonly Finding[] => {
  const selector = fieldsAt(object, 'spec', 'selector', 'matchLabels')
  if (Object.keys(selector).length === 0 || isRecord(valueAt(object, 'spec', 'namespaceSelector'))) return []
  const services = plan.all('Service', namespace).filter(({ metadata }) => isSelected(metadata.labels ?? {}, selector))
  // Operators make Services of their own.
  if (services.length === 0 && plan.hasCustom(namespace)) return []
  if (services.length === 0)
    return [
      doubtful(
        ['spec', 'selector', 'matchLabels'],
        `spec.selector asks for ${labelsText(selector)}, and no Service of the plan in ${namespace} has that`,
      ),
    ]
  const names = services.flatMap((service) =>
    mapsAt(service, 'spec', 'ports').flatMap((port) => textAt(port, 'name') ?? []),
  )
  return listAt(object, 'spec', 'endpoints').flatMap((endpoint, index) => {
    const port = textAt(endpoint, 'port')
    const at = ['spec', 'endpoints', index, 'port']
    return port === undefined || names.includes(port)
      ? []
      : [doubtful(at, `${shown(at)} is ${port}, and the Service has no port of that name (it has ${names.join(', ')})`)]
  })
}
