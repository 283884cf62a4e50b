import { idOf } from '../../core/identity.ts'
import { isJson } from '../../core/is-json.ts'
import type { Problem } from '../../core/problem.ts'
import type { KnownSecret } from '../../manifests/problems/secret-uses.ts'
import type { SecretSource } from './source.ts'

/** Keys without which Kubernetes refuses a Secret of a type. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
}

const limitBytes = 1024 * 1024

/** Secrets that Kubernetes would refuse: keys that their type wants and nobody brings, more data than one can hold, none at all. */
export const typeProblems = (sources: readonly SecretSource[], known: readonly KnownSecret[]): readonly Problem[] =>
  sources.flatMap(({ secret: { key, type = '' }, at, envFile, files, literals }) => {
    const found = (message: string, hint: string): Problem => ({
      severity: 'error',
      step: idOf({ kind: 'secret', name: key }),
      at,
      message,
      hint,
    })
    const keys = known.find((one) => one.key === key)?.keys
    const missing = (Object.hasOwn(wanted, type) ? (wanted[type] ?? []) : []).filter((one) => keys?.has(one) === false)
    const bytes = [envFile, files, literals]
      .flatMap((data) => [...data.values()])
      .reduce((sum, one) => sum + one.length, 0)
    return [
      ...missing.map((one) =>
        found(
          `A Secret of type ${type} has a key ${one}, and nothing brings it to ${key}.`,
          `For a file: from: { files: { "${one}": ./path } }`,
        ),
      ),
      ...valueProblems(type, keys, [files, literals], found),
      ...(bytes > limitBytes
        ? [found(`The data of ${key} takes ${bytes} bytes; a Secret holds ${limitBytes}.`, 'Split it into several.')]
        : []),
      ...(keys?.size === 0
        ? [found(`Nothing brings a key to the secret ${key}.`, 'Is the file that it is made from empty?')]
        : []),
    ]
  })

/** What Kubernetes asks of some types beyond their keys. */
const valueProblems = (
  type: string,
  keys: ReadonlySet<string> | undefined,
  given: readonly ReadonlyMap<string, Uint8Array | string>[],
  found: (message: string, hint: string) => Problem,
): readonly Problem[] => {
  if (type === 'kubernetes.io/service-account-token')
    return [
      found(
        'Kubernetes itself makes the Secret of type kubernetes.io/service-account-token, for a ServiceAccount that it names in an annotation.',
        'Write it as a manifest, or take the type away.',
      ),
    ]
  if (type === 'kubernetes.io/basic-auth' && keys?.has('username') === false && !keys.has('password'))
    return [
      found(
        'A Secret of type kubernetes.io/basic-auth has a key username or password, and nothing brings one.',
        'For example: from: { literals: { username: me }, random: { password: 24 } }',
      ),
    ]
  const key = { 'kubernetes.io/dockerconfigjson': '.dockerconfigjson', 'kubernetes.io/dockercfg': '.dockercfg' }[type]
  const text = key === undefined ? undefined : given.flatMap((data) => data.get(key) ?? []).at(0)
  return text === undefined || isJson(Buffer.from(text).toString())
    ? []
    : [
        found(
          `${key} holds no JSON, and Kubernetes refuses it in a Secret of type ${type}.`,
          'docker login writes such a file: ~/.docker/config.json',
        ),
      ]
}
