/** A command line as its words, quotes taken away: what a shell would start without looking for variables or files. */
export const wordsOf = (line: string): readonly string[] => {
  const words: string[] = []
  let word: string | undefined
  for (const [, single, double, escaped, plain, space] of line.matchAll(
    /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+|['"\\])|(\s+)/g,
  )) {
    if (space !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    word = (word ?? '') + (single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '')
  }
  return word === undefined ? words : [...words, word]
}

/** A command as a list of words, whichever way it is written. Undefined where there is none. */
export const commandOf = (written: unknown): readonly string[] | undefined => {
  if (typeof written === 'string') return written.trim() === '' ? undefined : wordsOf(written)
  return Array.isArray(written) && written.length > 0 ? written.map(String) : undefined
}
