import { compose } from './compose.ts'
import type { Dialect } from './dialect.ts'
import { readNode } from './read-node.ts'

/** The first document of a text as Go reads it; null where there is none. Throws YamlError. */
export const readValue = (text: string, dialect: Dialect): unknown => {
  const document = readNode(text)
  return document ? compose(document.node, dialect).value : null
}
