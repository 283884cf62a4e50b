/** A command as it can be pasted into a POSIX shell. */
export const shown = (program: string, args: readonly string[]): string => [program, ...args].map(quoted).join(' ')

/** One word of it, quoted where it has to be. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
