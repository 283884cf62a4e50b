/** A piece of a text of a compose file: as it stands, or what a variable holds. */
export type Piece = string | Variable
type Variable = {
  readonly name: string
  /** What counts where it is not set; undefined where the file says none. */
  readonly usual: string | undefined
}

const variable = /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])((?:[^{}]|\{[^{}]*\})*))?\})/g

/** A text cut at its variables. Source: "Interpolation" of the Compose specification. */
export const piecesOf = (text: string): readonly Piece[] => {
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(variable)) {
    const [whole, plain, braced, operator = '', word = ''] = match
    pieces.push(text.slice(from, match.index))
    from = match.index + whole.length
    const name = plain ?? braced
    // `+` puts its word in place of a value: without one there is nothing.
    const usual = operator.endsWith('-') ? inText(word, () => undefined) : operator.endsWith('+') ? '' : undefined
    pieces.push(name === undefined ? '$' : { name, usual })
  }
  return joined([...pieces, text.slice(from)])
}

const joined = (pieces: readonly Piece[]): readonly Piece[] => {
  const out: Piece[] = []
  for (const piece of pieces) {
    const last = out.at(-1)
    if (typeof piece === 'string' && typeof last === 'string') out[out.length - 1] = last + piece
    else if (piece !== '') out.push(piece)
  }
  return out
}

/** A text with its variables filled in; what is set nowhere is empty, as with Compose. */
export const inText = (text: string, valueOf: (name: string) => string | undefined): string =>
  piecesOf(text)
    .map((piece) => (typeof piece === 'string' ? piece : valueOf(piece.name) || (piece.usual ?? '')))
    .join('')

/** A text with those variables filled in that `values` has; others stay as they are written. */
export const partlyIn = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replaceAll(variable, (whole, plain?: string, braced?: string) => {
    const value = values.get(plain ?? braced ?? '')
    return value === undefined ? whole : value.replaceAll('$', '$$$$')
  })

/** The same in every text of a value. */
export const filledIn = (value: unknown, valueOf: (name: string) => string | undefined): unknown => {
  if (typeof value === 'string') return inText(value, valueOf)
  if (Array.isArray(value)) return value.map((one) => filledIn(one, valueOf))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filledIn(inner, valueOf)]))
}
