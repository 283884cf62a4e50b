/**
 * The text of a file that a person saved: UTF-8, or UTF-16 where a byte order mark says so, as Windows' editors and
 * PowerShell write it. Without the mark. Undefined: it is neither.
 */
export const fileText = (bytes: Uint8Array): string | undefined => {
  const [first, second] = bytes
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8'
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    // UTF-16 without a mark is read as letters with zeros between them.
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
