import { idOf } from '../../core/identity.ts'
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
      ...(bytes > limitBytes
        ? [found(`The data of ${key} takes ${bytes} bytes; a Secret holds ${limitBytes}.`, 'Split it into several.')]
        : []),
      ...(keys?.size === 0
        ? [found(`Nothing brings a key to the secret ${key}.`, 'Is the file that it is made from empty?')]
        : []),
    ]
  })
