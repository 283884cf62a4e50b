import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, listAt, mapsAt, textAt, valueAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { nearest } from '../../core/suggest.ts'
import { groupKind } from '../kinds/kind.ts'
import type { Finding } from '../schema/check.ts'
import { shown, type Path } from '../schema/words.ts'
import { doubtful } from './finding.ts'
import { indexed, podAt, type PodAt } from './pod-at.ts'
import type { PlanObject, PlanObjects } from './plan-objects.ts'

/** What every namespace has without anybody's doing. */
const given: Readonly<Record<string, readonly string[]>> = {
  // The second by Istio, in each.
  ConfigMap: ['kube-root-ca.crt', 'istio-ca-root-cert'],
  ServiceAccount: ['default'],
  'scheduling.k8s.io/PriorityClass': ['system-cluster-critical', 'system-node-critical'],
  'storage.k8s.io/StorageClass': ['standard', 'local-path'],
}

/** What pods name and nothing in the plan brings: they would wait for it. */
export const podReferences = ({ object, namespace }: PlanObject, plan: PlanObjects): readonly Finding[] => {
  const pod = podAt(object)
  if (!pod || namespace.startsWith('kube-')) return []
  return [
    ...namedConfigs(pod).flatMap((one) => missingConfig(one, namespace, plan)),
    ...named(pod, 'serviceAccountName', 'ServiceAccount', namespace, plan),
    ...named(pod, 'priorityClassName', 'scheduling.k8s.io/PriorityClass', '', plan),
    ...named(pod, 'runtimeClassName', 'node.k8s.io/RuntimeClass', '', plan),
    ...indexed(pod.spec['volumes']).flatMap(([index, volume]) => {
      const claim = textAt(volume, 'persistentVolumeClaim', 'claimName')
      // A StatefulSet puts its own claim in the place of a volume that is called like the template.
      const isReplaced = templatesOf(object).includes(textAt(volume, 'name') ?? '')
      if (isReplaced || (claim !== undefined && isOfStatefulSet(claim, namespace, plan))) return []
      return missing(
        { kind: 'PersistentVolumeClaim', name: claim },
        [...pod.path, 'volumes', index, 'persistentVolumeClaim', 'claimName'],
        namespace,
        plan,
      )
    }),
  ]
}

const templatesOf = (object: KubeObject): readonly string[] =>
  mapsAt(object, 'spec', 'volumeClaimTemplates').flatMap((template) => textAt(template, 'metadata', 'name') ?? [])

/** `<template>-<set>-<number>`: StatefulSets make their claims by themselves. */
const isOfStatefulSet = (claim: string, namespace: string, plan: PlanObjects): boolean =>
  plan
    .all('apps/StatefulSet', namespace)
    .some((set) =>
      templatesOf(set).some(
        (template) =>
          claim.startsWith(`${template}-${set.metadata.name}-`) &&
          /^\d+$/.test(claim.slice(template.length + set.metadata.name.length + 2)),
      ),
    )

const named = (pod: PodAt, field: string, kind: string, namespace: string, plan: PlanObjects): readonly Finding[] =>
  missing({ kind, name: textAt(pod.spec, field) }, [...pod.path, field], namespace, plan)

/** A storage class that a claim names and that is neither in the plan nor one of kind's. */
export const claimReferences = ({ object, namespace }: PlanObject, plan: PlanObjects): readonly Finding[] => {
  if (namespace.startsWith('kube-')) return []
  const at: Path[] = []
  if (groupKind(object) === 'PersistentVolumeClaim') at.push(['spec', 'storageClassName'])
  if (groupKind(object) === 'apps/StatefulSet')
    for (const [index] of indexed(valueAt(object, 'spec', 'volumeClaimTemplates')))
      at.push(['spec', 'volumeClaimTemplates', index, 'spec', 'storageClassName'])
  return at.flatMap((path) => {
    // A volume of that class may be there already.
    if (textAt(object, ...path.slice(0, -1), 'volumeName')) return []
    // Volumes of that class that the plan brings are bound by the name alone.
    const name = textAt(object, ...path)
    if (plan.all('PersistentVolume', '').some((volume) => textAt(volume, 'spec', 'storageClassName') === name))
      return []
    return missing({ kind: 'storage.k8s.io/StorageClass', name: textAt(object, ...path) }, path, '', plan)
  })
}

/** An object that is named and that nothing in the plan brings. */
export const missing = (
  { kind, name }: { readonly kind: string; readonly name: string | undefined },
  path: Path,
  namespace: string,
  plan: PlanObjects,
): readonly Finding[] => {
  if (name === undefined || name === '' || plan.find(kind, namespace, name) || given[kind]?.includes(name)) return []
  if (plan.isOpen(namespace) || plan.mayBeMade(namespace, name)) return []
  const word = kind.split('/').at(-1) ?? kind
  const near = nearest(name, [
    ...plan.all(kind, namespace).map(({ metadata }) => metadata.name),
    ...(given[kind] ?? []),
  ])
  return [
    doubtful(
      path,
      `${shown(path)} is ${name}, and nothing in the plan makes ${/^[AEIO]/.test(word) ? 'an' : 'a'} ${word} of that name${namespace === '' ? '' : ` in ${namespace}`}`,
      near === undefined ? undefined : `Did you mean \`${near}\`?`,
      `missing ${kind} ${name}`,
    ),
  ]
}

type ConfigName = {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  readonly path: Path
  /** Keys that are asked for, with where. */
  readonly keys: readonly { readonly key: string; readonly path: Path }[]
}

const namedConfigs = ({ path, spec, containers }: PodAt): readonly ConfigName[] => [
  ...containers.flatMap(({ path: at, container }) => [
    ...indexed(container['env']).flatMap(([index, variable]) =>
      (['configMapKeyRef', 'secretKeyRef'] as const).flatMap((field) =>
        keyed(field === 'secretKeyRef' ? 'Secret' : 'ConfigMap', fieldsAt(variable, 'valueFrom', field), [
          ...at,
          'env',
          index,
          'valueFrom',
          field,
        ]),
      ),
    ),
    ...indexed(container['envFrom']).flatMap(([index, source]) =>
      (['configMapRef', 'secretRef'] as const).flatMap((field) =>
        keyed(field === 'secretRef' ? 'Secret' : 'ConfigMap', fieldsAt(source, field), [
          ...at,
          'envFrom',
          index,
          field,
        ]),
      ),
    ),
  ]),
  ...indexed(spec['volumes']).flatMap(([index, volume]) => {
    const at = [...path, 'volumes', index]
    return [
      ...ofVolume('ConfigMap', 'name', fieldsAt(volume, 'configMap'), [...at, 'configMap']),
      ...ofVolume('Secret', 'secretName', fieldsAt(volume, 'secret'), [...at, 'secret']),
      ...indexed(valueAt(volume, 'projected', 'sources')).flatMap(([source, one]) => [
        ...ofVolume('ConfigMap', 'name', fieldsAt(one, 'configMap'), [
          ...at,
          'projected',
          'sources',
          source,
          'configMap',
        ]),
        ...ofVolume('Secret', 'name', fieldsAt(one, 'secret'), [...at, 'projected', 'sources', source, 'secret']),
      ]),
    ]
  }),
]

const keyed = (kind: ConfigName['kind'], ref: Fields, path: Path): readonly ConfigName[] => {
  const name = textAt(ref, 'name')
  const key = textAt(ref, 'key')
  if (name === undefined || name === '' || ref['optional'] === true) return []
  return [{ kind, name, path: [...path, 'name'], keys: key === undefined ? [] : [{ key, path: [...path, 'key'] }] }]
}

const ofVolume = (kind: ConfigName['kind'], field: string, ref: Fields, path: Path): readonly ConfigName[] => {
  const name = textAt(ref, field)
  if (name === undefined || name === '' || ref['optional'] === true) return []
  const keys = indexed(ref['items']).flatMap(([index, item]) => {
    const key = textAt(item, 'key')
    return key === undefined ? [] : [{ key, path: [...path, 'items', index, 'key'] }]
  })
  return [{ kind, name, path: [...path, field], keys }]
}

const missingConfig = (
  { kind, name, path, keys }: ConfigName,
  namespace: string,
  plan: PlanObjects,
): readonly Finding[] => {
  const own =
    kind === 'Secret' ? plan.secrets.find((one) => one.name === name && one.namespaces.includes(namespace)) : undefined
  const object = plan.find(kind, namespace, name)
  if (!own && !object) return missing({ kind, name }, path, namespace, plan)
  if (plan.isOpen(namespace)) return []
  const has = own ? [...own.keys] : keysOf(object)
  // One without data is filled by something else, and so is what a controller injects into.
  if (has.length === 0 || isFilled(object)) return []
  return keys.flatMap(({ key, path: at }) => {
    if (has.includes(key)) return []
    const near = nearest(key, has)
    return [
      doubtful(
        at,
        `${shown(at)} is ${key}, and ${kind} ${name} has no such key (it has ${has.slice(0, 8).join(', ')}${has.length > 8 ? ', …' : ''})`,
        near === undefined ? undefined : `Did you mean \`${near}\`?`,
        `missing key ${kind} ${name} ${key}`,
      ),
    ]
  })
}

const isFilled = (object: KubeObject | undefined): boolean =>
  textAt(object, 'type') === 'kubernetes.io/service-account-token' ||
  [fieldsAt(object, 'metadata', 'annotations'), fieldsAt(object, 'metadata', 'labels')].some((keys) =>
    Object.keys(keys).some((key) => key.includes('inject')),
  )

const keysOf = (object: unknown): readonly string[] =>
  ['data', 'stringData', 'binaryData'].flatMap((field) =>
    isRecord(valueAt(object, field)) ? Object.keys(fieldsAt(object, field)) : [],
  )

/** Roles and accounts that bindings name. */
export const bindingReferences = ({ object, namespace }: PlanObject, plan: PlanObjects): readonly Finding[] => {
  const kind = groupKind(object)
  if (kind !== 'rbac.authorization.k8s.io/RoleBinding' && kind !== 'rbac.authorization.k8s.io/ClusterRoleBinding')
    return []
  const role = textAt(object, 'roleRef', 'kind')
  const name = textAt(object, 'roleRef', 'name') ?? ''
  const isGiven = role !== 'Role' && (/^(?:cluster-admin|admin|edit|view)$/.test(name) || name.startsWith('system:'))
  if (isGiven || (role === 'Role' && namespace.startsWith('kube-'))) return []
  return [
    ...missing(
      { kind: `rbac.authorization.k8s.io/${role}`, name },
      ['roleRef', 'name'],
      role === 'Role' ? namespace : '',
      plan,
    ),
    ...missingAccounts(object, namespace, plan),
  ]
}

const missingAccounts = (object: KubeObject, namespace: string, plan: PlanObjects): readonly Finding[] => {
  const here = listAt(object, 'subjects').flatMap((subject, index) =>
    textAt(subject, 'kind') === 'ServiceAccount' && (textAt(subject, 'namespace') ?? namespace) === namespace
      ? [{ index, name: textAt(subject, 'name') }]
      : [],
  )
  const found = here.filter(({ name = '' }) => plan.find('ServiceAccount', namespace, name) !== undefined)
  // A chart that binds its role to all accounts that it can bring names those of parts that are turned off, too (flux2).
  if (found.length > 1) return []
  return here.flatMap(({ index, name }) =>
    missing({ kind: 'ServiceAccount', name }, ['subjects', index, 'name'], namespace, plan),
  )
}
