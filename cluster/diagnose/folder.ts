import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EnvironmentError, systemCode, usageError } from '../../core/errors.ts'
import { redacted } from '../../core/mask/redacted.ts'
import { whyUnwritten } from '../../core/full-disk.ts'

/** The most that one file and the whole may take, in bytes. */
export const bounds = { file: 1_000_000, whole: 20_000_000 } as const

/** So many that nobody asked for by name are kept, whichever cluster they are of. */
const most = 10

/** A folder that is being written: nothing of it holds a secret, and nothing is too long. */
export type DiagnosisFolder = {
  readonly path: string
  /** What was written so far, in order, with its bytes. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[]
  /** Cuts what is too long at its end, and says so there. */
  write(name: string, text: string): Promise<void>
}

/** Where those stand that nobody asked for by name. */
const diagnosesIn = (cacheFolder: string): string => join(cacheFolder, 'diagnoses')

/** Makes `shop-2026-11-26T15-13-36`, a second later where another look has just taken that one. */
export const newFolder = async (cacheFolder: string, cluster: string, now: Date): Promise<string> => {
  const parent = diagnosesIn(cacheFolder)
  await mkdir(parent, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unwritten(parent, error)
  })
  for (let ahead = 0; ; ahead++) {
    const time = new Date(now.getTime() + ahead * 1000).toISOString().slice(0, 19).replaceAll(':', '-')
    const path = join(parent, `${cluster}-${time}`)
    try {
      await mkdir(path, { mode: 0o700 })
      return path
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw unwritten(path, error)
    }
  }
}

/** Makes the folder, which nobody else may read. Throws ConfigError where something is in it. */
export const openFolder = async (path: string, secrets: readonly string[]): Promise<DiagnosisFolder> => {
  const there = await readdir(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw usageError(
      `${path} is no folder that can be written to.`,
      '--out takes a folder that is empty, or not there yet.',
    )
  })
  if (there.length > 0)
    throw usageError(
      `${path} is not empty.`,
      '--out takes a folder that is empty, or not there yet: nothing of yours is written over.',
    )
  const files: { name: string; bytes: number }[] = []
  let left: number = bounds.whole
  await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unwritten(path, error)
  })
  return {
    path,
    files,
    write: async (name, text) => {
      const shown = redacted(text.endsWith('\n') || text === '' ? text : `${text}\n`, secrets)
      const cut = cutAt(shown, Math.min(bounds.file, left))
      left -= Buffer.byteLength(cut)
      const file = join(path, name)
      try {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 })
        await writeFile(file, cut, { mode: 0o600 })
      } catch (error) {
        // It was empty, or not there: half of it would be in the way of the next one.
        const written = await readdir(path).catch(() => [])
        await Promise.all(written.map((one) => rm(join(path, one), { recursive: true, force: true })))
        throw unwritten(file, error)
      }
      files.push({ name, bytes: Buffer.byteLength(cut) })
    },
  }
}

const unwritten = (path: string, error: unknown): EnvironmentError =>
  new EnvironmentError('not-written', `${path} cannot be written: ${whyUnwritten(path, error)}.`, {
    hints: ['Another folder is meant with --out DIR.'],
    cause: error,
  })

const cutAt = (text: string, limit: number): string => {
  const bytes = Buffer.from(text)
  if (bytes.length <= limit) return text
  const line = `\n[cut here: ${bytes.length - Math.max(0, limit - 100)} more bytes are left out]\n`
  // No character is left in halves.
  return `${bytes
    .subarray(0, Math.max(0, limit - 100))
    .toString('utf8')
    .replace(/\uFFFD$/, '')}${line}`
}

const timeIn = (name: string): string => name.slice(-19)

/** Takes away the oldest beyond those that are kept. Names end in the time. */
export const sweepDiagnoses = async (cacheFolder: string): Promise<void> => {
  const parent = diagnosesIn(cacheFolder)
  const names = (await readdir(parent).catch(() => [])).toSorted((a, b) => timeIn(a).localeCompare(timeIn(b)))
  for (const name of names.slice(0, -most))
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined)
}

/** The folders of one cluster, oldest first. */
export const diagnosesOf = async (cacheFolder: string, cluster: string): Promise<readonly string[]> => {
  const parent = diagnosesIn(cacheFolder)
  const own = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d$/
  return (await readdir(parent).catch(() => []))
    .filter((name) => name.startsWith(`${cluster}-`) && own.test(name.slice(cluster.length + 1)))
    .toSorted()
    .map((name) => join(parent, name))
}
