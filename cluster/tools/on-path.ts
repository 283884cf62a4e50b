import { constants } from 'node:fs'
import { access, lstat, stat } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import type { ToolName } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { CommandError, type Run } from '../../core/run.ts'
import { readVersion, versionArguments, type Version } from './versions.ts'

type Env = Readonly<Record<string, string | undefined>>

export type Found = { readonly path: string } & (
  | { readonly version: Version }
  /** Why it is of no use. */
  | { readonly trouble: string }
)

type Search = {
  readonly run: Run
  readonly env: Env
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
}

/** A program that says its version at all says it at once. */
const patienceMs = 10_000

/** Everything of that name on the PATH, first one first, and what it says of itself. Each is asked only when its turn comes. */
export const onPath = async function* (name: ToolName, search: Search): AsyncGenerator<Found> {
  for (const path of candidates(name, search.env)) {
    const trouble = await whyNoProgram(path)
    if (trouble === undefined) yield await asked(name, path, search)
    else if (trouble !== 'not there') yield { path, trouble }
  }
}

/** Whether there is anything at all that could be asked. */
export const isOnPath = async (name: string, env: Env): Promise<boolean> => {
  for (const path of candidates(name, env)) if (await isProgram(path)) return true
  return false
}

const asked = async (name: ToolName, path: string, { run, signal, timeoutMs }: Search): Promise<Found> => {
  const options = { timeoutMs: timeoutMs ?? patienceMs, ...(signal ? { signal } : {}) }
  try {
    const { stdout } = await run(path, versionArguments[name], options)
    const version = readVersion(name, stdout)
    return version ? { path, version } : { path, trouble: `it says no version but ${shortened(stdout)}` }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return { path, trouble: reason(error) }
  }
}

const reason = (error: EnvironmentError): string => {
  if (error.code === 'timed-out') return 'it did not tell its version in time'
  if (error instanceof CommandError && error.stderr.trim() !== '') return shortened(error.stderr)
  return shortened(error.message)
}

const shortened = (text: string): string => JSON.stringify(text.trim().split('\n')[0]?.slice(0, 120) ?? '')

const candidates = (name: string, env: Env): readonly string[] => {
  // Scripts (.cmd, .bat) cannot be started without a shell.
  const endings = process.platform === 'win32' ? ['.exe', '.com'] : ['']
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return [...new Set(folders.flatMap((folder) => endings.map((ending) => resolve(join(folder, name + ending)))))]
}

export const isProgram = async (path: string): Promise<boolean> => (await whyNoProgram(path)) === undefined

const whyNoProgram = async (path: string): Promise<string | undefined> => {
  try {
    if (!(await stat(path)).isFile()) return 'it is a folder, or something else that is no file'
  } catch {
    return (await lstat(path).catch(() => undefined)) ? 'it is a link that leads nowhere' : 'not there'
  }
  return access(path, constants.X_OK).then(
    () => undefined,
    () => 'it may not be executed',
  )
}
