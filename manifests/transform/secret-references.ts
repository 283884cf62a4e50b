import { isRecord } from '../../core/is-record.ts'
import { containerLists, type Container, type PodSpec } from './pod-templates.ts'

/** A place in a pod that names a Secret. */
export type SecretReference = {
  readonly secret: string
  /** Undefined: all of its keys, whatever they are. */
  readonly key?: string
  /** The pod starts without it. */
  readonly optional: boolean
  /** What reads it, in words: `container web`. Registries' logins are read by the kubelet alone. */
  readonly by: string
  readonly pull: boolean
}

/** Every Secret that a pod names: in variables, volumes, projected volumes and for pulling images. */
export const secretReferences = (spec: PodSpec | undefined): readonly SecretReference[] =>
  spec === undefined
    ? []
    : [
        ...containerLists.flatMap((list) => records(spec[list]).flatMap(ofContainer)),
        ...records(spec['volumes']).flatMap(ofVolume),
        ...records(spec['imagePullSecrets']).flatMap((one) =>
          reference(one, 'name', undefined, 'imagePullSecrets', { pull: true }),
        ),
      ]

type Fields = Readonly<Record<string, unknown>>

const records = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isRecord) : [])

const ofContainer = (container: Container | Fields): readonly SecretReference[] => {
  const by = `container ${String(container.name)}`
  return [
    ...records(container['env']).flatMap(({ valueFrom }) => {
      const from = isRecord(valueFrom) ? valueFrom['secretKeyRef'] : undefined
      return isRecord(from) ? reference(from, 'name', from['key'], by) : []
    }),
    ...records(container['envFrom']).flatMap(({ secretRef }) =>
      isRecord(secretRef) ? reference(secretRef, 'name', undefined, by) : [],
    ),
  ]
}

const ofVolume = (volume: Fields): readonly SecretReference[] => {
  const by = `volume ${String(volume['name'])}`
  const { secret, projected } = volume
  const sources = isRecord(projected) ? records(projected['sources']) : []
  return [
    ...(isRecord(secret) ? withItems(secret, 'secretName', by) : []),
    ...sources.flatMap((source) => (isRecord(source['secret']) ? withItems(source['secret'], 'name', by) : [])),
  ]
}

const withItems = (secret: Fields, nameKey: string, by: string): readonly SecretReference[] => {
  const items = records(secret['items'])
  return items.length === 0
    ? reference(secret, nameKey, undefined, by)
    : items.flatMap(({ key }) => reference(secret, nameKey, key, by))
}

const reference = (
  fields: Fields,
  nameKey: string,
  key: unknown,
  by: string,
  { pull = false } = {},
): readonly SecretReference[] => {
  const name = fields[nameKey]
  if (typeof name !== 'string' || name === '') return []
  const optional = fields['optional'] === true
  return [{ secret: name, ...(typeof key === 'string' ? { key } : {}), optional, by, pull }]
}
