import { readFile } from 'node:fs/promises'
import type { Problem } from '../../core/problem.ts'
import type { RenderedObject } from '../deployable.ts'
import type { RenderedDocument } from '../helm/template-output.ts'
import { isCrd } from '../kinds/kind.ts'
import { manifestFiles } from '../plain/manifest-files.ts'
import { crdOutline, isCrdText } from '../yaml/crd-outline.ts'
import { inFile, parseObjects } from '../yaml/parse.ts'
import { splitDocuments } from '../yaml/split.ts'

export type Definitions = {
  readonly documents: readonly RenderedDocument[]
  readonly left: readonly RenderedObject[]
  readonly problems: readonly Problem[]
}

/** The CustomResourceDefinitions below paths, whole or (`outline`) without their schemas, and what else stands there. */
export const readDefinitions = async (paths: readonly string[], outline: boolean): Promise<Definitions> => {
  const parts = await Promise.all(
    (await manifestFiles(paths)).map(async (file) => {
      const text = await readFile(file, 'utf8')
      if (!outline) return parseObjects(text, { place: inFile(file) })
      // Cut out document by document, so that lines stay right up to the first schema of each.
      const documents = splitDocuments(text).map(({ text: whole, line: first }) => {
        const isDefinition = isCrdText(whole)
        const parsed = parseObjects(isDefinition ? crdOutline(whole) : whole, {
          place: (line) => ({ file, line: first + line - 1 }),
        })
        return isDefinition ? { ...parsed, objects: parsed.objects.map((one) => ({ ...one, text: whole })) } : parsed
      })
      return {
        objects: documents.flatMap(({ objects }) => objects),
        problems: documents.flatMap(({ problems }) => problems),
      }
    }),
  )
  const objects = parts.flatMap((part) => part.objects)
  return {
    documents: objects.filter(({ object }) => isCrd(object)),
    left: objects.filter(({ object }) => !isCrd(object)),
    problems: parts.flatMap(({ problems }) => problems),
  }
}
