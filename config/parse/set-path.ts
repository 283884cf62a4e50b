/** Indices end where those of helm do. */
const largestIndex = 65_536

/** Why a text is no path into values as `helm --set` writes them: `a.b[0].c`, a dot of a key as `\.`; undefined when it is one. */
export const setPathTrouble = (path: string): string | undefined => {
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(path)) return 'a backslash stands at its end'
  // What is escaped is a letter like any other.
  const plain = path.replaceAll(/\\./gs, 'x')
  const odd = /[=,]/.exec(plain)?.[0]
  if (odd !== undefined)
    return `write \\${odd} for a ${odd === ',' ? 'comma' : 'sign of equality'} that belongs to a key; each path has an entry of its own`
  if (plain.startsWith('[')) return 'values are a map: it begins with a key'
  if (/^\.|\.\.|\.$/.test(plain)) return 'a key is empty between, before or after the dots'
  const index = /\[([^\]]*)\]?/.exec(plain.replaceAll(/\[\d+\]/g, ''))
  if (index !== null || plain.replaceAll(/\[\d+\]/g, '').includes(']'))
    return 'brackets hold the index of a list, such as [0]'
  if (/\][^.[]/.test(plain)) return 'behind an index comes a dot, another index, or nothing'
  if (/\.\[/.test(plain)) return 'no dot stands before an index'
  return [...plain.matchAll(/\[(\d+)\]/g)].every(([, digits]) => Number(digits) <= largestIndex)
    ? undefined
    : `helm takes indices of lists up to ${largestIndex}`
}

/** The path that another one leads through, where both are given a value: one of the two would be lost. */
export const setThrough = (paths: readonly string[]): readonly { readonly path: string; readonly through: string }[] =>
  paths.flatMap((path) => {
    const through = paths.find((one) => one !== path && (path.startsWith(`${one}.`) || path.startsWith(`${one}[`)))
    return through === undefined ? [] : [{ path, through }]
  })
