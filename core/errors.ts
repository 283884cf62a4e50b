import type { Problem } from './problem.ts'

/** The exit codes of the contract. */
export const exit = { done: 0, failed: 1, usage: 2, wouldChange: 3, defect: 70, stopped: 130 } as const
export type ExitCode = (typeof exit)[keyof typeof exit]

type Details = {
  /** What to do next: sentences, or commands that can be pasted. */
  readonly hints?: readonly string[]
  readonly problems?: readonly Problem[]
  readonly parts?: readonly Part[]
  readonly cause?: unknown
}

/** One of several things that went wrong at the same time. */
export type Part = {
  readonly message: string
  readonly hints: readonly string[]
  readonly problems?: readonly Problem[]
}

/** Every error that a person can cause. What is not one of these is a defect of kindup (exit 70). */
export class KindupError extends Error {
  /** A stable word for programs, such as `config`, `engine-unreachable`, `port-taken`, `step-failed`. */
  readonly code: string
  readonly exitCode: ExitCode
  readonly hints: readonly string[]
  readonly problems: readonly Problem[]
  /** What belongs to what, where several things went wrong; `message`, `hints` and `problems` hold all of them. */
  readonly parts: readonly Part[]

  constructor(code: string, exitCode: ExitCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = code
    this.exitCode = exitCode
    this.hints = details.hints ?? []
    this.problems = details.problems ?? []
    this.parts = details.parts ?? []
  }
}

/** The configuration, what it points at, or the flags are wrong (exit 2). */
export class ConfigError extends KindupError {
  constructor(message: string, details: Details & { code?: string } = {}) {
    super(details.code ?? 'config', exit.usage, message, details)
  }
}

/** What was typed is wrong: flags, or names that nothing has. */
export const usageError = (message: string, ...hints: readonly string[]): ConfigError =>
  new ConfigError(message, { code: 'flags', hints })

/** The world refused: an engine that is stopped, a port that is taken, a workload that fails (exit 1). */
export class EnvironmentError extends KindupError {
  constructor(code: string, message: string, details: Details = {}) {
    super(code, exit.failed, message, details)
  }
}

/** The user stopped the run (exit 130). */
export class StoppedError extends KindupError {
  constructor(message = 'Stopped.', details: Details = {}) {
    super('stopped', exit.stopped, message, details)
  }
}

/** What comes of work, or something else where the world refuses it: for what can be done without. A defect stays one. */
export const unlessRefused = async <T, O>(work: () => Promise<T>, otherwise: O): Promise<T | O> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof EnvironmentError) return otherwise
    throw error
  }
}

/** The message of anything that was thrown. */
export const messageOf = (thrown: unknown): string => {
  // A WebSocket that is refused throws an event, which is no Error.
  const isTold = typeof thrown === 'object' && thrown !== null && 'message' in thrown
  return isTold && typeof thrown.message === 'string' ? thrown.message : String(thrown)
}

/** The code of what the system refused, such as `ENOENT` or `ECONNREFUSED`; empty for anything else that was thrown. */
export const systemCode = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''

/** What to throw when a signal was aborted: its own reason where that is for people, else "Stopped." */
export const stopReason = (signal: AbortSignal | undefined): KindupError =>
  signal?.reason instanceof KindupError ? signal.reason : new StoppedError()
