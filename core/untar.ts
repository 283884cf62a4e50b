import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract } from 'tar-stream'

/** One entry of an archive. Its body has to be read to its end before the next one is asked for. */
export type TarEntry = {
  readonly name: string
  readonly size: number
  readonly kind: 'file' | 'link' | 'other'
  /** Where a link leads. */
  readonly target: string
  readonly body: () => AsyncIterable<Buffer>
}

/** The entries of an archive as it comes. Throws where it ends in the middle. */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const entries = extract()
  // What goes wrong with the source, or with what it says, is thrown where the entries are asked for.
  void pipeline(Readable.from(source), entries).catch(() => undefined)
  for await (const entry of entries) {
    const { name, size, type, linkname } = entry.header
    yield { name, size, kind: kindOf(type), target: linkname ?? '', body: () => Readable.from(entry) }
    // Whoever did not want it leaves it.
    entry.resume()
  }
}

const kindOf = (type: string | null | undefined): TarEntry['kind'] =>
  type === 'file' || type === 'contiguous-file' ? 'file' : type === 'link' || type === 'symlink' ? 'link' : 'other'
