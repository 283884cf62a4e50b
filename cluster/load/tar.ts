/** One entry of an archive. Its body has to be read to its end before the next one is asked for. */
export type TarEntry = {
  readonly name: string
  readonly size: number
  readonly kind: 'file' | 'link' | 'other'
  /** Where a link leads. */
  readonly target: string
  readonly body: () => AsyncGenerator<Buffer>
}

const block = 512
const end = Buffer.alloc(2 * block)
/** From here on a size is no longer written in octal digits. */
const eightGiB = 8 * 1024 ** 3

/** Whether these bytes begin an archive: every program of today writes the mark of POSIX. */
export const isTar = (start: Buffer): boolean => start.length >= block && start.toString('latin1', 257, 262) === 'ustar'

/** The entries of an archive as it comes. */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = makeReader(source)
  let longer: Extended = {}
  for (;;) {
    const header = await bytes.take(block)
    if (header.length < block || header.every((byte) => byte === 0)) break
    const type = String.fromCharCode(header[156] ?? 0)
    const size = isExtension(type) ? sizeIn(header) : (longer.size ?? sizeIn(header))
    // What the next entry is really called, where that does not fit.
    if (isExtension(type)) {
      const text = (await bytes.take(padded(size))).subarray(0, size)
      longer = { ...longer, ...extensions[type](text) }
      continue
    }
    const prefix = textIn(header, 345, 155)
    const name = longer.name ?? (prefix === '' ? '' : `${prefix}/`) + textIn(header, 0, 100)
    const target = longer.target ?? textIn(header, 157, 100)
    longer = {}
    let left = padded(size)
    let useful = size
    const body = async function* (): AsyncGenerator<Buffer> {
      while (left > 0) {
        const part = await bytes.some(left)
        if (part.length === 0) throw new Error('the archive ends in the middle')
        left -= part.length
        if (useful > 0) yield part.subarray(0, useful)
        useful -= part.length
      }
    }
    yield {
      name,
      size,
      target,
      body,
      kind: type === '0' || type === '\0' ? 'file' : type === '1' || type === '2' ? 'link' : 'other',
    }
    // Whoever did not want it leaves it.
    for (const unwanted = body(); (await unwanted.next()).done !== true;) continue
  }
  await bytes.rest()
}

/** The header of a file. */
export const tarHeader = (name: string, size: number): Buffer => {
  const header = Buffer.alloc(block)
  header.write(name, 0, 100, 'utf8')
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  if (size < eightGiB) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  else {
    header.writeUInt8(0x80, 124)
    header.writeBigUInt64BE(BigInt(size), 128)
  }
  header.write('00000000000\0', 136)
  header.write('        0', 148)
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

const textIn = (header: Buffer, from: number, length: number): string =>
  ended(header.toString('utf8', from, from + length))

const ended = (text: string): string => text.split('\0', 1)[0] ?? ''

/** Octal, or binary from 8 GiB on. */
const sizeIn = (header: Buffer): number =>
  ((header[124] ?? 0) & 0x80) === 0
    ? Number.parseInt(textIn(header, 124, 12).trim() || '0', 8)
    : Number(header.readBigUInt64BE(128))

/** What an entry is really called, where it leads, and how many bytes it has, where its own header has no room for that. */
type Extended = { readonly name?: string; readonly target?: string; readonly size?: number }

/** Records of POSIX, each with its length in bytes: `30 path=…\n`. A value may hold anything, line ends too. */
const paxOf = (text: Buffer): Extended => {
  const records = new Map<string, string>()
  for (let from = 0; from < text.length;) {
    const length = Number.parseInt(text.toString('latin1', from, from + 20), 10)
    if (!(length > 0)) break
    const [, key = '', value = ''] = /^\d+ ([^=]*)=(.*)\n$/s.exec(text.toString('utf8', from, from + length)) ?? []
    records.set(key, value)
    from += length
  }
  const [name, target, size] = [records.get('path'), records.get('linkpath'), records.get('size')]
  return {
    ...(name === undefined ? {} : { name }),
    ...(target === undefined ? {} : { target }),
    ...(size === undefined ? {} : { size: Number(size) }),
  }
}

/** By the type of an entry that only describes the next one: POSIX' own and global records, GNU's long names and long links. */
const extensions = {
  x: paxOf,
  g: (): Extended => ({}),
  L: (text: Buffer): Extended => ({ name: ended(text.toString('utf8')) }),
  K: (text: Buffer): Extended => ({ target: ended(text.toString('utf8')) }),
}

const isExtension = (type: string): type is keyof typeof extensions => Object.hasOwn(extensions, type)

const makeReader = (source: AsyncIterable<Buffer>) => {
  const chunks = source[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  /** What there is, `most` at most; nothing at the end. */
  const some = async (most: number): Promise<Buffer> => {
    while (held.length === 0) {
      const next = await chunks.next()
      if (next.done) return held
      held = next.value
    }
    const part = held.subarray(0, most)
    held = held.subarray(part.length)
    return part
  }
  const take = async (count: number): Promise<Buffer> => {
    const parts: Buffer[] = []
    for (let left = count; left > 0;) {
      const part = await some(left)
      if (part.length === 0) break
      parts.push(part)
      left -= part.length
    }
    return Buffer.concat(parts)
  }
  const rest = async (): Promise<void> => {
    while ((await some(Number.MAX_SAFE_INTEGER)).length > 0) continue
  }
  return { some, take, rest }
}
