import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { fieldsAt, listAt, mapsAt, textAt, textListAt, type Fields } from '../core/fields.ts'
import { usageError } from '../core/errors.ts'
import { asScript } from './script-flags.ts'

// Makes manifests/schema/kubernetes-fields.json of the OpenAPI documents that Kubernetes publishes with each release:
//   node scripts/generate-kubernetes-fields.ts 36=path/to/kubernetes-1.36.4/api/openapi-spec/swagger.json 37=…
// One table for all minors: what is the same in all of them is said once, and the rest with the minors that have it.

const usage = 'node scripts/generate-kubernetes-fields.ts 36=swagger.json …'

type Variants = Map<string, number[]>

/** Types that are written by rules of their own, or whose inside is nobody's mistake. */
const known: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'int-or-string',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'time',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'any',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation': 'any',
}

const prefixes = [
  'io.k8s.api.',
  'io.k8s.apimachinery.pkg.apis.',
  'io.k8s.apiextensions-apiserver.pkg.apis.',
  'io.k8s.kube-aggregator.pkg.apis.',
]

const short = (name: string): string => {
  const prefix = prefixes.find((one) => name.startsWith(one)) ?? ''
  return name.slice(prefix.length)
}

/** What tells the items of a list apart for the API; `*`: themselves. Older documents say it for patches alone. */
const keysOf = (schema: Fields): readonly string[] => {
  const type = textAt(schema, 'x-kubernetes-list-type')
  if (type === 'map') return textListAt(schema, 'x-kubernetes-list-map-keys')
  if (type !== undefined) return type === 'set' ? ['*'] : []
  if (textAt(schema, 'x-kubernetes-patch-strategy') !== 'merge') return []
  return [textAt(schema, 'x-kubernetes-patch-merge-key') ?? '*']
}

const typeOf = (schema: Fields): string => {
  const ref = textAt(schema, '$ref')?.slice('#/definitions/'.length)
  if (ref !== undefined) return known[ref] ?? `#${short(ref)}`
  switch (textAt(schema, 'type')) {
    case 'array': {
      return `[${keysOf(schema).join()}]${typeOf(fieldsAt(schema, 'items'))}`
    }
    case 'object':
      return 'additionalProperties' in schema ? `{}${typeOf(fieldsAt(schema, 'additionalProperties'))}` : 'any'
    case 'integer':
      return textAt(schema, 'format') === 'int32' ? 'int32' : 'int64'
    case 'string':
      return textAt(schema, 'format') === 'byte' ? 'bytes' : 'string'
    case 'number':
      return 'number'
    case 'boolean':
      return 'boolean'
    case undefined:
    default:
      return 'any'
  }
}

const types = new Map<string, Map<string, Variants>>()
const kinds = new Map<string, Variants>()
const minors: number[] = []

const note = (into: Map<string, Variants>, key: string, value: string, minor: number): void => {
  const variants: Variants = into.get(key) ?? new Map<string, number[]>()
  into.set(key, variants)
  variants.set(value, [...(variants.get(value) ?? []), minor])
}

const read = (minor: number, file: string): void => {
  const document: unknown = JSON.parse(readFileSync(file, 'utf8'))
  const definitions = fieldsAt(document, 'definitions')
  const served = new Set(
    Object.values(fieldsAt(document, 'paths')).flatMap((path) =>
      ['post', 'put', 'get'].flatMap((method) => {
        const { group, version, kind } = fieldsAt(path, method, 'x-kubernetes-group-version-kind')
        return [`${String(group)}/${String(version)}/${String(kind)}`]
      }),
    ),
  )
  const reached = new Set<string>()
  const visit = (name: string): void => {
    if (reached.has(name) || name in known || !(name in definitions)) return
    reached.add(name)
    const definition = fieldsAt(definitions, name)
    const required = textListAt(definition, 'required')
    const into = types.get(short(name)) ?? new Map<string, Variants>()
    types.set(short(name), into)
    for (const [field, schema] of Object.entries(fieldsAt(definition, 'properties'))) {
      // What a cluster writes itself is nobody's mistake.
      const own = (field === 'status' && 'kind' in fieldsAt(definition, 'properties')) || field === 'managedFields'
      const type = own ? 'any' : typeOf(fieldsAt(fieldsAt(definition, 'properties'), field))
      note(into, field, `${type}${required.includes(field) ? '!' : ''}`, minor)
      if (own) continue
      for (const ref of JSON.stringify(schema).matchAll(/"#\/definitions\/([^"]+)"/g)) visit(ref[1] ?? '')
    }
  }
  for (const [name, definition] of Object.entries(definitions))
    for (const one of mapsAt(definition, 'x-kubernetes-group-version-kind')) {
      const gvk = `${textAt(one, 'group')}/${textAt(one, 'version')}/${textAt(one, 'kind')}`
      if (!served.has(gvk) || gvk.endsWith('List') || listAt(fieldsAt(definition, 'properties'), 'kind').length > 0)
        continue
      note(kinds, gvk.replace(/^\//, ''), short(name), minor)
      visit(name)
    }
}

const readAll = (words: readonly string[]): void => {
  if (words.length === 0) throw usageError('No document is named: the table would be empty.', usage)
  for (const word of words) {
    const [, minor = '', file = ''] = /^(\d+)=(.+)$/.exec(word) ?? []
    if (file === '') throw usageError(`\`${word}\` is no MINOR=FILE.`, usage)
    if (!existsSync(file)) throw usageError(`There is no file ${file}.`, usage)
    minors.push(Number(minor))
    read(Number(minor), file)
  }
}

const first = (): number => Math.min(...minors)
const last = (): number => Math.max(...minors)

/** `string`, `string 34-`, `string -35`, `string 30-33`; several as a list. */
const written = (variants: Variants): string | readonly string[] => {
  const all = [...variants].map(([value, some]) => {
    const from = Math.min(...some)
    const to = Math.max(...some)
    const since = from === first() ? '' : from
    const until = to === last() ? '' : to
    return since === '' && until === '' ? value : `${value} ${since}-${until}`
  })
  return all.length === 1 ? (all[0] ?? '') : all
}

const sorted = <Value>(map: ReadonlyMap<string, Value>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
const line = (of: ReadonlyMap<string, Variants>) =>
  JSON.stringify(Object.fromEntries(sorted(of).map(([key, variants]) => [key, written(variants)])))

const write = (): void =>
  writeFileSync(
    new URL('../manifests/schema/kubernetes-fields.json', import.meta.url),
    `{
"minors": [${first()}, ${last()}],
"kinds": {
${sorted(kinds)
  .map(([kind, variants]) => `${JSON.stringify(kind)}: ${JSON.stringify(written(variants))}`)
  .join(',\n')}
},
"types": {
${sorted(types)
  .map(([name, of]) => `${JSON.stringify(name)}: ${line(of)}`)
  .join(',\n')}
}
}
`,
  )

await asScript(() => {
  readAll(process.argv.slice(2))
  write()
})
