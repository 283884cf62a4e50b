const block = 512
const end = Buffer.alloc(2 * block)
/** From here on a size is no longer written in octal digits. */
const eightGiB = 8 * 1024 ** 3

/** Whether these bytes begin an archive: every program of today writes the mark of POSIX. */
export const isTar = (start: Buffer): boolean => start.length >= block && start.toString('latin1', 257, 262) === 'ustar'

type Entry = {
  /** Permissions. */
  readonly mode?: number
  /** A file if left out; `x` begins records about the next entry. */
  readonly type?: 'link' | 'x'
  /** Where a link leads. */
  readonly target?: string
}

/** The header of a file, or of what `entry` says; names of more than 100 bytes are cut off. */
export const tarHeader = (name: string, size: number, { mode = 0o644, type, target = '' }: Entry = {}): Buffer => {
  const header = Buffer.alloc(block)
  header.write(name, 0, 100, 'utf8')
  header.write(`${mode.toString(8).padStart(7, '0')}\0`, 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  if (size < eightGiB) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  else {
    header.writeUInt8(0x80, 124)
    header.writeBigUInt64BE(BigInt(size), 128)
  }
  header.write('00000000000\0', 136)
  header.write('        0', 148)
  if (type !== undefined) header.write(type === 'link' ? '2' : type, 156)
  header.write(target, 157, 100, 'utf8')
  header.write('ustar\x0000', 257)
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
  return header
}

/** What follows a file of that size, up to the next block. */
export const tarPadding = (size: number): Buffer => end.subarray(0, padded(size) - size)

export const tarEnd: Buffer = end

const padded = (size: number): number => Math.ceil(size / block) * block
