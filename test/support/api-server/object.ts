/** An object as the server keeps it. Kept objects are never changed: a write puts another in their place. */
export type Obj = {
  apiVersion: string
  kind: string
  metadata: Meta
  spec?: Json
  status?: Json
  [key: string]: unknown
}

export type Json = Record<string, unknown>

type Meta = {
  name: string
  generateName?: string
  namespace?: string
  uid?: string
  generation?: number
  resourceVersion?: string
  creationTimestamp?: string | null
  deletionTimestamp?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[]
  managedFields?: ManagedFields[]
}

export type ManagedFields = {
  manager: string
  operation: 'Apply' | 'Update'
  apiVersion: string
  time: string
  fieldsType: 'FieldsV1'
  fieldsV1: Fields
  subresource?: string
}

/** A tree of fields: `{ 'f:spec': { 'f:replicas': {} } }`. */
export type Fields = { [segment: string]: Fields }

export const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isSame = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => isSame(item, b[at]))
  if (!isMap(a) || !isMap(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && isSame(a[key], b[key]))
}

/** Whole seconds, as the API writes times. */
export const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z')
