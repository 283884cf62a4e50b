import type { FileHandle } from 'node:fs/promises'
import { isTar } from '../load/tar.ts'

/** One file of an archive that stands on disk: where its bytes begin, and where the next one does. */
type Entry = { readonly name: string; readonly size: number; readonly at: number; readonly next: number }

const block = 512

/** The files of an archive by their headers alone. Ends at its end, and where what comes is not whole. */
export async function* entriesOf(handle: FileHandle): AsyncGenerator<Entry> {
  const { size: length } = await handle.stat()
  for (let start = 0; start + block <= length;) {
    const header = Buffer.alloc(block)
    await handle.read(header, 0, block, start)
    if (!isTar(header)) return
    const name = header.toString('utf8', 0, 100).replace(/\0.*$/s, '')
    const size =
      header[124] === 0x80
        ? Number(header.readBigUInt64BE(128))
        : Number.parseInt(header.toString('latin1', 124, 135), 8)
    const next = start + block + Math.ceil(size / block) * block
    if (!(size >= 0 && next <= length)) return
    yield { name, size, at: start + block, next }
    start = next
  }
}

const pieceBytes = 256 * 1024

/** The bytes of one file of it. A stream of the handle's own would leave a listener behind for each. */
export async function* bytesAt(handle: FileHandle, at: number, size: number): AsyncGenerator<Buffer> {
  for (let done = 0; done < size;) {
    const piece = Buffer.alloc(Math.min(pieceBytes, size - done))
    const { bytesRead } = await handle.read(piece, 0, piece.length, at + done)
    if (bytesRead === 0) return
    done += bytesRead
    yield piece.subarray(0, bytesRead)
  }
}
