import { relative, resolve } from 'node:path'
import type { Problem } from '../problem.ts'

/**
 * A problem as a line that a GitHub runner shows at its place in the changed files, a message to the job where it has none.
 * `workspace`: the checkout's folder, from which the runner counts paths. Source: "Workflow commands for GitHub Actions".
 */
export const annotationOf = ({ severity, message, at, hint }: Problem, workspace: string): string => {
  const place = at ? [`file=${inProperty(relative(workspace, resolve(workspace, at.file)))}`] : []
  if (at?.line !== undefined) place.push(`line=${at.line}`)
  if (at?.column !== undefined) place.push(`col=${at.column}`)
  return `::${severity} ${[...place, 'title=kindup'].join(',')}::${inMessage(hint === undefined ? message : `${message}\n${hint}`)}`
}

const inMessage = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const inProperty = (text: string): string => inMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
