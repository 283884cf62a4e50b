import { stringify } from 'yaml'

/**
 * Objects as a stream of documents. The same objects give the same text; words and digits that one of the
 * parsers downstream would read as something else than a string (`yes`, `0644`) are quoted.
 */
export const writeObjects = (objects: readonly unknown[]): string =>
  objects.map((object) => `---\n${writeObject(object)}`).join('')

/** One value as YAML, ending in a newline. */
export const writeObject = (object: unknown): string =>
  stringify(object, { schema: 'core', compat: 'yaml-1.1', lineWidth: 0, aliasDuplicateObjects: false })
