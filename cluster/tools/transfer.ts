import { open, rm, stat } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Response } from 'undici'
import { stopReason } from '../../core/errors.ts'
import type { Line } from './line.ts'
import { TransferError } from './transfer-error.ts'

/** Tries in a row that bring not one byte more. */
const fruitlessTries = 3
/** The same where servers answer that they are busy: kind comes by three of them. */
const busyTries = 5
/** Tries altogether: a line that breaks every few bytes is no line. */
const allTries = 30

/**
 * Brings a file, going on where an earlier try (of an earlier run, too) broke off.
 * Answers whether it began in the middle. Throws TransferError, and what the disk says.
 */
export const transfer = async (
  url: string,
  file: string,
  line: Line,
  report: (received: number, total?: number) => void,
): Promise<{ readonly resumed: boolean }> => {
  let resumed = false
  let tag: string | undefined
  await withTries(
    async () => {
      const have = await sizeOf(file)
      resumed ||= have > 0
      await line.ask(url, have > 0 ? rangeFrom(have, tag) : {}, async (response, alive) => {
        const start = await startOf(response, have, file, url)
        if (start === undefined) return
        tag = strongTag(response) ?? tag
        const total = lengthOf(response, start)
        let received = start
        // Written before the next part is asked for: a line that breaks loses nothing that came.
        const target = await open(file, start > 0 ? 'a' : 'w')
        try {
          for await (const part of response.body ?? []) {
            alive()
            await target.appendFile(part)
            received += part.byteLength
            report(received, total)
          }
        } finally {
          await target.close()
        }
        if (total !== undefined && received !== total)
          throw new TransferError(`${url} ended after ${received} of ${total} bytes.`, { mayHeal: true })
      })
    },
    () => sizeOf(file),
    line,
  )
  return { resumed }
}

/** Bytes. Whatever is longer is no text that anybody wrote. */
const longestText = 5_000_000

/** A small text, such as a checksum file. Throws TransferError. */
export const fetchText = (url: string, line: Line): Promise<{ readonly text: string; readonly url: string }> =>
  withTries(
    () =>
      line.ask(url, {}, async (response) => {
        refuseStatus(response, url)
        const length = Number(response.headers.get('content-length') ?? 0)
        if (length > longestText)
          throw new TransferError(`${url} is no text: it has ${length} bytes.`, { mayHeal: false })
        return { text: await response.text(), url: response.url }
      }),
    () => Promise.resolve(0),
    line,
  )

/** Again after what may heal, as long as tries bring something. */
const withTries = async <T>(once: () => Promise<T>, measure: () => Promise<number>, line: Line): Promise<T> => {
  let fruitless = 0
  for (let tries = 1; ; tries++) {
    const before = await measure()
    try {
      return await once()
    } catch (error) {
      if (!(error instanceof TransferError) || !error.mayHeal) throw error
      fruitless = (await measure()) > before ? 0 : fruitless + 1
      if (fruitless >= (error.isBusy ? busyTries : fruitlessTries) || tries >= allTries) throw afterTries(error, tries)
      const waitMs = Math.max(line.pauseMs * 2 ** fruitless, error.afterMs ?? 0)
      await pause(waitMs, undefined, line.signal ? { signal: line.signal } : {}).catch(() => {
        throw stopReason(line.signal)
      })
    }
  }
}

const afterTries = (error: TransferError, tries: number): TransferError =>
  new TransferError(error.message.replace(/\.$/, ` (tried ${tries} times).`), {
    mayHeal: false,
    hints: error.hints,
    cause: error,
  })

const rangeFrom = (have: number, tag: string | undefined): Record<string, string> => ({
  range: `bytes=${have}-`,
  ...(tag === undefined ? {} : { 'if-range': tag }),
})

/** Where the body belongs in the file; undefined when everything is there already. */
const startOf = async (response: Response, have: number, file: string, url: string): Promise<number | undefined> => {
  if (response.status === 200) return 0
  const range = response.headers.get('content-range') ?? ''
  if (response.status === 206 && have > 0) {
    if (range.startsWith(`bytes ${have}-`)) return have
  } else if (response.status === 416 && have > 0) {
    if (range === `bytes */${have}`) return undefined
  } else refuseStatus(response, url)
  // What lies there is not the beginning of what the server has.
  await rm(file, { force: true })
  throw new TransferError(`${url} cannot be gone on with: it answers ${response.status} ${range}.`, { mayHeal: true })
}

const refuseStatus = (response: Response, url: string): void => {
  if (response.status === 200) return
  const { status, statusText } = response
  const isBusy = status >= 500 || status === 429 || status === 408
  throw new TransferError(`${url} could not be fetched: it answers ${status} ${statusText}`.trim() + '.', {
    mayHeal: isBusy,
    isBusy,
    afterMs: retryAfter(response),
    ...(status === 404 ? { hints: ['Was this version released, and for this machine?'] } : {}),
  })
}

/** Longer than anybody wants to look at a line that says nothing. */
const longestWaitMs = 60_000

/** What the server asks for, in seconds or as a date, as far as that is bearable. */
const retryAfter = (response: Response): number | undefined => {
  const text = response.headers.get('retry-after')?.trim() ?? ''
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, Math.min(ms, longestWaitMs))
}

const lengthOf = (response: Response, start: number): number | undefined => {
  const length = response.headers.get('content-length')
  // What is packed for the way has another length than what is written.
  return length === null || response.headers.has('content-encoding') ? undefined : start + Number(length)
}

/** A weak tag says only that two files mean the same. */
const strongTag = (response: Response): string | undefined => {
  const tag = response.headers.get('etag')
  return tag === null || tag.startsWith('W/') ? undefined : tag
}

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0
