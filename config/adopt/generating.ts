import type { Fields } from '../../core/fields.ts'
import type { OwnRepository } from './own-repository.ts'

export type Key = readonly (string | number)[]

/** Says at a path of the ApplicationSet what cannot be carried out. */
export type Refuse = (key: Key, message: string) => undefined

/** What generators of an ApplicationSet are read with. `isGo`: its templates are Go's. */
export type Generating = { readonly repository: OwnRepository; readonly refuse: Refuse; readonly isGo: boolean }

/** What a generator fills a template with, once an Application; undefined, and said, where nobody here can tell. */
export type Generator = (one: Fields, key: Key, generating: Generating) => readonly Fields[] | undefined
