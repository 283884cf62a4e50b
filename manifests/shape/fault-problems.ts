import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { objectFaults } from './kinds.ts'
import { shown, type ShapeFault } from './shape.ts'

/** What the API would refuse in an object as it is written, each at its own line. */
export const faultProblems = (
  { apiVersion, kind, metadata }: KubeObject,
  written: object,
  placeOf: (path: ShapeFault['path']) => Place,
): readonly Problem[] =>
  objectFaults({ ...written, apiVersion, kind }).map(({ path, message }) => ({
    severity: 'error',
    message: `${kind} ${metadata.name}: ${message}.`,
    at: placeOf(path),
    ...(/ is the (?:number|boolean) .* where a text belongs$/.test(message)
      ? { hint: `Put the value of ${shown(path.slice(-1))} in quotes.` }
      : {}),
  }))
