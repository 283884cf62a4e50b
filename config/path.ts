/** Where a value is in the file: keys of maps and positions in lists, from the root. */
export type Path = readonly (string | number)[]

/** `services.web.hosts[0]`, the way it is said to people. */
export const showPath = (path: Path): string => {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += `${text === '' ? '' : '.'}${/^[\w-]+$/.test(part) ? part : JSON.stringify(part)}`
  }
  return text === '' ? 'the file' : text
}

/** A text that is the same for the same path, for use as a key. */
export const pathKey = (path: Path): string =>
  path.map((part) => `${typeof part === 'number' ? '#' : ''}${part}`).join('\0')

/** The path that a `pathKey` is of. */
export const pathOfKey = (key: string): Path =>
  key.split('\0').map((part) => (/^#\d+$/.test(part) ? Number(part.slice(1)) : part))

/** Whether one of the two lies within the other. */
export const overlaps = (a: Path, b: Path): boolean => {
  const length = Math.min(a.length, b.length)
  return a.slice(0, length).every((part, index) => part === b[index])
}
