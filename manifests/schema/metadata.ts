import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { check } from './check.ts'
import type { Schema } from './schema.ts'
import type { Path } from './words.ts'

const text: Schema = { kind: 'string' }
const texts: Schema = { kind: 'map', values: () => text }
const known: Readonly<Record<string, Schema>> = {
  namespace: text,
  labels: texts,
  annotations: texts,
  finalizers: { kind: 'list', items: () => text, keys: [] },
}
const metadata: Schema = {
  kind: 'fields',
  names: Object.keys(known),
  required: [],
  field: (name) => (Object.hasOwn(known, name) ? known[name] : undefined),
  open: true,
}

/** What of an object's metadata is of another type than the rest of the program relies on, each at its own line. */
export const metadataFaults = (
  { kind, metadata: { name } }: KubeObject,
  written: Readonly<Record<string, unknown>>,
  placeOf: (path: Path) => Place,
): readonly Problem[] =>
  check(written['metadata'], metadata, ['metadata']).map(({ path, message, hint }) => ({
    severity: 'error',
    message: `${kind} ${name}: ${message}.`,
    at: placeOf(path),
    ...(hint === undefined ? {} : { hint }),
  }))
