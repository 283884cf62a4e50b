import type { Problem } from '../../core/problem.ts'
import type { Dialect } from '../../core/go-yaml/dialect.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import { pathOfKey, showPath, type Path } from '../path.ts'
import type { Tree } from '../source/tree.ts'
import { valueAt } from '../value-at.ts'

/**
 * Words without quotes that are something else where helm, kind and kubectl read YAML (`no`, `0644`, `1_000`): whoever copies
 * a line from a values file means what it is there. Of what is handed on as it is written; everywhere else the schema tells.
 */
export const problemsOfWords = ({ root, spots }: Tree): readonly Problem[] =>
  [...spots].flatMap(([key, { value: at, written, isPlain }]): readonly Problem[] => {
    const path = pathOfKey(key)
    const reader = readerOf(path)
    if (reader === undefined || isPlain === undefined || written === undefined) return []
    const here = valueAt(root, path)
    const there = asGoReads(written, reader.dialect)
    if (there === undefined || there === String(here) || typeof here === 'object') return []
    const quoted = `put it in quotes, if the text is meant: ${JSON.stringify(written)}`
    if (typeof here === 'number' && !Number.isSafeInteger(here) && Number.isInteger(here))
      return [
        {
          severity: 'error',
          message: `${showPath(path)}: ${written} has more digits than a number keeps here, and would be ${here}.`,
          at,
          hint: `Quote it: ${JSON.stringify(written)}`,
        },
      ]
    return [
      {
        severity: 'warning',
        message: `${showPath(path)}: ${written} is the ${typeof here === 'string' ? 'text' : typeof here} ${JSON.stringify(here)} here, and ${there} where ${reader.name} reads YAML.`,
        at,
        hint: `Write ${there}, or ${quoted}`,
      },
    ]
  })

type Reader = { readonly name: string; readonly dialect: Dialect }

/** Who would read the same words, had they stood in a file of its own. */
const readerOf = (path: Path): Reader | undefined => {
  const [section, , ...rest] = path
  if (section === 'cluster') return path[1] === 'kind' ? { name: 'kind', dialect: 'go2' } : undefined
  if (section === 'addons' ? rest[0] === 'set' : rest[0] === 'deploy' && rest[2] === 'set')
    return { name: 'helm', dialect: 'go2' }
  return rest[0] === 'deploy' && rest[1] === 'patches' ? { name: 'kustomize', dialect: 'go3' } : undefined
}

/** The value that Go makes of it, as text; undefined where it makes none. */
const asGoReads = (written: string, dialect: Dialect): string | undefined => {
  try {
    const value = readValue(written, dialect)
    return typeof value === 'string' ? value : JSON.stringify(value)
  } catch {
    return undefined
  }
}
