import { usageError } from '../core/errors.ts'
import { nameHint } from '../core/suggest.ts'

/** Refuses a name of the command line that nothing has, with a suggestion. `none`: what is said where nothing is known. Throws ConfigError. */
export const demandKnown = (
  name: string,
  known: readonly string[],
  { what, none }: { readonly what: string; readonly none: string },
): void => {
  if (!known.includes(name)) throw usageError(`There is no ${what} ${name}.`, nameHint(name, known, none))
}

/** The same for a name that the file is to have. */
export const demandInFile = (name: string, known: readonly string[], what: 'environment' | 'service'): void =>
  demandKnown(name, known, { what, none: `The file has no \`${what}s:\`.` })
