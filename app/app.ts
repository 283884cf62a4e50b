import type { Engine } from '../cluster/engine/engine.ts'
import type { Observations } from '../core/observations.ts'
import type { LoadOptions } from '../config/load.ts'
import type { Remotes } from '../config/remote/included.ts'
import type { Fetched, Refusal } from '../config/source/fetched.ts'
import type { Spawn } from '../core/run.ts'
import type { System } from '../cluster/checks/check.ts'
import type { Streams, Terminal } from '../core/print/terminal.ts'

/** What every command gets from the entry point: the world it runs in, and nothing of its flags. */
export type App = {
  readonly cwd: string
  /** The words of the command line, the command's name first. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
  /** Aborted once nobody reads the results any more (`| head`): what goes on for ever ends then. */
  readonly unread: AbortSignal
  readonly terminal: (flags: { readonly quiet?: boolean | undefined }) => Terminal
  /** What is typed, or comes through a pipe. Default: nothing. */
  readonly stdin: Streams['stdin']
  readonly stdout: Streams['stdout']
  readonly stderr: Streams['stderr']
  /** Commands that were run, for --verbose and for the log of a failure. */
  readonly log: (line: string) => void
  /** What was logged so far. */
  readonly ran: readonly string[]
  /** What is known of the world outside, by everybody who asks during this command. */
  readonly looks: Observations
  /** Engines that were looked for, by what was asked for: see `engineOf`. */
  readonly engines: Map<string, () => Promise<Engine>>
  /** What this run may do with configurations from elsewhere, and has asked of them. */
  readonly elsewhere: Elsewhere
  /** What differs from the machine that this process runs on. */
  readonly system?: Partial<System>
  /** Starts child processes. Default: that of Node. */
  readonly spawn?: Spawn
  /** Takes the signal of a `KINDUP_FAULT`. Default: this process gets it. */
  readonly hit?: (signal: NodeJS.Signals) => void
}

/** Tells how the command ends, where that is not well: a code of the contract, or that of a program that was run for the user. */
export type End = (code: number) => void

/** What one run may do with configurations of repositories elsewhere, and has asked of them. */
export type Elsewhere = {
  /** The command, once it is known: until then it is one that acts. */
  command: string
  /** Commits that `--trust` names. */
  trust: readonly string[]
  quiet: boolean
  /** What is done about files that are included from there. Left out: they are refused. */
  remotes?: Remotes
  /** Commits that this run is about. */
  readonly commits: Set<string>
  /** By address: as long as the run lasts, it is about the same commit. */
  readonly fetched: Map<string, Promise<Fetched | Refusal>>
  /** What was shown and agreed to: nothing is asked twice. */
  readonly agreed: Map<string, Promise<void>>
}

export type CommonFlags = {
  readonly config?: string
  /** Commits of configurations from elsewhere that may run things here. */
  readonly trust?: readonly string[]
  readonly name?: string
  readonly env: readonly string[]
  readonly yes: boolean
  /** The context of an existing cluster that is meant, named so that no other one is changed. */
  readonly confirm?: string
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly timeout: number
}

/** What is set beside the file; left out where a command has none of it. */
export type SettingFlags = {
  readonly image?: readonly string[]
  readonly set?: readonly string[]
  readonly profile?: readonly string[]
  readonly hosts?: boolean
}

export type WalkFlags = CommonFlags &
  Required<SettingFlags> & {
    readonly only: readonly string[]
    readonly skip: readonly string[]
    readonly recreate: boolean
    /** Milliseconds that the cluster is wanted for, from now on. */
    readonly ttl?: number
    /** False: the state at the end is not kept. */
    readonly reset?: boolean
    /** The snapshot file that a new cluster starts from. */
    readonly snapshot?: string
    /** The bundle that is used before the network. */
    readonly bundle?: string
    /** Where the times of the steps are written to, as a Chrome trace. */
    readonly trace?: string
    /** Where the results of the smoke tests are written to, as JUnit XML. */
    readonly junit?: string
    /** Where a page of how it went is written to, as HTML. */
    readonly report?: string
    /** Whether the passwords of logins are in it. */
    readonly reportPasswords?: boolean
    /** Where name, context, kubeconfig and endpoints are written to, as KEY=value lines. */
    readonly dotenv?: string
  }

/** The file that flags mean, with what they set in it. */
export const loadOptions = (
  app: App,
  { config, name, set = [], image = [], profile = [] }: Pick<CommonFlags, 'config' | 'name'> & SettingFlags,
): LoadOptions => ({
  cwd: app.cwd,
  env: app.env,
  files: app.looks.files,
  ofFiles: app.looks.ofFiles,
  set,
  images: image,
  profiles: profile,
  ...(app.elsewhere.remotes && { remotes: app.elsewhere.remotes }),
  ...(app.spawn && { spawn: app.spawn }),
  ...(config === undefined ? {} : { file: config }),
  ...(name === undefined ? {} : { name }),
})
