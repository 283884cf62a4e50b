import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { withFileLock } from '../../core/file-lock.ts'
import { takeOut } from './archive.ts'
import { fetchSum, sha256Of, sumIn } from './checksum.ts'
import { cacheTrouble, isDiskError } from './disk-error.ts'
import { probeKept, rememberOrigin } from './kept.ts'
import { withLine, type Line, type LineOptions } from './line.ts'
import type { Location } from './locations.ts'
import { isProgram } from './on-path.ts'
import type { Progress } from './progress.ts'
import { transfer } from './transfer.ts'
import { TransferError } from './transfer-error.ts'
import { makeProgram, writeProgram } from './write-program.ts'

export type Download = {
  /** `helm 4.2.4` */
  readonly what: string
  readonly location: Location
  /** Where the program is put. */
  readonly target: string
  /** The sum that kindup itself knows; without one the publisher's checksum file decides. */
  readonly sha256?: string | undefined
  readonly report?: ((progress: Progress) => void) | undefined
  /** Another way where the address cannot be reached: answers where it put the program, or throws. */
  readonly otherwise?: (error: TransferError) => Promise<string>
}

/** Longer than a download on a bad line: whoever waits goes on as soon as it ends, or its process does. */
const lockWaitMs = 30 * 60_000

/**
 * Puts the program at `target`, whole or not at all, once its SHA-256 is the publisher's; nothing if another run did meanwhile.
 * Answers where it is: the target, unless it came by another way.
 * Throws `download-failed`, `checksum-wrong`, `cache-unusable`, `locked` and the stop reason.
 */
export const download = async (wanted: Download, options: LineOptions): Promise<string> => {
  const { what, target, report, otherwise } = wanted
  const folder = dirname(target)
  let program = target
  try {
    await mkdir(folder, { recursive: true })
    if (existsSync(`${target}.lock`)) report?.({ what, received: 0, waits: 'waits for another kindup that gets it' })
    await withFileLock(target, { signal: options.signal, waitMs: lockWaitMs }, async () => {
      if ((await probeKept(target)) === 'kept') return
      await withLine(options, (line) => fetchProgram(wanted, line)).catch(async (error: unknown) => {
        if (!(error instanceof TransferError) || !otherwise) throw error
        program = await otherwise(error)
      })
    })
  } catch (error) {
    if (isDiskError(error)) throw cacheTrouble(folder, error)
    throw error
  }
  if (await isProgram(program)) return program
  throw new EnvironmentError('cache-unusable', `Programs in ${folder} may not be run (is it mounted noexec?).`, {
    hints: ['Take another folder: KINDUP_CACHE=/path kindup up'],
  })
}

const fetchProgram = async (wanted: Download, line: Line): Promise<void> => {
  const { target, location } = wanted
  const part = `${target}.part`
  const fresh = `${target}.new`
  try {
    await verified(wanted, part, line)
    if (location.inside === undefined) await rename(part, fresh)
    else await writeProgram(fresh, await takeOut(await readFile(part), location.inside))
    if (location.inside === undefined) await makeProgram(fresh)
    await rememberOrigin(target, fresh, location.url)
    await rename(fresh, target)
    await rm(part, { force: true })
  } catch (error) {
    await rm(fresh, { force: true })
    // A full disk should not stay full; a line that broke is gone on with by the next run.
    if (isDiskError(error)) await rm(part, { force: true })
    throw error
  }
}

/** Brings the file until its sum is right. A wrong one is refused, and deleted with the checksum. */
const verified = async (wanted: Download, part: string, line: Line): Promise<void> => {
  const { what, location, target, report } = wanted
  const sumFile = join(dirname(target), basename(new URL(location.checksumUrl).pathname))
  for (let attempt = 1; ; attempt++) {
    const expected = await expectedSum(wanted, sumFile, line)
    const { resumed } = await transfer(location.url, part, line, throttled(what, report))
    const actual = await sha256Of(part)
    if (actual === expected.sum) return
    // Two halves of different files, or a sum that an earlier run was given: once more from the beginning.
    const again = attempt === 1 && (resumed || expected.remembered)
    await rm(part, { force: true })
    if (!again || expected.remembered) await rm(sumFile, { force: true })
    if (again) continue
    throw new EnvironmentError(
      'checksum-wrong',
      `What came from ${location.url} is not what its publisher released: its SHA-256 is ${actual}, not ${expected.sum}. It was deleted.`,
      { hints: ['A proxy or a mirror on the way may have changed it. Try again from another network.'] },
    )
  }
}

const expectedSum = async (
  { sha256, location }: Download,
  sumFile: string,
  line: Line,
): Promise<{ readonly sum: string; readonly remembered: boolean }> => {
  if (sha256 !== undefined) return { sum: sha256, remembered: false }
  const file = basename(new URL(location.url).pathname)
  const known = sumIn(await readFile(sumFile, 'utf8').catch(() => ''), file)
  if (known !== undefined) return { sum: known, remembered: true }
  const { sum, text } = await fetchSum(location.checksumUrl, file, line)
  await writeFileAtomic(sumFile, text)
  return { sum, remembered: false }
}

const throttled = (what: string, report: Download['report']) => {
  let last = 0
  return (received: number, total?: number): void => {
    const now = performance.now()
    if (received !== total && now - last < 100) return
    last = now
    report?.({ what, received, total })
  }
}
