import { LineCounter, parseAllDocuments } from 'yaml'
import type { File } from './found.ts'
import { mostAliases, textOf } from './read-yaml.ts'
import { nameOf } from './paths.ts'

/** Files whose names say what they are, and of which nothing is proposed where they cannot be read. */
const known =
  /^(?:(?:docker-)?compose(?:\.override)?\.ya?ml|skaffold\.ya?ml|helmfile\.ya?ml|Chart\.yaml|kind(?:-config)?\.ya?ml)$/

/** Sentences about such files that are no YAML: the first place that is wrong in each. */
export const unreadable = (files: readonly File[]): readonly { readonly path: string; readonly why: string }[] =>
  files
    .filter(({ path }) => known.test(nameOf(path)))
    .flatMap((file) => {
      const text = textOf(file)
      // A template of another program is filled in before it is YAML.
      if (/\{\{|\{%|<%/.test(text)) return []
      const why = whyNot(text)
      return why === undefined ? [] : [{ path: file.path, why }]
    })

const whyNot = (text: string): string | undefined => {
  const lineCounter = new LineCounter()
  const documents = [...parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: 'silent', merge: true })]
  const [error] = documents.flatMap(({ errors }) => errors)
  if (error) return `line ${lineCounter.linePos(error.pos[0]).line}: ${error.message}`
  try {
    for (const document of documents) document.toJS({ maxAliasCount: mostAliases })
    return undefined
  } catch (failed) {
    return failed instanceof Error ? failed.message : String(failed)
  }
}
