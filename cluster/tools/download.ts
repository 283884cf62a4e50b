import { createHash, randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { chmod, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { EnvironmentError, messageOf, stopReason } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { Location } from './locations.ts'

type DownloadOptions = { readonly run: Run; readonly signal?: AbortSignal | undefined; readonly stallMs?: number }

/** Nothing at all for so long: the line is dead. */
const stallMs = 30_000

/**
 * Puts the program at `target`, whole or not at all, once its SHA-256 is the publisher's.
 * Throws `download-failed` (network, missing file, cut short) and `checksum-wrong`.
 */
export const download = async (location: Location, target: string, options: DownloadOptions): Promise<void> => {
  const folder = join(dirname(target), `.${process.pid}-${randomBytes(4).toString('hex')}`)
  await mkdir(folder, { recursive: true })
  try {
    const expected = await checksum(location.checksumUrl, options)
    const file = join(folder, 'download')
    const actual = await fetchTo(location.url, file, options)
    if (actual !== expected)
      throw new EnvironmentError(
        'checksum-wrong',
        `What came from ${location.url} is not what its publisher released: its SHA-256 is ${actual}, not ${expected}. It was deleted.`,
        { hints: ['A proxy or a mirror on the way may have changed it. Try again from another network.'] },
      )
    let program = file
    if (location.inside !== undefined) {
      await options.run('tar', ['-xzf', file, '-C', folder, location.inside], signalOf(options))
      program = join(folder, location.inside)
    }
    await chmod(program, 0o755)
    // Two that download at once rename the same bytes over each other.
    await rename(program, target)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const checksum = async (url: string, options: DownloadOptions): Promise<string> => {
  const text = await ask(url, options, async (response, alive) => {
    const body = await response.text()
    alive()
    return body
  })
  const sum = /^\s*([0-9a-f]{64})\b/i.exec(text)?.[1]
  if (sum) return sum.toLowerCase()
  throw new EnvironmentError('download-failed', `${url} holds no SHA-256.`)
}

const fetchTo = (url: string, file: string, options: DownloadOptions): Promise<string> =>
  ask(url, options, async (response, alive) => {
    const hash = createHash('sha256')
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        alive()
        hash.update(chunk)
        done(null, chunk)
      },
    })
    const body = Readable.fromWeb(response.body ?? new Blob([]).stream())
    await pipeline(body, counted, createWriteStream(file))
    return hash.digest('hex')
  })

/** One request, followed to its end: redirects, status, dead lines and the stop signal are the same for all. */
const ask = async <T>(
  url: string,
  options: DownloadOptions,
  read: (response: Response, alive: () => void) => Promise<T>,
): Promise<T> => {
  const dead = new AbortController()
  const patience = options.stallMs ?? stallMs
  const timer = setTimeout(() => dead.abort(new Error(`nothing came for ${patience / 1000} s`)), patience)
  try {
    const signal = options.signal ? AbortSignal.any([options.signal, dead.signal]) : dead.signal
    const response = await fetch(url, { signal })
    if (!response.ok) throw new Error(`it answers ${response.status} ${response.statusText}`.trim())
    return await read(response, () => timer.refresh())
  } catch (error) {
    if (options.signal?.aborted) throw stopReason(options.signal)
    const why: unknown = dead.signal.aborted ? dead.signal.reason : error
    throw new EnvironmentError('download-failed', `${url} could not be fetched: ${deepest(why)}.`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/** `fetch failed` says nothing; its cause does. */
const deepest = (error: unknown): string => {
  let at = error
  while (at instanceof Error && at.cause instanceof Error) at = at.cause
  const code = at instanceof Error && 'code' in at && typeof at.code === 'string' ? at.code : ''
  if (['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'].includes(code))
    return `this machine is offline, or cannot reach it (${code})`
  return messageOf(at) || code || 'the connection broke'
}

const signalOf = ({ signal }: DownloadOptions) => (signal ? { signal } : {})
