import { redacted } from '../core/mask/redacted.ts'
import { secretValues, tellsOfSecret } from '../core/mask/secret-values.ts'
import { textAt, valueAt } from '../core/fields.ts'
import { pathKey, type Path } from './path.ts'
import { fileSchema } from './schema/file.ts'
import { notesAt } from './shape/schema-at.ts'
import type { Tree } from './source/tree.ts'
import { isHolder } from './value-at.ts'

const hidden = '***'

/** Maps whose keys are the user's own: one that tells of a secret holds one. */
const ownKeys: readonly unknown[] = ['set', 'args', 'env', 'vars', 'kind', 'patch', 'body', 'json']

/** The file's values as they may be shown. Changes nothing. */
export const withoutSecrets = ({ root, spots }: Tree): Record<string, unknown> => {
  const shown = (value: unknown, path: Path, holder: unknown): unknown => {
    if (path.at(-1) === 'patch' && path[0] === 'services' && isOfSecret(holder)) return hidden
    if (Array.isArray(value)) return value.map((item: unknown, index) => shown(item, [...path, index], value))
    if (isHolder(value))
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one, [...path, key], value)]))
    if (typeof value !== 'string' && typeof value !== 'number') return value
    if (isSecret(path, holder, spots.get(pathKey(path))?.written)) return hidden
    // A login in an address, and what looks like a secret within a longer text.
    return typeof value === 'string' ? redacted(value, secretValues({ address: value })) : value
  }
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, shown(value, [key], root)]))
}

const isSecret = (path: Path, holder: unknown, written = ''): boolean => {
  const last = path.findLast((part) => typeof part === 'string') ?? ''
  const named = path.slice(0, -1).some((part) => ownKeys.includes(part))
    ? // `{ name: DB_PASSWORD, value: … }`, as containers have it.
      [last, ...(last === 'value' ? [textAt(holder, 'name') ?? ''] : [])]
    : []
  const variables = [...written.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)
  return notesAt(fileSchema, path).secret || [...named, ...variables].some(tellsOfSecret)
}

/** Whether a patch is one of Secrets: whatever it says may be what they hold. */
const isOfSecret = (holder: unknown): boolean => {
  const text = textAt(holder, 'patch') ?? JSON.stringify(valueAt(holder, 'patch'))
  return textAt(holder, 'target', 'kind') === 'Secret' || /\bkind"?:\s*["']?Secret\b|\bstringData\b/.test(text)
}
