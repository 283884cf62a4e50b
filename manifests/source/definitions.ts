import { manifestText } from '../plain/manifest-text.ts'
import type { Problem } from '../../core/problem.ts'
import type { RenderedObject } from '../deployable.ts'
import { isCrd } from '../kinds/kind.ts'
import { manifestFiles } from '../plain/manifest-files.ts'
import { parseOutlined, type Render, type RenderedDocument } from '../yaml/outlined.ts'
import { inFile, parseObjects } from '../yaml/parse.ts'

export type Definitions = {
  readonly documents: readonly RenderedDocument[]
  readonly left: readonly RenderedObject[]
  readonly problems: readonly Problem[]
}

/** The CustomResourceDefinitions below paths, whole or (`outline`) without their schemas, and what else stands there. */
export const readDefinitions = async (paths: readonly string[], outline: boolean): Promise<Definitions> => {
  const parts = await Promise.all(
    (await manifestFiles(paths)).map(async (file): Promise<Render> => {
      const text = await manifestText(file)
      if (typeof text !== 'string') return { documents: [], problems: [text] }
      if (outline) return parseOutlined(text, { place: inFile(file) })
      const { objects, problems } = parseObjects(text, { place: inFile(file) })
      return { documents: objects, problems }
    }),
  )
  const objects = parts.flatMap(({ documents }) => documents)
  return {
    documents: objects.filter(({ object }) => isCrd(object)),
    left: objects.filter(({ object }) => !isCrd(object)),
    problems: parts.flatMap(({ problems }) => problems),
  }
}
