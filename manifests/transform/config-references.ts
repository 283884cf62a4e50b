import { isRecord } from '../../core/is-record.ts'
import { containerLists, type PodSpec } from './pod-templates.ts'

/** A ConfigMap or Secret that a pod reads. */
export type ConfigReference = {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  /** A pod that runs sees a change by itself, after a minute or so: a volume, mounted as a whole. */
  readonly follows: boolean
}

type Fields = Readonly<Record<string, unknown>>

const records = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isRecord) : [])

/** Every ConfigMap and Secret that a pod reads: in variables, volumes and projected volumes, its init containers included. */
export const configReferences = (spec: PodSpec | undefined): readonly ConfigReference[] => {
  if (spec === undefined) return []
  const containers = containerLists.flatMap((list) => records(spec[list]))
  const parts = new Set(
    containers.flatMap((container) =>
      records(container['volumeMounts']).flatMap(({ name, subPath, subPathExpr }) =>
        subPath === undefined && subPathExpr === undefined ? [] : [name],
      ),
    ),
  )
  return [
    ...containers.flatMap((container) => [
      ...records(container['env']).flatMap(({ valueFrom }) =>
        isRecord(valueFrom)
          ? [...named('ConfigMap', valueFrom['configMapKeyRef']), ...named('Secret', valueFrom['secretKeyRef'])]
          : [],
      ),
      ...records(container['envFrom']).flatMap(({ configMapRef, secretRef }) => [
        ...named('ConfigMap', configMapRef),
        ...named('Secret', secretRef),
      ]),
    ]),
    ...records(spec['volumes']).flatMap((volume) => {
      const follows = !parts.has(volume['name'])
      const { projected } = volume
      const sources = isRecord(projected) ? records(projected['sources']) : []
      return [
        ...named('ConfigMap', volume['configMap'], { follows }),
        ...named('Secret', volume['secret'], { follows, key: 'secretName' }),
        ...sources.flatMap(({ configMap, secret }) => [
          ...named('ConfigMap', configMap, { follows }),
          ...named('Secret', secret, { follows }),
        ]),
      ]
    }),
  ]
}

const named = (
  kind: ConfigReference['kind'],
  fields: unknown,
  { follows = false, key = 'name' } = {},
): readonly ConfigReference[] => {
  const name = isRecord(fields) ? fields[key] : undefined
  return typeof name === 'string' && name !== '' ? [{ kind, name, follows }] : []
}
