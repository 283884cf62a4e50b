import { setTimeout as pause } from 'node:timers/promises'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { mapsAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Context } from '../../core/step.ts'
import { podTemplateOf } from '../../manifests/transform/pod-templates.ts'
import type { PlaceOf } from './apply.ts'

/** Another step of the run may bring a class, and a program makes it a moment after it is ready. */
const quietMs = 4_000
const patienceMs = 30_000
/** A cluster without any is still being made: kind puts its own in at the end. */
const firstClassMs = 60_000
const onClass = 'volume.beta.kubernetes.io/storage-class'
const isDefault = 'storageclass.kubernetes.io/is-default-class'

/** A claim that names a storage class; `object` is what it stands in. */
type Asked = { readonly className: string; readonly claim: string; readonly object: KubeObject }

/**
 * Throws `storage-class-missing` where a claim asks for a storage class that neither the cluster nor the objects have:
 * its pods would wait for a volume that nobody makes. Claims that are bound already, or that a volume of that class fits, are fine.
 */
export const checkStorageClasses = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  ctx: Context,
  placeOf: PlaceOf = () => undefined,
): Promise<void> => {
  const asked = objects.flatMap((object) => askedBy(object))
  if (asked.length === 0) return
  const own = new Set(objects.flatMap(servedClass))
  const begun = performance.now()
  for (;;) {
    const [classes, volumes] = await Promise.all([
      kube.list({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' }),
      kube.list({ apiVersion: 'v1', kind: 'PersistentVolume' }),
    ])
    const served = new Set([...own, ...[...classes, ...volumes].flatMap(servedClass)])
    const missing = await unbound(
      kube,
      asked.filter(({ className }) => !served.has(className)),
      namespace,
    )
    const [first] = missing
    if (!first) return
    const quiet = ctx.quietElsewhereMs?.() ?? Infinity
    const waited = performance.now() - begun
    if (classes.length === 0 ? waited > firstClassMs : quiet > quietMs || waited > patienceMs)
      throw missingClass(first, missing, classes, placeOf)
    ctx.report(`waiting for the storage class ${first.className}`)
    await pause(500, undefined, { signal: ctx.signal }).catch(() => undefined)
    ctx.signal.throwIfAborted()
  }
}

const missingClass = (
  { className, claim, object }: Asked,
  missing: readonly Asked[],
  classes: readonly KubeObject[],
  placeOf: PlaceOf,
): EnvironmentError => {
  const names = classes.map(
    ({ metadata: { name, annotations } }) => `${name}${annotations?.[isDefault] === 'true' ? ' (the default)' : ''}`,
  )
  const there = names.length === 0 ? 'It has none' : `It has ${names.join(', ')}`
  const at = placeOf(object)
  return new EnvironmentError(
    'storage-class-missing',
    `${claim} asks for the storage class ${className}, which the cluster does not have. ${there}.`,
    {
      problems: at ? [{ severity: 'error', message: `${object.kind} ${object.metadata.name} stands here.`, at }] : [],
      hints: [
        `Leave \`storageClassName\` out for the default, or change it by a value or a patch${missing.length > 1 ? ` (${missing.length} claims ask so)` : ''}.`,
        `Or add what brings ${className}, and name it under \`needs:\`.`,
      ],
    },
  )
}

/** The class that an object makes claims of it possible for: a StorageClass, or a volume of that class. */
const servedClass = ({ kind, metadata, ...rest }: KubeObject): readonly string[] => {
  if (kind === 'StorageClass') return [metadata.name]
  const spec = rest['spec']
  return kind === 'PersistentVolume' && isRecord(spec) && typeof spec['storageClassName'] === 'string'
    ? [spec['storageClassName']]
    : []
}

const askedBy = (object: KubeObject): readonly Asked[] => {
  const spec = isRecord(object['spec']) ? object['spec'] : {}
  if (object.kind === 'PersistentVolumeClaim')
    return classOf(object).map((className) => ({
      className,
      claim: `PersistentVolumeClaim ${object.metadata.name}`,
      object,
    }))
  const ephemeral = mapsAt(podTemplateOf(object), 'spec', 'volumes').flatMap(({ ephemeral: one }) =>
    isRecord(one) && isRecord(one['volumeClaimTemplate']) ? [one['volumeClaimTemplate']] : [],
  )
  const templates = object.kind === 'StatefulSet' ? records(spec['volumeClaimTemplates']) : []
  return [...templates, ...ephemeral].flatMap((template) =>
    classOf(template).map((className) => ({
      className,
      claim: `A volume claim of ${object.kind} ${object.metadata.name}`,
      object,
    })),
  )
}

/** Empty: the default, or a volume that is named, or none at all. */
const classOf = (claim: Readonly<Record<string, unknown>>): readonly string[] => {
  const spec = isRecord(claim['spec']) ? claim['spec'] : {}
  const metadata = isRecord(claim['metadata']) ? claim['metadata'] : {}
  const annotations = isRecord(metadata['annotations']) ? metadata['annotations'] : {}
  const name = spec['storageClassName'] ?? annotations[onClass]
  return typeof name !== 'string' || name === '' || typeof spec['volumeName'] === 'string' ? [] : [name]
}

/** Those whose claims are not there yet, or wait: a bound one needs its class no more. */
const unbound = async (kube: Kube, asked: readonly Asked[], namespace: string): Promise<readonly Asked[]> => {
  if (asked.length === 0) return []
  const namespaces = [...new Set(asked.map(({ object }) => object.metadata.namespace ?? namespace))]
  const lists = await Promise.all(
    namespaces.map((one) => kube.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: one })),
  )
  const bound = lists.flat().filter((claim) => isRecord(claim['status']) && claim['status']['phase'] === 'Bound')
  return asked.filter(({ object: { kind, metadata } }) => {
    const within = metadata.namespace ?? namespace
    return !bound.some(({ metadata: live }) =>
      live.namespace !== within
        ? false
        : kind === 'PersistentVolumeClaim'
          ? live.name === metadata.name
          : new RegExp(`-${metadata.name.replaceAll('.', '\\.')}-\\d+$`).test(live.name),
    )
  })
}

const records = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isRecord) : []
