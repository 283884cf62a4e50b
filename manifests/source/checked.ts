import { showPlace, type Place, type Problem } from '../../core/problem.ts'
import type { Deployable } from '../deployable.ts'
import type { RenderedDocument } from '../yaml/outlined.ts'
import { matchesKind } from '../kinds/glob.ts'
import { minorOf } from '../kinds/minor.ts'
import type { Finding } from '../schema/check.ts'
import { referenceFindings } from '../rules/of-all.ts'
import { planObjects, type PlanObject, type PlanObjects } from '../rules/plan-objects.ts'
import { ruleFindings } from '../rules/of-one.ts'
import { definedSchemas, type DefinedSchemas } from '../rules/definitions.ts'
import { kubernetesSchemas, type KubernetesSchemas } from '../schema/kubernetes.ts'
import { schemaFindings } from '../rules/object-findings.ts'
import { placeIn, withPlaces } from './places.ts'
import type { Raw } from './raw.ts'
import type { Field, ValuePlace } from './value-places.ts'
import type { Renderer } from './render.ts'
import type { PlanContext } from './plan-context.ts'

/** What was rendered of one deployable. */
export type Checkable = { readonly deployable: Deployable; readonly raw: Raw }

type Found = { readonly index: number; readonly finding: Finding }

/**
 * What is wrong in objects as they were written, each at its own line: what the API would refuse, and, where all of a plan
 * is given, what leads nowhere in it. `made`: what kindup itself adds to that.
 */
export const checkedProblems = async (
  all: readonly Checkable[],
  { kubernetes, secrets }: Pick<PlanContext, 'kubernetes' | 'secrets'>,
  renderer: Pick<Renderer, 'helm'>,
  {
    whole = true,
    definitions = [],
    made = [],
  }: {
    readonly whole?: boolean
    readonly definitions?: readonly RenderedDocument[]
    readonly made?: readonly PlanObject[]
  } = {},
): Promise<readonly Problem[]> => {
  const minor = minorOf(kubernetes)
  if (minor === undefined || all.every(({ raw }) => !raw.documents)) return []
  const schemas = kubernetesSchemas(minor)
  const plan = whole ? planOf(all, secrets, made) : undefined
  const defined = definedSchemas(
    [...definitions, ...all.flatMap(({ raw }) => raw.documents ?? [])],
    schemas.type('meta.v1.ObjectMeta'),
  )
  const parts = await Promise.all(
    all.map(async (one) => {
      const found = findingsOf(one, { schemas, defined, plan })
      return found.length === 0 ? [] : problemsOf(one, found, schemas.minor === minor, renderer)
    }),
  )
  return parts.flat()
}

/** Its objects, those that are left out not among them. */
const objectsOf = ({ deployable, raw }: Checkable): readonly (PlanObject & { readonly index: number })[] =>
  (raw.documents ?? []).flatMap(({ object }, index) =>
    deployable.skip.some((pattern) => matchesKind(pattern, object))
      ? []
      : [{ object, index, namespace: object.metadata.namespace ?? deployable.namespace }],
  )

const planOf = (all: readonly Checkable[], secrets: PlanContext['secrets'], made: readonly PlanObject[]): PlanObjects =>
  planObjects(
    [...all.flatMap(objectsOf), ...made],
    secrets.map(({ key, namespaces, keys }) => ({ name: key, namespaces, keys: keys ?? new Set() })),
    new Set(all.flatMap(({ deployable, raw }) => (raw.documents ? [] : [deployable.namespace]))),
  )

type Known = {
  readonly schemas: KubernetesSchemas
  readonly defined: DefinedSchemas
  readonly plan: PlanObjects | undefined
}

const findingsOf = (one: Checkable, { schemas, defined, plan }: Known): readonly Found[] =>
  objectsOf(one).flatMap(({ index, object, namespace }) =>
    [
      ...schemaFindings(object, schemas, defined),
      ...ruleFindings(object, schemas.minor),
      ...(plan ? referenceFindings({ object, namespace }, plan) : []),
    ].map((finding) => ({ index, finding })),
  )

const problemsOf = async (
  { deployable, raw }: Checkable,
  found: readonly Found[],
  exact: boolean,
  { helm }: Pick<Renderer, 'helm'>,
): Promise<readonly Problem[]> => {
  const documents = await withPlaces(raw)
  // helm 3 alone does not apply on the server, where a field that the schema does not have is an error.
  const goesOn =
    deployable.source.kind === 'helm' && found.some(({ finding }) => finding.kind === 'tolerated')
      ? (await helm.major()) < 4
      : false
  const isErrorOf = ({ kind }: Finding): boolean =>
    kind === 'refused' || kind === 'wrong' || (kind === 'tolerated' && exact && !goesOn)
  const values = await valuesOf(
    deployable,
    raw,
    found.map(({ index, finding }) => {
      const object = documents[index]?.object
      // Warnings stay: what they cost would be paid each time.
      return object && isErrorOf(finding) ? { object, path: finding.path } : undefined
    }),
  )
  return found.map(({ index, finding }, nth) => {
    const { path, message, hint, root } = finding
    const document = documents[index]
    const isError = isErrorOf(finding)
    const value = values[nth]
    const { kind: what = '', metadata = { name: '' } } = document?.object ?? {}
    const at = placeIn(document, path) ?? deployable.at
    return {
      severity: isError ? 'error' : 'warning',
      message: `${what} ${metadata.name}: ${message}${value ? `; \`${value.name}\` of the values sets it` : ''}.`,
      ...(value ? { also: { steps: [], places: [value.at] } } : {}),
      at,
      step: deployable.id,
      ...(hint === undefined ? {} : { hint }),
      root: root ?? rootOf(at, path, message),
    }
  })
}

/** The values that fields of a chart come from, as far as they are asked for and can be told. */
const valuesOf = async (
  { source }: Deployable,
  { renderedWith, chart }: Raw,
  fields: readonly (Field | undefined)[],
): Promise<readonly (ValuePlace | undefined)[]> => {
  const asked = fields.filter((field) => field !== undefined)
  if (source.kind !== 'helm' || !renderedWith || asked.length === 0) return []
  const { valuePlaces } = await import('./value-places.ts')
  const found = await valuePlaces(asked, { chart, layers: source.values, renderWith: renderedWith })
  return fields.map((field) => field && found[asked.indexOf(field)])
}

/** What a template writes into several objects is one mistake there, whatever they are called. */
const rootOf = (at: Place, path: Finding['path'], message: string): string => {
  const field = at.column === undefined ? path.join('.') : String(path.at(-1) ?? '')
  return [showPlace(at), field, message.slice(message.indexOf(' '))].join(' ')
}
