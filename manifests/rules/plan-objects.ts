import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, textAt, type Fields } from '../../core/fields.ts'
import { isBuiltIn, scopeOf } from '../kinds/built-in.ts'
import { groupKind, groupOf } from '../kinds/kind.ts'
import { listenersOf, type Listener } from '../kinds/listeners.ts'
import { podAt } from './pod-at.ts'

/** An object of the plan, and the namespace that it will be in. */
export type PlanObject = { readonly object: KubeObject; readonly namespace: string }

/** A Secret that kindup makes itself. */
export type OwnSecret = {
  readonly name: string
  readonly namespaces: readonly string[]
  readonly keys: ReadonlySet<string>
}

/** Labels of a pod and the ports of its containers that have a name. */
type PlanPod = { readonly labels: Fields; readonly ports: readonly string[] }

/** All objects of a plan, as far as they are known. */
export type PlanObjects = {
  find(kind: string, namespace: string, name: string): KubeObject | undefined
  /** All of a kind, wherever they are. */
  anywhere(kind: string): readonly PlanObject[]
  /** All of a kind in a namespace; of kinds of the cluster it is empty. */
  all(kind: string, namespace: string): readonly KubeObject[]
  /** Pods that objects of a namespace make. */
  pods(namespace: string): readonly PlanPod[]
  readonly secrets: readonly OwnSecret[]
  /** What Gateways of the plan listen at. */
  readonly listeners: readonly Listener[]
  /** Whether something of the plan that is not rendered yet may bring objects to a namespace. */
  isOpen(namespace: string): boolean
  /** Whether an object that makes others, or a program that is run, names it: it may come from there. */
  mayBeMade(namespace: string, name: string): boolean
  /** Whether kinds of others are in a namespace, whose controllers make objects. */
  hasCustom(namespace: string): boolean
}

/** `open`: namespaces to which something goes that nobody knows yet. */
export const planObjects = (
  objects: readonly PlanObject[],
  secrets: readonly OwnSecret[],
  open: ReadonlySet<string>,
): PlanObjects => {
  const byName = new Map<string, KubeObject>()
  const byKind = new Map<string, KubeObject[]>()
  const custom = new Map<string, KubeObject[]>()
  for (const { object, namespace } of objects) {
    const kind = groupKind(object)
    const where = scopeOf(object) === 'cluster' ? '' : namespace
    byName.set([kind, where, object.metadata.name].join(' '), object)
    const key = `${kind} ${where}`
    addTo(byKind, key, object)
    if (makesOthers(object)) addTo(custom, namespace, object)
  }
  const all = (kind: string, namespace: string): readonly KubeObject[] => byKind.get(`${kind} ${namespace}`) ?? []
  // Each Service is held against all of them.
  const pods = new Map<string, readonly PlanPod[]>()
  let told: ReadonlyMap<string, string> | undefined
  return {
    find: (kind, namespace, name) => byName.get([kind, namespace, name].join(' ')),
    all,
    anywhere: (kind) => objects.filter(({ object }) => groupKind(object) === kind),
    pods: (namespace) => {
      const known = pods.get(namespace) ?? podKinds.flatMap((kind) => all(kind, namespace)).flatMap(podsOf)
      pods.set(namespace, known)
      return known
    },
    secrets,
    listeners: listenersOf(objects),
    isOpen: (namespace) => (namespace === '' ? open.size > 0 : open.has(namespace)),
    mayBeMade: (namespace, name) => {
      told ??= toldIn(objects)
      // As a word: `data` is not told by `database`.
      const word = new RegExp(`(?<![\\w.-])${name.replace(/[^\w-]/g, String.raw`\$&`)}(?![\\w-])`)
      if (word.test(told.get('') ?? '') || word.test(told.get(namespace) ?? '')) return true
      return (custom.get(namespace) ?? []).some(({ metadata }) => name.includes(metadata.name) && metadata.name !== '')
    },
    hasCustom: (namespace) => custom.has(namespace),
  }
}

/** Kinds of others may; those of the Gateway API lead to what is there. */
const makesOthers = (object: KubeObject): boolean =>
  !isBuiltIn(object) && groupOf(object.apiVersion) !== 'gateway.networking.k8s.io'

const addTo = <T>(lists: Map<string, T[]>, key: string, one: T): void => {
  const list = lists.get(key)
  if (list) list.push(one)
  else lists.set(key, [one])
}

/**
 * What objects say that make others, by namespace, as one text: custom resources as a whole, what programs are given, what roles
 * are for, data of ConfigMaps and annotations. Custom resources may make objects in other namespaces: they count for all.
 */
const toldIn = (objects: readonly PlanObject[]): ReadonlyMap<string, string> => {
  const told = new Map<string, string[]>()
  const add = (namespace: string, text: string): void => addTo(told, namespace, text)
  for (const { object, namespace } of objects) {
    if (makesOthers(object)) add('', JSON.stringify(object))
    else if (object.kind === 'ConfigMap') add(namespace, Object.values(fieldsAt(object, 'data')).join('\n'))
    else if (/^rbac\..*Role$/.test(groupKind(object))) add(namespace, JSON.stringify(object['rules'] ?? []))
    add(namespace, JSON.stringify(object.metadata.annotations ?? {}))
    for (const { container } of podAt(object)?.containers ?? []) add(namespace, JSON.stringify(saidTo(container)))
  }
  return new Map([...told].map(([namespace, texts]) => [namespace, texts.join('\n')]))
}

const saidTo = ({ command, args, env }: Fields): unknown => [
  command,
  args,
  Array.isArray(env) ? env.map((one: unknown) => textAt(one, 'value')) : [],
]

/** Whether labels have all that a selector asks for. Sets of expressions are not looked at: they count as met. */
export const isSelected = (labels: Fields, selector: Fields): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value)

const podsOf = (object: KubeObject): readonly PlanPod[] => {
  const pod = podAt(object)
  if (!pod) return []
  // A Pod has its labels itself.
  const labels = object.kind === 'Pod' ? fieldsAt(object, 'metadata', 'labels') : pod.labels
  return [{ labels, ports: portNamesOf(pod.containers.map(({ container }) => container)) }]
}

const portNamesOf = (containers: readonly Fields[]): readonly string[] =>
  containers.flatMap(({ ports }) =>
    Array.isArray(ports) ? ports.flatMap((port: unknown) => textAt(port, 'name') ?? []) : [],
  )

const podKinds = [
  'Pod',
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'ReplicationController',
  'batch/Job',
  'batch/CronJob',
]
