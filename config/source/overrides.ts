import type { Problem } from '../../core/problem.ts'
import { asNumberOrBoolean } from '../interpolate.ts'
import type { Path } from '../path.ts'
import { pathKey } from '../path.ts'
import { isHolder } from '../value-at.ts'
import type { Tree } from './tree.ts'

/** Puts one `--set path=value` into the tree; says why where it cannot be. */
export const applySet = (tree: Tree, argument: string): readonly Problem[] => {
  const equals = argument.indexOf('=')
  // Without the value, which may be a secret.
  const flag = `--set ${equals === -1 ? argument : argument.slice(0, equals)}`
  const refuse = (message: string, hint: string): Problem => ({
    severity: 'error',
    message: `${flag}: ${message}`,
    hint,
    at: { file: flag },
  })
  const path = parseSetPath(equals === -1 ? argument : argument.slice(0, equals))
  if (equals === -1 || path === undefined) {
    return [
      refuse(
        'this is not path=value.',
        'For example: --set cluster.workers=3, --set services.web.hosts[0]=web.localhost',
      ),
    ]
  }
  if (path[0] === 'include' || path[0] === 'profiles')
    return [
      refuse(
        `${path[0]} is read before what is set.`,
        'Write it into the file, or into a kindup.local.yaml beside it.',
      ),
    ]
  const text = argument.slice(equals + 1)
  const problem = put(tree, path, readValue(text), flag, text, refuse)
  return problem === undefined ? [] : [problem]
}

/** Puts a text where no path has to be found, for `--name`. */
export const overrideName = (tree: Tree, name: string): void => {
  given(tree, ['name'])
  const at = { file: `--name ${name}` }
  tree.root['name'] = name
  tree.spots.set(pathKey(['name']), { key: at, value: at, written: name })
}

/** What is given by a flag is known, whatever stood there. */
const given = (tree: Tree, path: Path): void => {
  const left = tree.unknown.filter((unknown) => !path.every((part, index) => unknown.path[index] === part))
  tree.unknown.splice(0, tree.unknown.length, ...left)
}

/** `a.b[0].c`; a dot that belongs to a key is written `\.`. Undefined when a part is empty. */
export const parseSetPath = (text: string): Path | undefined => {
  const path = text
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split(/(?<!\\)\./)
    .map((part) => part.replaceAll('\\.', '.'))
  return path.some((part) => part === '' || part === '__proto__') ? undefined : path
}

type Read = { readonly value: unknown; readonly otherwise?: string }

/** Numbers and booleans are taken as such where the schema wants one, lists in brackets as lists. */
const readValue = (text: string): Read => {
  const typed = asNumberOrBoolean(text)
  if (typed !== undefined) return { value: typed, otherwise: text }
  if (/^\[.*\]$|^\{\s*"|^\{\s*\}$/s.test(text)) {
    const json = parseJson(text)
    if (json !== undefined) return { value: json }
    if (/^\[[^[\]{}"]*\]$/.test(text)) {
      const items = text.slice(1, -1).split(',')
      return { value: items.map((item) => item.trim()).filter((item) => item !== '') }
    }
  }
  return { value: text }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const put = (
  tree: Tree,
  parts: Path,
  { value, otherwise }: Read,
  flag: string,
  written: string,
  refuse: (message: string, hint: string) => Problem,
): Problem | undefined => {
  const at = { file: flag }
  const path: (string | number)[] = []
  let holder: Record<string | number, unknown> = tree.root
  for (const [index, part] of parts.entries()) {
    const length = Array.isArray(holder) ? holder.length : undefined
    const position = length === undefined ? undefined : Number(part)
    if (
      length !== undefined &&
      position !== undefined &&
      !(Number.isInteger(position) && position >= 0 && position <= length)
    ) {
      return refuse(`${String(part)} is no position in a list of ${length}.`, 'Positions count from 0.')
    }
    const key = position ?? part
    path.push(key)
    const map = holder
    const last = index === parts.length - 1
    const inner = Object.hasOwn(map, key) ? map[key] : undefined
    if (!last && (inner === undefined || inner === null || typeof inner === 'boolean')) map[key] = {}
    else if (!last && typeof inner !== 'object') {
      return refuse(`${path.join('.')} is no map.`, 'Set it as a whole, or write its long form in the file first.')
    }
    if (last) {
      map[key] = value
      given(tree, path)
    }
    const known = tree.spots.get(pathKey(path))
    if (known === undefined || last) {
      tree.spots.set(pathKey(path), {
        key: at,
        value: at,
        ...(last ? { written, ...(otherwise === undefined ? {} : { otherwise }) } : {}),
      })
    }
    const within = map[key]
    if (last || !isHolder(within)) return undefined
    holder = within
  }
  return undefined
}
