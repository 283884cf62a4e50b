import type { Identity } from './identity.ts'
import type { KindupError } from './errors.ts'
import type { Inputs } from './watch/inputs.ts'

/** How one thing of the environment stands. `changed` and `broken` are both planned as an update. */
export type Status =
  /** `refusal`: what `up` would say instead of making it so. */
  | { readonly state: 'absent'; readonly refusal?: KindupError }
  /** `note`: what there is to know of it all the same. */
  | { readonly state: 'ready'; readonly note?: string }
  | { readonly state: 'changed'; readonly what: string; readonly refusal?: KindupError }
  | { readonly state: 'broken'; readonly why: string }
  /** Nobody could ask: a need is absent or broken, or no engine answers. `isNew`: needs are absent and no more, so it is to be made too. */
  | { readonly state: 'unknown'; readonly why: string; readonly isNew?: boolean }

/** What a step gets to do its work with. */
export type Context = {
  /** Aborted when the user stops the run, and when the step's time is over. */
  readonly signal: AbortSignal
  /** The longest that one step may take, in milliseconds. */
  readonly timeoutMs: number
  /** When this step's time is over, by the clock of `performance.now()`. */
  readonly endsAt?: number
  /** Milliseconds since another step of the run last got on or ended; Infinity when there is none. */
  quietElsewhereMs?(): number
  /** Replaces the live line beside the step's title: what it is doing or waiting for now. */
  report(line: string): void
  /** Something the user should read at the end, although the step goes on. */
  warn(text: string): void
}

export type Endpoint = { readonly name: string; readonly url: string }

/** A way to log in. A token stands in `password`. */
export type Credential = {
  readonly name: string
  readonly url?: string
  readonly username?: string
  readonly password?: string
  /** The step that told it: two environments may have logins of one name. In no document. */
  readonly step?: string
}

/** A host port that leads somewhere. */
export type Port = {
  /** Where it is reached from here: what it is bound to, or the name of the engine's machine. */
  readonly address: string
  readonly hostPort: number
  readonly nodePort: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  /** The host port that the file has for it, where that is another. */
  readonly written?: number
}

/** What a step that is ready lets the user reach. */
export type Facts = {
  /** Names that should resolve to this machine. */
  readonly hosts?: readonly string[]
  readonly endpoints?: readonly Endpoint[]
  readonly credentials?: readonly Credential[]
  readonly ports?: readonly Port[]
}

/** One thing that `up` makes. Everything kindup does is a walk over these. */
export type Step = {
  /** `cluster/nodes`, `addon/argocd`, `image/web`, `service/web@dev`, `hosts`. */
  readonly id: string
  /** The same as data: what the id is printed from. */
  readonly of: Identity
  /** What the user gets, in words. */
  readonly title: string
  /** Ids of the steps that must be ready first. */
  readonly needs?: readonly string[]
  /** `down` skips what dies with the cluster. */
  readonly dies: 'with-cluster' | 'by-itself'
  /** What it is made from beyond the configuration itself. Left out: that alone, or nobody knows. */
  readonly inputs?: Inputs
  /** Looks and changes nothing. */
  status(ctx: Context): Promise<Status>
  /**
   * Work that wants none of `needs` (a build, a download): started at once, awaited before `up`. `isDue` false: nobody
   * could ask how the step stands, and `up` does not follow where it turns out to be ready.
   */
  prepare?(ctx: Context, isDue: boolean): Promise<void>
  /**
   * Makes it so, from any state, a half-made one included, and returns once it is ready.
   * `unchanged`: it could not be done, the user was told why, and nothing depends on it.
   */
  up(ctx: Context): Promise<void | 'unchanged'>
  /** Takes it away, from any state; nothing there is no error. */
  down(ctx: Context): Promise<void>
  /** Read once the step is ready, on a run that changed nothing too. */
  facts?(ctx: Context): Promise<Facts>
}
