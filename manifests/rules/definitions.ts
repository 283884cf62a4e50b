import { fieldsAt, listAt, mapsAt, numberAt, textAt, textListAt, valueAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { RenderedDocument } from '../yaml/outlined.ts'
import { definedKind } from '../kinds/built-in.ts'
import { parseObjects } from '../yaml/parse.ts'
import { anything, type FieldsSchema, type Schema } from '../schema/schema.ts'

/** What CustomResourceDefinitions say of the kinds that they define. */
export type DefinedSchemas = {
  /** Undefined for kinds and versions that none of them defines. */
  of(apiVersion: string, kind: string): Schema | undefined
  /** The versions that a kind is served in; empty where none defines it. */
  versionsOf(group: string, kind: string): readonly string[]
}

/** Schemas are made of definitions when an object asks for them: those of Argo CD have a megabyte. */
export const definedSchemas = (documents: readonly RenderedDocument[], metadata: Schema): DefinedSchemas => {
  const known = new Map<string, { readonly document: RenderedDocument; readonly versions: readonly string[] }>()
  for (const document of documents) {
    const defined = definedKind(document.object)
    if (defined) known.set(`${defined.group}/${defined.kind}`, { document, versions: defined.versions })
  }
  const made = new Map<string, Schema | undefined>()
  return {
    of(apiVersion, kind) {
      const key = `${apiVersion}/${kind}`
      if (!made.has(key)) {
        const [group = '', version = ''] = apiVersion.split('/')
        const one = known.get(`${group}/${kind}`)
        made.set(key, one?.versions.includes(version) ? schemaIn(one.document, version, metadata) : undefined)
      }
      return made.get(key)
    },
    versionsOf: (group, kind) => known.get(`${group}/${kind}`)?.versions ?? [],
  }
}

const schemaIn = ({ object, text }: RenderedDocument, version: string, metadata: Schema): Schema | undefined => {
  // Read to plan, definitions have no schemas: those are in the text.
  const whole =
    text === undefined ? object : parseObjects(text, { reader: 'helm', place: () => ({ file: '' }) }).objects[0]?.object
  const one = mapsAt(whole, 'spec', 'versions').find(({ name }) => name === version)
  const schema = valueAt(one, 'schema', 'openAPIV3Schema')
  if (!isRecord(schema) || fieldsAt(whole, 'spec')['preserveUnknownFields'] === true) return undefined
  const root = schemaOf(schema)
  return root.kind === 'fields' ? withHead(root, metadata) : undefined
}

const head = ['apiVersion', 'kind', 'metadata', 'status']

/** What every object has; its status is its controller's. */
const withHead = (root: FieldsSchema, metadata: Schema): Schema => ({
  ...root,
  names: [...new Set([...head, ...root.names])],
  required: root.required.filter((name) => !head.includes(name)),
  field: (name) => (name === 'metadata' ? metadata : head.includes(name) ? anything : root.field(name)),
})

/** A structural schema. What it only describes (`anyOf`, `not`, rules of CEL) is left to the API. */
const schemaOf = (node: Fields): Schema => {
  const choices = listAt(node, 'enum')
  const some = choices.length > 0 ? { choices } : {}
  if (node['x-kubernetes-int-or-string'] === true) return { kind: 'int-or-string', ...limited(node, ['pattern']) }
  switch (textAt(node, 'type')) {
    case 'object':
      return objectOf(node)
    case 'array':
      return {
        kind: 'list',
        items: () => schemaOf(fieldsAt(node, 'items')),
        keys: keysOf(node),
        defaults: defaultsOf(fieldsAt(node, 'items', 'properties')),
        ...counted(node),
      }
    case 'string':
      return { kind: 'string', ...some, ...limited(node, ['pattern', 'minLength', 'maxLength']) }
    case 'integer':
      return { kind: node['format'] === 'int32' ? 'int32' : 'int64', ...some, ...limited(node, ['minimum', 'maximum']) }
    case 'number':
      return { kind: 'number', ...some, ...limited(node, ['minimum', 'maximum']) }
    case 'boolean':
      return { kind: 'boolean', ...some }
    case undefined:
    default:
      return anything
  }
}

const keysOf = (node: Fields): readonly string[] => {
  const type = node['x-kubernetes-list-type']
  return type === 'map' ? textListAt(node, 'x-kubernetes-list-map-keys') : type === 'set' ? ['*'] : []
}

const defaultsOf = (properties: Fields): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.keys(properties).flatMap((name) => {
      const value = valueAt(properties, name, 'default')
      return value === undefined ? [] : [[name, value] as const]
    }),
  )

const counted = (node: Fields): { readonly minItems?: number; readonly maxItems?: number } => {
  const minItems = numberAt(node, 'minItems')
  const maxItems = numberAt(node, 'maxItems')
  return { ...(minItems === undefined ? {} : { minItems }), ...(maxItems === undefined ? {} : { maxItems }) }
}

const limited = (
  node: Fields,
  names: readonly string[],
): { readonly limits?: Readonly<Record<string, string | number>> } => {
  const limits = Object.fromEntries(
    names.flatMap((name) => {
      const value = node[name]
      // What is excluded is a hair off: that is left to the API.
      const isExclusive = node[`exclusive${name.slice(0, 1).toUpperCase()}${name.slice(1)}`] === true
      return (typeof value === 'string' || typeof value === 'number') && !isExclusive ? [[name, value] as const] : []
    }),
  )
  return Object.keys(limits).length > 0 ? { limits } : {}
}

const objectOf = (node: Fields): Schema => {
  const properties = fieldsAt(node, 'properties')
  const more = node['additionalProperties']
  if (Object.keys(properties).length === 0) {
    if (isRecord(more)) return { kind: 'map', values: () => schemaOf(more) }
    return more === true
      ? { kind: 'map', values: () => anything }
      : { ...nothingKnown, required: textListAt(node, 'required') }
  }
  const embedded = node['x-kubernetes-embedded-resource'] === true ? ['apiVersion', 'kind', 'metadata'] : []
  return {
    kind: 'fields',
    names: [...new Set([...Object.keys(properties), ...embedded])],
    // The API fills in what has a default, and then nothing is missing.
    required: textListAt(node, 'required').filter((name) => valueAt(properties, name, 'default') === undefined),
    nullable: Object.keys(properties).filter((name) => valueAt(properties, name, 'nullable') === true),
    field: (name) => {
      // What every object has is not pruned, whatever the definition says of it.
      if (embedded.includes(name)) return anything
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined
      return isRecord(property) ? schemaOf(property) : undefined
    },
    open: node['x-kubernetes-preserve-unknown-fields'] === true || more !== undefined,
    emptyCounts: true,
  }
}

/** A map of which only that is known. */
const nothingKnown: FieldsSchema = {
  kind: 'fields',
  names: [],
  required: [],
  field: () => undefined,
  open: true,
  emptyCounts: true,
}
