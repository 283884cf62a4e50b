import type { SecretSource } from './source.ts'

/** The keys that a secret of the file will have; undefined where it copies one that the file does not make. */
export const knownKeys = (
  key: string,
  sources: readonly SecretSource[],
  passed: readonly string[] = [],
): ReadonlySet<string> | undefined => {
  const source = sources.find(({ secret }) => secret.key === key)
  // Secrets that copy each other in a circle are said where the plan is put in order.
  if (!source || passed.includes(key)) return undefined
  const { from } = source.secret
  const original = from.secret === undefined ? undefined : madeBy(from.secret, sources)
  const copied = original && knownKeys(original.secret.key, sources, [...passed, key])
  if (from.secret !== undefined && copied === undefined) return undefined
  return new Set([
    ...(copied ?? []),
    ...Object.keys(from.random),
    ...source.envFile.keys(),
    ...source.sops.flatMap(({ keys }) => keys),
    ...source.files.keys(),
    ...source.literals.keys(),
  ])
}

/** The secret of the file that is `namespace/name` in the cluster. */
export const madeBy = (reference: string, sources: readonly SecretSource[]): SecretSource | undefined => {
  const [namespace = '', name] = reference.split('/')
  return sources.find(({ secret }) => secret.key === name && secret.namespaces.includes(namespace))
}
