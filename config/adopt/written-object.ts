import { readFileSync } from 'node:fs'
import { isNode, LineCounter, parseAllDocuments } from 'yaml'
import { messageOf } from '../../core/errors.ts'
import { YamlError } from '../../core/go-yaml/cursor.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import { fieldsAt, textAt, type Fields } from '../../core/fields.ts'
import type { Place } from '../../core/problem.ts'

/** A Kubernetes object as a file of the user has it. */
export type WrittenObject = {
  readonly kind: string
  readonly name: string
  readonly value: Fields
  /** Where a path of it stands, or its nearest ancestor that does. */
  readonly at: (path?: readonly (string | number)[]) => Place
}

type Read = {
  readonly objects: readonly WrittenObject[]
  readonly broken?: { readonly message: string; readonly at: Place }
}

/** The objects of a YAML or JSON file, in its order; those of lists by themselves. A file that is broken says where. */
export const readWritten = (file: string): Read => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return { objects: [], broken: { message: `It cannot be read (${messageOf(error)}).`, at: { file } } }
  }
  const lines = new LineCounter()
  const documents = [
    ...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent', merge: true }),
  ]
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  const objects: WrittenObject[] = []
  for (const document of documents) {
    const [error] = document.errors
    if (error) return { objects, broken: { message: `It is no YAML: ${error.message}`, at: placeOf(error.pos[0]) } }
    const [start, , end] = document.range
    let value: Fields
    try {
      value = fieldsAt(readValue(text.slice(start, end), 'go2'))
    } catch (thrown) {
      if (!(thrown instanceof YamlError)) throw thrown
      return { objects, broken: { message: `It is no YAML: ${thrown.message}.`, at: placeOf(start + thrown.offset) } }
    }
    const at: WrittenObject['at'] = (path = []) => {
      for (let length = path.length; length > 0; length--) {
        const node = document.getIn(path.slice(0, length), true)
        if (isNode(node) && node.range) return placeOf(node.range[0])
      }
      return placeOf(isNode(document.contents) ? (document.contents.range?.[0] ?? 0) : 0)
    }
    const kind = textAt(value, 'kind') ?? ''
    if (kind !== '') objects.push({ kind, name: textAt(value, 'metadata', 'name') ?? '', value, at })
  }
  return { objects }
}
