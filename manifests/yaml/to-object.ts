import type { KubeObject } from '../../cluster/kube/kube.ts'
import { textsAt, type Fields } from '../../core/fields.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { isRecord } from '../../core/is-record.ts'
import { isHookOfArgocd } from '../kinds/argo-hooks.ts'
import { whatItIs } from '../schema/words.ts'

/** What was read, with a head that the rest of the program can rely on; or why it is no Kubernetes object. */
export const toObject = (value: unknown, { generated }: { readonly generated: boolean }): KubeObject | string => {
  if (!isRecord(value)) return `it is ${whatItIs(value)}`
  const { apiVersion, kind, metadata } = value
  if (typeof apiVersion !== 'string' || apiVersion === '') return `it has no \`apiVersion\`${insteadOf(apiVersion)}`
  if (typeof kind !== 'string' || kind === '') return `it has no \`kind\`${insteadOf(kind)}`
  if (!isRecord(metadata))
    return `its \`metadata\` is ${metadata === undefined ? 'missing' : metadata === null ? 'empty' : 'no map'}`
  const name = nameOf(metadata, generated)
  if ('why' in name) return isNamedByArgocd(metadata) ? named(value, metadata, { generated }) : name.why
  const { namespace, labels, annotations, finalizers, ...rest } = metadata
  return {
    ...value,
    apiVersion,
    kind,
    metadata: {
      ...rest,
      name: name.name,
      // Null, empty or missing, it is the same for the API.
      ...(typeof namespace === 'string' && namespace !== '' ? { namespace } : {}),
      ...(isRecord(labels) ? { labels: texts(labels) } : {}),
      ...(isRecord(annotations) ? { annotations: texts(annotations) } : {}),
      ...(Array.isArray(finalizers) ? { finalizers: finalizers.filter((one) => typeof one === 'string') } : {}),
    },
  }
}

/** Argo CD gives such hooks a new name at each sync. One that their content makes tells them apart as well, and they are found again. */
const named = (value: Fields, metadata: Fields, options: { readonly generated: boolean }): KubeObject | string => {
  const { generateName, ...rest } = metadata
  const name = `${String(generateName)}${hashOf(value).slice(0, 5)}`
  return toObject({ ...value, metadata: { ...rest, name } }, options)
}

const isNamedByArgocd = ({ name, annotations, generateName }: Fields): boolean =>
  (name === undefined || name === null || name === '') &&
  typeof generateName === 'string' &&
  generateName !== '' &&
  isRecord(annotations) &&
  isHookOfArgocd(annotations)

const insteadOf = (value: unknown): string =>
  value === undefined || value === null || value === '' ? '' : `: it is ${whatItIs(value)} there`

/** A key whose value is not written has an empty one. */
const texts = (map: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  textsAt(Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value ?? ''])))

const nameOf = (
  { name, generateName }: Readonly<Record<string, unknown>>,
  generated: boolean,
): { readonly name: string } | { readonly why: string } => {
  if (typeof name === 'string' && name !== '') return { name }
  if (typeof name === 'number' || typeof name === 'boolean')
    return { why: `its name ${String(name)} is a ${typeof name}, put it in quotes` }
  if (name !== undefined && name !== null && name !== '') return { why: `its name is ${whatItIs(name)}` }
  if (typeof generateName !== 'string' || generateName === '') return { why: 'it has no `metadata.name`' }
  if (generated) return { name: '' }
  return {
    why: 'it has a `generateName`, and what gets a new name each time cannot be applied twice; give it a `name`',
  }
}
