import { isMap, isSeq, parseDocument, type Document, type YAMLMap, type YAMLSeq } from 'yaml'
import { pairNamed } from '../../../../core/yaml-edit/pairs.ts'
import type { KeyValue } from '../../../../core/yaml-edit/nodes.ts'

/** A text whose contents are a map, with what the edits want of it. */
export const mapOf = (
  text: string,
): { document: Document.Parsed; map: YAMLMap; pair: (name: string) => KeyValue; list: (name: string) => YAMLSeq } => {
  const document = parseDocument(text, { keepSourceTokens: true })
  const map = document.contents
  if (!isMap(map)) throw new Error(`no map: ${text}`)
  const pair = (name: string): KeyValue => pairNamed(map, name) ?? missing(name)
  const list = (name: string): YAMLSeq => {
    const { value } = pair(name)
    return isSeq(value) ? value : missing(name)
  }
  return { document, map, pair, list }
}

const missing = (name: string): never => {
  throw new Error(`no ${name}`)
}
