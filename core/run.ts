/** How one child process is run. Nothing else in kindup starts processes. */
export type RunOptions = {
  /** Written to standard input, which is closed otherwise. */
  readonly input?: string | Uint8Array
  readonly cwd?: string
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** After this the process group is killed and the call fails, saying so. Default two minutes. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Texts that are shown as *** in errors and logs. */
  readonly secrets?: readonly string[]
  /** Exit codes that are answers and not failures. Default [0]. */
  readonly okCodes?: readonly number[]
  /** Called with each line of standard output and standard error as it comes. */
  onLine?(line: string): void
}

export type RunResult = { readonly stdout: string; readonly stderr: string; readonly code: number }

/** Starts `program` with an array of arguments (never through a shell) and waits for its end. Throws CommandError. */
export type Run = (program: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>
