/** One run of a stand-in program. */
export type Call = {
  readonly program: string
  readonly args: readonly string[]
  /** As the user would write it: `docker volume inspect kindup-shop`. */
  readonly line: string
  /** Aborted when it is killed. */
  readonly signal: AbortSignal
  /** Kills it and what it started: the real program too that took its place. */
  readonly kill: (signal: NodeJS.Signals) => void
  /** What is piped to it, to the end. */
  readonly stdin: () => Promise<string>
  /** Its environment, as a shell writes it: `export TOKEN='…'`. */
  readonly environment: () => Promise<string>
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** What a program does with a call: its exit code. */
export type Program = (call: Call) => Promise<number> | number

/** Told of calls that nobody said how to answer: the program ends with 64. */
export type Untold = (message: string) => void

/** What such a program says. */
export const untoldMessage = (line: string, error: unknown): string =>
  `nobody told what \`${line}\` does: ${String(error)}`
