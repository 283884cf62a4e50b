import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Problem } from '../../core/problem.ts'
import type { RenderedObject } from '../deployable.ts'
import { crdOutline, isCrdText } from './crd-outline.ts'
import { parseObjects, parseOne, type ParseOptions, type Reader } from './parse.ts'
import { splitDocuments } from './split.ts'

/** A rendered object; `text` is what it was read from where `object` leaves out a part of it (the schemas of a definition). */
export type RenderedDocument = RenderedObject & { readonly text?: string }

export type Render = { readonly documents: readonly RenderedDocument[]; readonly problems: readonly Problem[] }

/** Characters of a definition that are read in no time: what people write themselves is read whole, and its mistakes are found. */
const short = 64 * 1024

/** As `parseObjects`, and long definitions without their schemas. Lines stay right up to the first schema of each. */
export const parseOutlined = (stream: string, options: ParseOptions): Render => {
  const parts = splitDocuments(stream).map((document): Render => {
    const { text } = document
    const isLong = text.length > short && isCrdText(text)
    const { objects, problems } = parseOne(isLong ? { ...document, text: crdOutline(text) } : document, options)
    return { documents: isLong ? objects.map((one) => ({ ...one, text })) : objects, problems }
  })
  return {
    documents: parts.flatMap(({ documents }) => documents),
    problems: parts.flatMap(({ problems }) => problems),
  }
}

/** The object with all that was left out. */
export const wholeObject = ({ object, text }: RenderedDocument, reader: Reader): KubeObject => {
  if (text === undefined) return object
  const [read] = parseObjects(text, { reader, place: () => ({ file: '' }) }).objects
  return { ...object, spec: read?.object['spec'] }
}
