import type { Config, Labels } from '../config/config.ts'
import type { Deployable } from '../manifests/deployable.ts'
import type { Placement } from '../manifests/transform/rules.ts'

export type Values = Readonly<Record<string, unknown>>

/** An add-on that kindup knows: a chart that is pinned, and the values that are right for it on kind. */
export type AddOn = {
  readonly name: string
  /** What the user gets, in words. */
  readonly title: string
  readonly chart: { readonly chart: string; readonly repo: string; readonly version: string }
  readonly namespace: string
  /** Absolute path of its values.yaml. */
  readonly values: string
  /** Raised when what its values or functions mean changes without a byte of theirs changing. */
  readonly revision: number
  /** `group/Kind`s that others may use once it is there. */
  readonly provides: readonly string[]
  readonly apiServices?: readonly string[]
  /** `group/Kind`s whose objects go before its controllers, in this order. */
  readonly beforeRemoval?: readonly string[]
  /** `group/Kind`s whose objects do nothing before it runs. */
  readonly serves?: readonly string[]
  /** Step ids that come first, known only from the file. */
  needs?(config: Config): readonly string[]
  /** Values known only from the file; they lie under the user's. */
  fromConfig?(config: Config, placement: Labels | undefined): Values
  /** Values that make it serve HTTPS for every host with the certificate of this Secret in its namespace. */
  serveTls?(namespace: string, secret: string): Values
  /** How a placement is said in its values. */
  place(placement: Placement): Values
  /** How a host name is said in its values; absent: it has nothing to open in a browser. */
  host?(host: string, url: string): Values
  readonly facts?: (namespace: string, url: string | undefined) => NonNullable<Deployable['facts']>
  /** Runs after a change of it that worked. */
  readonly verify?: (namespace: string, url: string | undefined) => NonNullable<Deployable['verify']>
}
