import type { KubeObject } from '../../cluster/kube/kube.ts'
import { ApiRefusal, type Cause } from '../../cluster/kube/api-refusal.ts'
import { numberAt, textAt, valueAt } from '../../core/fields.ts'
import { shown, type Path } from '../../manifests/schema/words.ts'

/** What is wrong in an object, in the API's words; `path` where it names the field. */
export type Fault = { readonly path: Path; readonly message: string }

/** Words of the API's own structured merge: what it says of objects that are not of their type. */
const typed = /^failed to (?:create typed (?:patch )?object|convert (?:new )?object) \([^)]*\)(?: to proper version)?: /

/** What becomes right by itself or by what is done beside it: ports and addresses of objects that go, objects that are on their way out. */
const passing = /already allocated|being (?:deleted|terminated)|range is full/

/** A webhook may answer as the API does, with fields and all: what it looks at may still come. */
const denied = /^admission webhook "[^"]*" denied the request/

/** The API's words for what cannot become something else in place. */
const fixed =
  /immutable|may not change once set|cannot change roleRef|may not change fields|updates to .* (?:is|are) forbidden|may not be changed in an update|can ?not be (?:unset|changed)|can not be less than status|must support resize/i

/** Whether the API says that a field cannot become something else in place, what it quotes aside. */
export const saysFixed = (error: ApiRefusal): boolean =>
  error.causes.length > 0 ? error.causes.some(isFixed) : fixed.test(unquoted(error.said))

const isFixed = ({ field, message }: Cause): boolean => fixed.test(`${field}: ${unquoted(message)}`)

/** What people write may hold any word. */
const unquoted = (said: string): string => said.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')

/**
 * What of a refusal is wrong in the object itself, whatever else there is: what admission says (quotas, accounts, webhooks,
 * policies) depends on other objects and may come right on the way, and what is no answer says nothing of the object.
 */
export const ownFaults = (error: unknown, object: KubeObject): readonly Fault[] => {
  if (!(error instanceof ApiRefusal)) return []
  const { status, said, causes } = error
  if (denied.test(said)) return []
  if (status === 422)
    return causes.flatMap((cause) =>
      cause.field === '' || isFixed(cause) || passing.test(unquoted(cause.message))
        ? []
        : [{ path: pathOf(cause.field, object), message: `${cause.field}: ${cause.message}` }],
    )
  if (typed.test(said)) return typedFaults(said.replace(typed, ''), object)
  const isDecoding = status === 400 && /strict decoding error|cannot be handled as|json: cannot unmarshal/.test(said)
  return isDecoding || status === 413 ? [{ path: [], message: said }] : []
}

/** One, or several below each other: `.spec.foo: field not declared in schema`. */
const typedFaults = (said: string, object: KubeObject): readonly Fault[] =>
  said
    .replace(/^errors:\n/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [, field, is] = /^\.((?:[^:[]|\[[^\]]*\])+): (.*)$/.exec(line) ?? []
      if (field === undefined || is === undefined) return { path: [], message: line }
      const path = pathOf(field, object)
      return { path, message: `${shown(path)}: ${is}` }
    })

/** `spec.containers[0].env[name="A"].value`, as the API writes it; a list's item by its keys where it names those. */
const pathOf = (field: string, object: KubeObject): Path => {
  let path: (string | number)[] = []
  for (const [, key, inner] of field.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    if (key !== undefined) path = [...path, key]
    else if (inner !== undefined && /^\d+$/.test(inner)) path = [...path, Number(inner)]
    else if (inner?.includes('=')) path = [...path, itemAt(valueAt(object, ...path), inner)]
    else if (inner !== undefined) path = [...path, inner]
  }
  return path
}

/** `name="a",protocol="TCP"` */
const itemAt = (list: unknown, keys: string): string | number => {
  const wanted = [...keys.matchAll(/([A-Za-z]+)=("(?:[^"\\]|\\.)*"|[^,]+)/g)].map(([, key = '', value = '']) => [
    key,
    value.replace(/^"|"$/g, ''),
  ])
  const found = Array.isArray(list)
    ? list.findIndex((item) =>
        wanted.every(([key = '', value]) => (scalarAt(item, key) ?? (key === 'protocol' ? 'TCP' : '')) === value),
      )
    : -1
  return found < 0 ? keys : found
}

const scalarAt = (item: unknown, key: string): string | undefined =>
  textAt(item, key) ?? numberAt(item, key)?.toString()
