/** A command as it can be pasted into a POSIX shell. */
export const shown = (program: string, args: readonly string[]): string => [program, ...args].map(quoted).join(' ')

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
