import { isRecord } from '../../core/is-record.ts'
import { textAt, type Fields } from '../../core/fields.ts'

/** One value that is not the same in an object that the tool sends and in the one that kindup sends; undefined where there is none. */
export type Difference = {
  readonly object: string
  readonly path: readonly (string | number)[]
  readonly sent: unknown
  readonly ours: unknown
}

export type Pair = { readonly name: string; readonly sent: Fields; readonly ours: Fields }

/** `apps/v1 Deployment dev/web` */
const nameOf = (object: Fields): string => {
  const namespace = textAt(object, 'metadata', 'namespace')
  const name = textAt(object, 'metadata', 'name') ?? `${textAt(object, 'metadata', 'generateName') ?? ''}*`
  return `${textAt(object, 'apiVersion') ?? '?'} ${textAt(object, 'kind') ?? '?'} ${namespace ? `${namespace}/` : ''}${name}`
}

/**
 * The objects side by side. `home` is the namespace that objects without one go to. Differences are objects of one side only,
 * with an empty path, and where `ordered`, an order that is another.
 */
export const pairsOf = (
  sent: readonly Fields[],
  ours: readonly Fields[],
  { home, ordered }: { readonly home: string; readonly ordered: boolean },
): { readonly pairs: readonly Pair[]; readonly differences: readonly Difference[] } => {
  const left = keyed(sent, home)
  const right = keyed(ours, home)
  const pairs = [...left].flatMap(([name, object]) => {
    const other = right.get(name)
    return other ? [{ name, sent: object, ours: other }] : []
  })
  const alone = [
    ...[...left].filter(([name]) => !right.has(name)).map(([name]) => at(name, 'an object', undefined)),
    ...[...right].filter(([name]) => !left.has(name)).map(([name]) => at(name, undefined, 'an object')),
  ]
  const order = [...left.keys()].filter((name) => right.has(name))
  const other = [...right.keys()].filter((name) => left.has(name))
  const moved = order.findIndex((name, index) => name !== other[index])
  return {
    pairs,
    differences: [
      ...alone,
      ...(ordered && moved >= 0 ? [at(`object ${moved + 1} of ${order.length}`, order[moved], other[moved])] : []),
    ],
  }
}

const at = (object: string, sent: unknown, ours: unknown): Difference => ({ object, path: [], sent, ours })

const keyed = (objects: readonly Fields[], home: string): ReadonlyMap<string, Fields> => {
  const found = new Map<string, Fields>()
  for (const object of objects) {
    // Whoever applies puts those of no namespace there; cluster-wide objects have none on both sides.
    const name = nameOf(object).replace(` ${home}/`, ' ')
    let key = name
    for (let again = 2; found.has(key); again++) key = `${name} (${again})`
    found.set(key, object)
  }
  return found
}

/** Every value that differs, at its own path. */
export const differencesOf = ({ name, sent, ours }: Pair): readonly Difference[] => {
  const found: Difference[] = []
  const compare = (left: unknown, right: unknown, path: Difference['path']): void => {
    if (Object.is(left, right)) return
    if (Array.isArray(left) && Array.isArray(right)) {
      for (let index = 0; index < Math.max(left.length, right.length); index++)
        compare(left[index], right[index], [...path, index])
    } else if (isRecord(left) && isRecord(right)) {
      for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
        compare(own(left, key), own(right, key), [...path, key])
    } else if (String(left) !== String(right) || typeof left !== typeof right || isRecord(left) || isRecord(right))
      found.push({ object: name, path, sent: left, ours: right })
  }
  compare(sent, ours, [])
  return found
}

const own = (map: Fields, key: string): unknown => (Object.hasOwn(map, key) ? map[key] : undefined)
