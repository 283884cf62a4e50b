type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

/** As a byte order mark says, which Windows' editors and PowerShell write; UTF-8 without one. */
const encodingOf = ([first, second]: Uint8Array): Encoding =>
  first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'

/** The text of a file that a person saved, without a byte order mark. Undefined: it is neither UTF-8 nor UTF-16 with a mark. */
export const fileText = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** The same as well as it can be read: what is no letter is U+FFFD. */
export const roughText = (bytes: Uint8Array): string => new TextDecoder(encodingOf(bytes)).decode(bytes)
