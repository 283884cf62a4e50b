/** A command as it can be pasted into a POSIX shell. */
export const shown = (program: string, args: readonly string[]): string => [program, ...args].map(quoted).join(' ')

/** The text with every secret replaced by ***. Very short ones are left: masking them would only garble the text. */
export const masked = (text: string, secrets: readonly string[] = []): string =>
  secrets
    .filter((secret) => secret.length >= 3)
    .toSorted((a, b) => b.length - a.length)
    .reduce((shownSoFar, secret) => shownSoFar.replaceAll(secret, '***'), text)

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
