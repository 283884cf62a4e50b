import { fieldsAt, mapsAt, textAt, valueAt } from '../../core/fields.ts'
import { containersOf, type PodTemplate } from './pod-templates.ts'

/** A ConfigMap or Secret that a pod reads. */
export type ConfigReference = {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  /** A pod that runs sees a change by itself, after a minute or so: a volume, mounted as a whole. */
  readonly follows: boolean
  /** Pods start without it. */
  readonly optional?: true
}

/** Every ConfigMap and Secret that a pod reads: in variables, volumes and projected volumes, its init containers included. */
export const configReferences = (template: PodTemplate | undefined): readonly ConfigReference[] => {
  const containers = containersOf(template).map(({ written }) => written)
  const parts = new Set(
    containers.flatMap((container) =>
      mapsAt(container, 'volumeMounts').flatMap(({ name, subPath, subPathExpr }) =>
        (subPath ?? subPathExpr ?? undefined) === undefined ? [] : [name],
      ),
    ),
  )
  return [
    ...containers.flatMap((container) => [
      ...mapsAt(container, 'env').flatMap((one) => [
        ...named('ConfigMap', fieldsAt(one, 'valueFrom', 'configMapKeyRef')),
        ...named('Secret', fieldsAt(one, 'valueFrom', 'secretKeyRef')),
      ]),
      ...mapsAt(container, 'envFrom').flatMap(({ configMapRef, secretRef }) => [
        ...named('ConfigMap', configMapRef),
        ...named('Secret', secretRef),
      ]),
    ]),
    ...mapsAt(template, 'spec', 'volumes').flatMap((volume) => {
      const follows = !parts.has(volume['name'])
      return [
        ...named('ConfigMap', volume['configMap'], { follows }),
        ...named('Secret', volume['secret'], { follows, key: 'secretName' }),
        ...mapsAt(volume, 'projected', 'sources').flatMap(({ configMap, secret }) => [
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
  const name = textAt(fields, key)
  const optional = valueAt(fields, 'optional') === true ? ({ optional: true } as const) : {}
  return name === undefined || name === '' ? [] : [{ kind, name, follows, ...optional }]
}
