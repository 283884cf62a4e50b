import { statSync } from 'node:fs'
import type { KindupError } from '../../core/errors.ts'
import { errorPage } from '../../core/print/error-page.ts'
import { savedLine } from '../../core/print/saved-line.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import type { Endpoint } from '../../core/step.ts'
import type { StepResult } from '../../core/walk.ts'
import type { Task } from './walking.ts'

/** What a watch says. While a walk shows its rows the rest waits, so that neither tears the other apart. */
export type Screen = {
  walking(): void
  idle(): void
  /** The page of an error, once until something else is said. */
  wrong(error: KindupError): void
  /** The line of a save that was carried out by `at`, as performance.now(). */
  done(task: Task, steps: readonly StepResult[], at: number): void
  /** Once in a watch. */
  warn(text: string): void
  /** Addresses that are new. */
  endpoints(endpoints: readonly Endpoint[]): void
  /** What the report said already. */
  known(warnings: readonly string[], endpoints: readonly Endpoint[]): void
  note(text: string): void
}

export const makeScreen = (terminal: Terminal, cwd: string): Screen => {
  const { colour, err, out, outColour } = terminal
  const warned = new Set<string>()
  const known = new Set<string>()
  const held: (() => void)[] = []
  let isWalking = false
  let page = ''
  const say = (tell: () => void): void => {
    if (isWalking && terminal.live) held.push(tell)
    else tell()
  }
  return {
    walking: () => (isWalking = true),
    idle: () => {
      isWalking = false
      for (const tell of held.splice(0)) tell()
    },
    wrong: (error) => {
      const text = errorPage(error, colour, cwd)
      if (text === page) return
      page = text
      say(() => err(`${text}\n${colour.dim('  Waiting for the next save.')}`))
    },
    done: (task, steps, at) => {
      page = ''
      const seconds = (at - task.since) / 1000
      const line = savedLine({ paths: filesOf(task.paths), steps, seconds }, terminal, cwd)
      say(() => out(line))
    },
    warn: (text) => {
      if (warned.has(text)) return
      warned.add(text)
      say(() => err(`${colour.yellow('!')} ${text}`))
    },
    endpoints: (endpoints) => {
      const more = endpoints.filter(({ url }) => !known.has(url))
      for (const { name, url } of more) {
        known.add(url)
        say(() => out(`  ${name}  ${outColour.cyan(url)}`))
      }
    },
    known: (warnings, endpoints) => {
      for (const text of warnings) warned.add(text)
      for (const { url } of endpoints) known.add(url)
    },
    note: (text) => say(() => err(colour.dim(text))),
  }
}

/** A folder changes with what is written in it, which says more. */
const filesOf = (paths: readonly string[]): readonly string[] => {
  const files = paths.filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
  return files.length > 0 ? files : paths
}
