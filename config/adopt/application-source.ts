import type { Fields } from '../../core/fields.ts'
import type { OwnRepository } from './own-repository.ts'
import type { WrittenObject } from './written-object.ts'

export type Key = readonly (string | number)[]

/** A source of an Application, and where it stands. */
export type Source = { readonly fields: Fields; readonly key: Key; readonly isOwn: boolean }

/** The source that is rendered, and what it is read with. `refuse` throws. */
export type Around = Source & {
  readonly all: readonly Source[]
  readonly name: string
  readonly namespace: string
  readonly at: WrittenObject['at']
  readonly repository: OwnRepository
  readonly refuse: (key: Key, message: string, hint?: string) => never
  readonly warn: (key: Key, message: string) => void
}
