import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { basename } from 'node:path'
import type { Line } from './line.ts'
import { fetchText } from './transfer.ts'
import { TransferError } from './transfer-error.ts'

/** The SHA-256 of a file, as 64 hexadecimal digits. */
export const sha256Of = async (file: string): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/** The sum that a publisher's checksum file gives for `file`: alone in it, or on the line that names it. */
export const sumIn = (text: string, file: string): string | undefined => {
  const lines = text
    .split('\n')
    .map((line) => /^\s*([0-9a-f]{64})(?:\s+\*?(\S+))?\s*$/i.exec(line))
    .filter((line) => line !== null)
  const named = lines.find(([, , name]) => name !== undefined && basename(name) === file)
  return (named ?? (lines.length === 1 ? lines[0] : undefined))?.[1]?.toLowerCase()
}

/** The publisher's checksum file. Throws TransferError, also where it holds no sum of this file. */
export const fetchSum = async (
  url: string,
  file: string,
  line: Line,
): Promise<{ readonly sum: string; readonly text: string }> => {
  const { text } = await fetchText(url, line)
  const sum = sumIn(text, file)
  if (sum !== undefined) return { sum, text }
  throw new TransferError(`${url} holds no SHA-256 of ${file}.`, {
    mayHeal: false,
    hints: ['A network that wants a login answers with its own page: open it in a browser, and try again.'],
  })
}
