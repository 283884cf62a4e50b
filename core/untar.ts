import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract } from 'tar-stream'
import { EnvironmentError, KindupError } from './errors.ts'

/** One entry of an archive. Its body has to be read to its end before the next one is asked for. */
export type TarEntry = {
  readonly name: string
  readonly size: number
  readonly kind: 'file' | 'link' | 'other'
  /** Where a link leads. */
  readonly target: string
  readonly body: () => AsyncIterable<Buffer>
}

/**
 * The entries of an archive as it comes. Throws EnvironmentError `program-output` where it is none or ends in the middle, and
 * what its source throws; `what` begins the sentence.
 */
export async function* readTar(source: AsyncIterable<Buffer>, what = 'The archive'): AsyncGenerator<TarEntry> {
  const entries = extract()
  // What goes wrong with the source, or with what it says, is thrown where the entries are asked for.
  void pipeline(Readable.from(source), entries).catch(() => undefined)
  try {
    for await (const entry of entries) {
      const { name, size, type, linkname } = entry.header
      const body = () => told(Readable.from(entry), what)
      yield { name, size, kind: kindOf(type), target: linkname ?? '', body }
      // Whoever did not want it leaves it.
      entry.resume()
    }
  } catch (error) {
    throw tarError(error, what)
  }
}

async function* told(chunks: AsyncIterable<Buffer>, what: string): AsyncGenerator<Buffer> {
  try {
    yield* chunks
  } catch (error) {
    throw tarError(error, what)
  }
}

/** A program that is stopped halfway may write a part of an archive and end well. What has a code comes from a disk or a pipe. */
const tarError = (error: unknown, what: string): unknown => {
  if (error instanceof KindupError || !(error instanceof Error)) return error
  if ('code' in error && !String(error.code).startsWith('ERR_STREAM')) return error
  return new EnvironmentError('program-output', `${what} is no whole archive: ${error.message.replace(/\.$/, '')}.`, {
    hints: ['Try it again: what stopped it halfway may be over.'],
    cause: error,
  })
}

const kindOf = (type: string | null | undefined): TarEntry['kind'] =>
  type === 'file' || type === 'contiguous-file' ? 'file' : type === 'link' || type === 'symlink' ? 'link' : 'other'
