import { LineCounter, parseAllDocuments, type Document } from 'yaml'
import { ConfigError, messageOf } from '../../core/errors.ts'
import type { Place } from '../../core/problem.ts'

/** The text of a YAML file, with the positions of what is in it. */
export type YamlText = {
  readonly text: string
  /** Where it stands, for messages. */
  readonly file: string
  readonly documents: readonly Document.Parsed[]
  readonly lines: LineCounter
}

/** Throws ConfigError with file, line and column where it is no YAML. */
export const parseYamlText = (text: string, file: string): YamlText => {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    keepSourceTokens: true,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const yaml = { text, file, documents, lines }
  for (const document of documents) {
    // What follows a mistake makes the parser stumble too: the first one is the mistake.
    const [error] = document.errors
    if (error) throw broken(error.message, placeAt(yaml, error.pos[0]))
    try {
      valueOf(document)
    } catch (thrown) {
      throw broken(messageOf(thrown), placeAt(yaml, document.range[0]))
    }
  }
  return yaml
}

/** What a document says, as plain values. Throws where an alias leads nowhere. */
export const valueOf = (document: Document.Parsed): unknown => document.toJS({ maxAliasCount: 10_000 })

export const placeAt = ({ file, lines }: Pick<YamlText, 'file' | 'lines'>, offset: number): Place => {
  const { line, col } = lines.linePos(offset)
  return { file, line, column: col }
}

/** An error about a place of the file. */
export const at = (place: Place, message: string, hint?: string): ConfigError =>
  new ConfigError(`${place.file} and what is wanted of it do not fit.`, {
    code: 'image-file',
    problems: [{ severity: 'error', message, at: place, ...(hint === undefined ? {} : { hint }) }],
  })

const broken = (why: string, place: Place): ConfigError =>
  new ConfigError(`${place.file} is no valid YAML.`, {
    code: 'image-file',
    problems: [{ severity: 'error', message: why, at: place }],
  })
