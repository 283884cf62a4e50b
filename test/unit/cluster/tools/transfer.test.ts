import { readFile } from 'node:fs/promises'
import { ReadableStream } from 'node:stream/web'
import { Response } from 'undici'
import { expect, it } from 'vitest'
import type { Line } from '../../../../cluster/tools/line.ts'
import { TransferError } from '../../../../cluster/tools/transfer-error.ts'
import { transfer } from '../../../../cluster/tools/transfer.ts'
import { tree } from '../../../support/tree.ts'

const broken = new TransferError('The line broke.', { mayHeal: true })

/** A line that gives these parts, one whenever the one before was taken, and breaks. */
const breakingLine = (parts: readonly Buffer[]): Line => ({
  signal: undefined,
  pauseMs: 1,
  ask: async (_url, headers, read) => {
    const left = headers['range'] === undefined ? [...parts] : []
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          const part = left.shift()
          if (part) controller.enqueue(part)
          else controller.error(broken)
        },
      },
      { highWaterMark: 0 },
    )
    const start = Number(/\d+/.exec(headers['range'] ?? '0'))
    const range = start === 0 ? {} : { 'content-range': `bytes ${start}-999999/1000000` }
    return read(new Response(body, { status: start === 0 ? 200 : 206, headers: range }), () => undefined)
  },
})

it('keeps every byte that came before the line broke', async () => {
  using at = tree({})
  const parts = ['a', 'b', 'c'].map((letter) => Buffer.from(letter.repeat(50_000)))
  const file = `${at.folder}/kind.part`
  let received = 0
  await expect(
    transfer('https://example.test/kind', file, breakingLine(parts), (bytes) => (received = bytes)),
  ).rejects.toThrow('The line broke')
  expect((await readFile(file)).equals(Buffer.concat(parts))).toBe(true)
  expect(received).toBe(150_000)
})
