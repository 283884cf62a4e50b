import { fieldsAt, mapsAt, textAt, type Fields } from '../../core/fields.ts'
import { containersOf, type Container, type PodTemplate } from './pod-templates.ts'

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
export const secretReferences = (template: PodTemplate | undefined): readonly SecretReference[] => [
  ...containersOf(template).flatMap(ofContainer),
  ...mapsAt(template, 'spec', 'volumes').flatMap(ofVolume),
  ...mapsAt(template, 'spec', 'imagePullSecrets').flatMap((one) =>
    reference(one, 'name', undefined, 'imagePullSecrets', { pull: true }),
  ),
]

const ofContainer = ({ name, written }: Container): readonly SecretReference[] => {
  const by = `container ${name}`
  return [
    ...mapsAt(written, 'env').flatMap((one) => {
      const from = fieldsAt(one, 'valueFrom', 'secretKeyRef')
      return reference(from, 'name', from['key'], by)
    }),
    ...mapsAt(written, 'envFrom').flatMap((one) => reference(fieldsAt(one, 'secretRef'), 'name', undefined, by)),
  ]
}

const ofVolume = (volume: Fields): readonly SecretReference[] => {
  const by = `volume ${textAt(volume, 'name')}`
  return [
    ...withItems(fieldsAt(volume, 'secret'), 'secretName', by),
    ...mapsAt(volume, 'projected', 'sources').flatMap((source) => withItems(fieldsAt(source, 'secret'), 'name', by)),
  ]
}

const withItems = (secret: Fields, nameKey: string, by: string): readonly SecretReference[] => {
  const items = mapsAt(secret, 'items')
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
  const name = textAt(fields, nameKey)
  if (name === undefined || name === '') return []
  const optional = fields['optional'] === true
  return [{ secret: name, ...(typeof key === 'string' ? { key } : {}), optional, by, pull }]
}
