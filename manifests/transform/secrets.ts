import { mapsAt, textAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { withAnnotations, withContainers, withSpec, type Container, type PodTemplate } from './pod-templates.ts'
import type { SecretRule } from './rules.ts'
import { secretReferences } from './secret-references.ts'

/** Puts the keys of Secrets as files into every container, read only. Secrets of one path share its folder. */
export const mounted = (
  template: PodTemplate,
  secrets: readonly SecretRule[],
  namespace: string | undefined,
): PodTemplate => {
  const rules = secrets.filter((rule) => rule.path !== undefined && isIn(rule, namespace))
  if (rules.length === 0 || !isRecord(template['spec'])) return template
  const paths = [...Map.groupBy(rules, ({ path }) => path ?? '')].map(([path, group]) => ({
    path,
    name: `kindup-secrets-${hashOf(path).slice(0, 8)}`,
    names: group.map(({ name }) => name),
  }))
  const ours = new Set(paths.map(({ name }) => name))
  const isTheirs = (one: Fields): boolean => !ours.has(textAt(one, 'name') ?? '')
  const volumes = paths.map(({ name, names }) => ({
    name,
    projected: { sources: names.map((secret) => ({ secret: { name: secret } })) },
  }))
  const withMounts = ({ written }: Container): Fields => {
    const before = mapsAt(written, 'volumeMounts').filter(isTheirs)
    const taken = new Set(before.map((mount) => trimmed(textAt(mount, 'mountPath') ?? '')))
    const added = paths
      .filter(({ path }) => !taken.has(trimmed(path)))
      .map(({ name, path }) => ({ name, mountPath: path, readOnly: true }))
    return { ...written, volumeMounts: [...before, ...added] }
  }
  const kept = mapsAt(template, 'spec', 'volumes').filter(isTheirs)
  return withSpec(withContainers(template, withMounts, ['initContainers', 'containers']), {
    volumes: [...kept, ...volumes],
  })
}

/** A mark of the data on every pod that reads it: variables are read once, so that other data has to roll the pods out. */
export const stamped = (
  template: PodTemplate,
  secrets: readonly SecretRule[],
  namespace: string | undefined,
): PodTemplate => {
  const used = new Set(secretReferences(template).flatMap(({ secret, pull }) => (pull ? [] : [secret])))
  const stamps = secrets.flatMap((rule): readonly (readonly [string, string])[] => {
    const stamp = namespace === undefined || !used.has(rule.name) ? undefined : rule.stamps?.[namespace]
    return stamp === undefined ? [] : [[secretAnnotation(rule.name), stamp]]
  })
  if (stamps.length === 0) return template
  return withAnnotations(template, Object.fromEntries(stamps))
}

/** `kindup.dev/secret-kafka` */
const secretAnnotation = (name: string): string => `kindup.dev/secret-${name.length <= 56 ? name : hashOf(name)}`

const isIn = ({ namespaces }: SecretRule, namespace: string | undefined): boolean =>
  namespace !== undefined && namespaces.includes(namespace)

const trimmed = (path: string): string => path.replace(/\/+$/, '')
