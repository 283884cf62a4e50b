import { isScalar, parseDocument } from 'yaml'
import type { HeldReplicas } from '../../manifests/transform/replicas.ts'
import { splitDocuments } from '../../manifests/yaml/split.ts'

/** A manifest in which the workloads have the replicas that their autoscalers gave them; every other byte is kept. */
export const withHeldReplicas = (manifest: string, held: readonly HeldReplicas[], namespace: string): string => {
  let edited = ''
  for (const { text } of splitDocuments(manifest)) edited += inDocument(text, held, namespace)
  return edited
}

const inDocument = (text: string, held: readonly HeldReplicas[], home: string): string => {
  if (!held.some(({ name }) => text.includes(name))) return text
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false })
  const at = (...path: readonly string[]): unknown => document.getIn(path)
  const found = held.find(
    ({ kind, name, namespace }) =>
      at('kind') === kind && at('metadata', 'name') === name && (at('metadata', 'namespace') ?? home) === namespace,
  )
  const node = document.getIn(['spec', 'replicas'], true)
  if (!found || !isScalar(node) || !node.range) return text
  const [start, end] = node.range
  return `${text.slice(0, start)}${found.replicas}${text.slice(end)}`
}
