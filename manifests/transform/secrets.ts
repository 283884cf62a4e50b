import { isRecord } from '../../core/is-record.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { Container, PodSpec, PodTemplate } from './pod-templates.ts'
import type { SecretRule } from './rules.ts'
import { secretReferences } from './secret-references.ts'

/** Puts the keys of Secrets as files into every container, read only. Secrets of one path share its folder. */
export const mounted = (
  template: PodTemplate,
  secrets: readonly SecretRule[],
  namespace: string | undefined,
): PodTemplate => {
  const rules = secrets.filter((rule) => rule.path !== undefined && isIn(rule, namespace))
  if (rules.length === 0 || template.spec === undefined) return template
  const paths = [...Map.groupBy(rules, ({ path }) => path ?? '')].map(([path, group]) => ({
    path,
    name: `kindup-secrets-${hashOf(path).slice(0, 8)}`,
    names: group.map(({ name }) => name),
  }))
  const ours = new Set(paths.map(({ name }) => name))
  const volumes = paths.map(({ name, names }) => ({
    name,
    projected: { sources: names.map((secret) => ({ secret: { name: secret } })) },
  }))
  const withMounts = (container: Container): Container => {
    const before = named(container['volumeMounts']).filter(({ name }) => !ours.has(String(name)))
    const taken = new Set(before.map(({ mountPath }) => trimmed(String(mountPath))))
    const added = paths
      .filter(({ path }) => !taken.has(trimmed(path)))
      .map(({ name, path }) => ({ name, mountPath: path, readOnly: true }))
    return { ...container, volumeMounts: [...before, ...added] }
  }
  const spec: PodSpec = template.spec
  return {
    ...template,
    spec: {
      ...spec,
      ...(spec.initContainers ? { initContainers: spec.initContainers.map(withMounts) } : {}),
      ...(spec.containers ? { containers: spec.containers.map(withMounts) } : {}),
      volumes: [...named(spec['volumes']).filter(({ name }) => !ours.has(String(name))), ...volumes],
    },
  }
}

/** A mark of the data on every pod that reads it: variables are read once, so that other data has to roll the pods out. */
export const stamped = (
  template: PodTemplate,
  secrets: readonly SecretRule[],
  namespace: string | undefined,
): PodTemplate => {
  const used = new Set(secretReferences(template.spec).flatMap(({ secret, pull }) => (pull ? [] : [secret])))
  const stamps = secrets.flatMap((rule): readonly (readonly [string, string])[] => {
    const stamp = namespace === undefined || !used.has(rule.name) ? undefined : rule.stamps?.[namespace]
    return stamp === undefined ? [] : [[secretAnnotation(rule.name), stamp]]
  })
  if (stamps.length === 0) return template
  return {
    ...template,
    metadata: {
      ...template.metadata,
      annotations: { ...template.metadata?.annotations, ...Object.fromEntries(stamps) },
    },
  }
}

/** `kindup.dev/secret-kafka` */
const secretAnnotation = (name: string): string => `kindup.dev/secret-${name.length <= 56 ? name : hashOf(name)}`

const isIn = ({ namespaces }: SecretRule, namespace: string | undefined): boolean =>
  namespace !== undefined && namespaces.includes(namespace)

const named = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter(isRecord) : []

const trimmed = (path: string): string => path.replace(/\/+$/, '')
