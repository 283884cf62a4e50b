import { nearest } from './suggest.ts'

/** Names that kindup fills in itself, beside the `vars` of the environment. */
export const builtinPlaceholders = ['env', 'name', 'image', 'image.repository', 'image.tag'] as const

const placeholder = /\{([A-Za-z_][\w.-]*)\}/g

/** Replaces `{name}` for the names that `values` has. Every other brace stays as it is, and what was filled in is not looked at again. */
export const fillPlaceholders = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(placeholder, (whole, name: string) => (Object.hasOwn(values, name) ? values[name]! : whole))

/** The names that stand in braces in a text and are not known but look like one that is: `{enviroment}` for `env`. */
export const misspeltPlaceholders = (
  text: string,
  known: readonly string[],
): readonly { readonly written: string; readonly meant: string }[] => {
  if (!text.includes('{')) return []
  const found: { written: string; meant: string }[] = []
  for (const { 1: written, index } of text.matchAll(placeholder)) {
    // `$${NAME}` in the file is meant for somebody else.
    if (written === undefined || text[index - 1] === '$' || known.includes(written)) continue
    // `{environment}` is no few edits from `{env}`, and begins like it.
    const meant = nearest(written, known) ?? known.find((name) => name.length > 2 && written.startsWith(name))
    if (meant !== undefined) found.push({ written, meant })
  }
  return found
}

/** Whether something in braces is left that looks like a placeholder. */
export const hasPlaceholder = (text: string): boolean => text.search(placeholder) >= 0
