import { ConfigError } from '../core/errors.ts'
import { nearest } from '../core/suggest.ts'

/** Refuses a name of the command line that nothing has, with a suggestion. `none`: what is said where nothing is known. Throws ConfigError. */
export const demandKnown = (
  name: string,
  known: readonly string[],
  { what, none }: { readonly what: string; readonly none: string },
): void => {
  if (known.includes(name)) return
  const near = nearest(name, known)
  throw new ConfigError(`There is no ${what} ${name}.`, {
    code: 'flags',
    hints: [near !== undefined ? `Did you mean ${near}?` : known.length > 0 ? `There are: ${known.join(', ')}` : none],
  })
}
