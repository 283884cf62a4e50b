import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import type { ToolName } from '../../core/config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { CommandError, type Run } from '../../core/run.ts'
import { readVersion, versionArguments, type Version } from './versions.ts'

type Env = Readonly<Record<string, string | undefined>>

export type Found = { readonly path: string } & (
  | { readonly version: Version }
  /** Why it is of no use. */
  | { readonly trouble: string }
)

/** A program that says its version at all says it at once. */
const patienceMs = 10_000

/** Every program of that name on the PATH, first one first, and what it says of itself. */
export const findOnPath = async (
  name: ToolName,
  {
    run,
    env,
    signal,
    timeoutMs = patienceMs,
  }: { run: Run; env: Env; signal?: AbortSignal | undefined; timeoutMs?: number },
): Promise<readonly Found[]> => {
  const paths = await executables(name, env)
  return Promise.all(
    paths.map(async (path) => {
      try {
        const { stdout } = await run(path, versionArguments[name], { timeoutMs, ...(signal ? { signal } : {}) })
        const version = readVersion(name, stdout)
        return version ? { path, version } : { path, trouble: `it says no version but ${shortened(stdout)}` }
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error
        return { path, trouble: reason(error) }
      }
    }),
  )
}

const reason = (error: EnvironmentError): string => {
  if (error.code === 'timed-out') return 'it did not tell its version in time'
  if (error instanceof CommandError && error.stderr.trim() !== '') return shortened(error.stderr)
  return shortened(error.message)
}

const shortened = (text: string): string => JSON.stringify(text.trim().split('\n')[0]?.slice(0, 120) ?? '')

const executables = async (name: string, env: Env): Promise<readonly string[]> => {
  const endings = process.platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD').toLowerCase().split(';') : ['']
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const candidates = folders.flatMap((folder) => endings.map((ending) => resolve(join(folder, name + ending))))
  const usable = await Promise.all(
    [...new Set(candidates)].map(async (path) => ((await isProgram(path)) ? [path] : [])),
  )
  return usable.flat()
}

export const isProgram = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
