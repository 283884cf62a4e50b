import type { Path } from './path.ts'

/** Whether a value has others in it: a map or a list. */
export const isHolder = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null

/** The value at a path of plain data; undefined when there is none. */
export const valueAt = (root: unknown, path: Path): unknown => {
  let value = root
  for (const part of path) {
    if (!isHolder(value) || !Object.hasOwn(value, part)) return undefined
    value = value[part]
  }
  return value
}

/** Puts a value where one is already, in place. */
export const replaceAt = (root: unknown, path: Path, value: unknown): void => {
  const holder = valueAt(root, path.slice(0, -1))
  const last = path.at(-1)
  if (isHolder(holder) && last !== undefined) holder[last] = value
}

/** Takes a value away in place. A list goes as a whole, so that the positions in it stay what they were. False at the root. */
export const removeAt = (root: unknown, path: Path): boolean => {
  let end = path.length
  while (end > 0 && typeof path[end - 1] === 'number') end -= 1
  if (end === 0) return false
  const holder = valueAt(root, path.slice(0, end - 1))
  const last = path[end - 1]!
  if (!isHolder(holder) || !Object.hasOwn(holder, last)) return removeAt(root, path.slice(0, end - 1))
  delete holder[last]
  return true
}
