import { relative, sep } from 'node:path'
import type { Problem } from '../../core/problem.ts'
import type { RenderedObject } from '../../manifests/deployable.ts'
import { podTemplateOf } from '../../manifests/transform/pod-templates.ts'
import type { DraftService } from './draft-service.ts'

/**
 * The manifests that all the errors of a service stand in, by their paths from the folder, each with its first one; undefined
 * where that is not known, or where nothing that runs would be left without them.
 */
export const filesAtFault = (
  { deploy }: DraftService,
  errors: readonly Problem[],
  documents: readonly RenderedObject[],
  folder: string,
): ReadonlyMap<string, Problem> | undefined => {
  if (deploy.kind !== 'manifests' || errors.length === 0) return undefined
  const found = new Map<string, Problem>()
  for (const problem of errors) {
    const path = problem.at && relative(folder, problem.at.file).split(sep).join('/')
    if (path === undefined || path.startsWith('..') || path.startsWith('.kindup-')) return undefined
    if (!found.has(path)) found.set(path, problem)
  }
  const runs = documents.some(
    ({ object, at }) =>
      podTemplateOf(object) !== undefined && !found.has(relative(folder, at.file).split(sep).join('/')),
  )
  return runs ? found : undefined
}

/** With the line, where the file is named before it. */
export const saidAt = ({ at, message }: Problem): string => {
  const [, object, other] = /^(.+) is written by \S+ and by (?:it too, twice|\S+) \((.+)\)\.$/.exec(message) ?? []
  const said = object === undefined ? message : `${object} is written at ${other} too.`
  return at?.line === undefined ? said : `line ${at.line}: ${said}`
}
