import { readFile, stat } from 'node:fs/promises'
import { parseJson } from '../../core/whole-number.ts'
import { fieldsAt } from '../../core/fields.ts'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { sha256Of } from './checksum.ts'
import { isProgram } from './on-path.ts'

/** What is remembered beside a program in the cache. */
type Origin = {
  readonly url: string
  /** Of the program itself, after the publisher's sum of what was downloaded was right. */
  readonly sha256: string
  readonly size: number
  readonly mtimeMs: number
  /** Where it is another one than was looked for, and will do. */
  readonly version?: string
}

/**
 * Whether the program in the cache is the one that was put there, or why not; undefined when there is none.
 * Asks no network. The bytes are read where size or time differ from what is remembered, or `whole` asks for it:
 * a hundred megabytes on every run would be felt.
 */
export const probeKept = async (
  program: string,
  { whole = false }: { readonly whole?: boolean | undefined } = {},
): Promise<'kept' | { readonly trouble: string } | undefined> => {
  const seen = await stat(program).catch(() => undefined)
  if (!seen) return undefined
  const origin = await originOf(program)
  if (!origin) return { trouble: `nothing tells where ${program} came from` }
  if (!(await isProgram(program))) return { trouble: `${program} may not be run` }
  const same = seen.size === origin.size && Math.trunc(seen.mtimeMs) === Math.trunc(origin.mtimeMs)
  if (same && !whole) return 'kept'
  return seen.size === origin.size && (await sha256Of(program)) === origin.sha256
    ? 'kept'
    : { trouble: `${program} is not as it was downloaded` }
}

/** Written before the program gets its name: without it, nobody would use the program. */
export const rememberOrigin = async (program: string, file: string, url: string, version?: string): Promise<void> => {
  const { size, mtimeMs } = await stat(file)
  const origin: Origin = {
    url,
    sha256: await sha256Of(file),
    size,
    mtimeMs,
    ...(version === undefined ? {} : { version }),
  }
  await writeFileAtomic(originFile(program), `${JSON.stringify(origin, undefined, 2)}\n`)
}

/** The version of a program in the cache, where it is remembered. */
export const keptVersion = async (program: string): Promise<string | undefined> => (await originOf(program))?.version

const originFile = (program: string): string => `${program}.origin.json`

const originOf = async (program: string): Promise<Origin | undefined> => {
  try {
    const { url, sha256, size, mtimeMs, version } = fieldsAt(parseJson(await readFile(originFile(program), 'utf8')))
    return typeof url === 'string' &&
      typeof sha256 === 'string' &&
      typeof size === 'number' &&
      typeof mtimeMs === 'number'
      ? { url, sha256, size, mtimeMs, ...(typeof version === 'string' ? { version } : {}) }
      : undefined
  } catch {
    // Not there, or not ours.
    return undefined
  }
}
