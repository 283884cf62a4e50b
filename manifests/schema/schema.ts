/** What may stand somewhere in an object. Parts are made when they are asked for: types refer to each other, and to themselves. */
export type Schema =
  | { readonly kind: 'any' }
  | Scalar
  | ListSchema
  | { readonly kind: 'map'; readonly values: () => Schema }
  | FieldsSchema

type Scalar = {
  readonly kind: 'string' | 'bytes' | 'time' | 'boolean' | 'number' | 'int32' | 'int64' | 'quantity' | 'int-or-string'
  /** The values that it may have. */
  readonly choices?: readonly unknown[]
  readonly limits?: Limits
}

/** What a definition asks of a value beyond its type. */
export type Limits = {
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
}

type ListSchema = {
  readonly kind: 'list'
  readonly items: () => Schema
  /** Fields that tell the items apart where several write the list; `*` stands for the items themselves. */
  readonly keys: readonly string[]
  /** What the API puts in where a key is not written. */
  readonly defaults?: Readonly<Record<string, unknown>>
  readonly minItems?: number
  readonly maxItems?: number
}

export type FieldsSchema = {
  readonly kind: 'fields'
  readonly names: readonly string[]
  readonly required: readonly string[]
  field(name: string): Schema | undefined
  /** Whether other fields may stand there too. */
  readonly open: boolean
  /** Fields that may be null, and count as written then. */
  readonly nullable?: readonly string[]
  /** Whether a required field may be empty: definitions ask only that it is written. */
  readonly emptyCounts?: boolean
}

export const anything: Schema = { kind: 'any' }
