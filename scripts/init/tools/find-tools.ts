import { parseAllDocuments } from 'yaml'
import { isRecord } from '../../../core/is-record.ts'
import type { File, FoundTool } from '../found.ts'
import { textOf } from '../read-yaml.ts'
import { isHelmfile, readHelmfile } from './helmfile.ts'
import { isSkaffold, readSkaffold } from './skaffold.ts'
import { isTiltfile, readTiltfile } from './tilt.ts'

/** What files of Skaffold, Tilt and helmfile outside of charts say. `charts`: folders of the charts that are here; what those hold may be named, too. */
export const findTools = (
  outside: readonly File[],
  files: readonly File[],
  charts: readonly string[],
): readonly FoundTool[] => {
  const known = { files, charts: new Set(charts) }
  return outside.flatMap((file): readonly FoundTool[] => {
    if (isTiltfile(file)) return [readTiltfile(file, known)]
    if (isSkaffold(file)) return documentsOf(file).flatMap((document) => readSkaffold(file, document, known) ?? [])
    return isHelmfile(file) ? [readHelmfile(file, known)].filter((found) => found !== undefined) : []
  })
}

const documentsOf = (file: File): readonly Readonly<Record<string, unknown>>[] => {
  try {
    const documents = parseAllDocuments(textOf(file), { logLevel: 'silent', merge: true })
    return [...documents].flatMap((document): readonly Readonly<Record<string, unknown>>[] => {
      const data: unknown = document.errors.length > 0 ? undefined : document.toJS()
      return isRecord(data) ? [data] : []
    })
  } catch {
    return []
  }
}
