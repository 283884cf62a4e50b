import { redacted } from './redacted.ts'

const begin = /-----BEGIN [A-Z ]*PRIVATE KEY-----/
const end = /-----END [A-Z ]*PRIVATE KEY-----/

/** Hides secrets in lines that come one after the other: a private key is hidden whole, in however many goes its lines come. */
export const redactingLines = (secrets: () => readonly string[]): ((lines: readonly string[]) => readonly string[]) => {
  let isInKey = false
  return (lines) => {
    const text = lines.join('\n')
    // Most of what is said holds nothing to hide, and looking line by line takes as many times as long.
    if (!isInKey && redacted(text, secrets()) === text) return lines
    return lines.map((line) => {
      if (isInKey) {
        const [ended = ''] = end.exec(line) ?? []
        if (ended === '') return '***'
        isInKey = false
        return '***'
      }
      const begun = begin.exec(line)
      if (!begun || end.test(line.slice(begun.index))) return redacted(line, secrets())
      isInKey = true
      return `${redacted(line.slice(0, begun.index), secrets())}*** (a private key)`
    })
  }
}
