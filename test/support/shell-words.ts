/**
 * The simple commands of lines for a POSIX shell, as words: split at `&&`, `||`, `;` and `|`, without comments, variables set
 * before them and redirections. What is in `$(…)` and `<(…)` is a command of its own. Enough for what documentation shows.
 */
export const simpleCommands = (text: string): readonly (readonly string[])[] => {
  const commands: (readonly string[])[] = []
  let words: string[] = []
  let word: string | undefined
  const endWord = (): void => {
    if (word !== undefined) words.push(word)
    word = undefined
  }
  const endCommand = (): void => {
    endWord()
    commands.push(words)
    words = []
  }
  const joined = text.replaceAll(/\\\n\s*/g, ' ')
  for (let at = 0; at < joined.length; at++) {
    const letter = joined[at] ?? ''
    const quoted = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)")/s.exec(joined.slice(at))
    if (quoted) {
      word = (word ?? '') + (quoted[1] ?? quoted[2] ?? '').replaceAll(/\\(["\\$`])/g, '$1')
      at += quoted[0].length - 1
    } else if (letter === '#' && word === undefined) {
      const end = joined.indexOf('\n', at)
      at = (end === -1 ? joined.length : end) - 1
    } else if (/^[<$]\(/.test(joined.slice(at, at + 2))) {
      const end = joined.indexOf(')', at)
      commands.push(...simpleCommands(joined.slice(at + 2, end === -1 ? undefined : end)))
      word = (word ?? '') + 'SUBSTITUTED'
      at = end === -1 ? joined.length : end
    } else if (/[\n;&|]/.test(letter)) endCommand()
    else if (letter === '\\') word = (word ?? '') + (joined[++at] ?? '')
    else if (/\s/.test(letter)) endWord()
    else word = (word ?? '') + letter
  }
  endCommand()
  return commands
    .map((found) => withoutRedirections(found))
    .map((found) =>
      found.slice(
        Math.max(
          0,
          found.findIndex((one) => !/^[A-Za-z_]\w*=/.test(one)),
        ),
      ),
    )
    .filter((found) => found.length > 0)
}

const withoutRedirections = (words: readonly string[]): readonly string[] =>
  words.filter((word, index) => !/^\d*[<>]/.test(word) && !/^\d*[<>]{1,2}$/.test(words[index - 1] ?? ''))
