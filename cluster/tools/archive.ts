import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gunzip, inflateRaw } from 'node:zlib'
import { readTar } from '../../core/untar.ts'
import { EnvironmentError, messageOf } from '../../core/errors.ts'

/** One file out of a .zip or .tar.gz, unpacked here: small images and older Windows have no program that does it. Throws `download-failed`. */
export const takeOut = async (archive: Buffer, path: string): Promise<Buffer> => {
  const found = await (isZip(archive) ? fromZip(archive, path) : fromTar(archive, path)).catch((cause: unknown) => {
    throw new EnvironmentError(
      'download-failed',
      `The archive cannot be read: ${messageOf(cause).replace(/\.$/, '')}.`,
      { cause },
    )
  })
  if (found) return found
  throw new EnvironmentError('download-failed', `The archive holds no ${path}.`)
}

const isZip = (archive: Buffer): boolean => archive.subarray(0, 2).toString() === 'PK'

const fromTar = async (archive: Buffer, path: string): Promise<Buffer | undefined> => {
  const tar = await promisify(gunzip)(archive)
  for await (const { name, kind, body } of readTar(Readable.from([tar]), 'It'))
    if (kind === 'file' && name.replace(/^\.\//, '') === path) return buffer(body())
  return undefined
}

/** The directory is at the end; its own end is found from behind, because a comment may follow. */
const fromZip = async (zip: Buffer, path: string): Promise<Buffer | undefined> => {
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006'))
  if (end < 0) return undefined
  const entries = zip.readUInt16LE(end + 10)
  let at = zip.readUInt32LE(end + 16)
  for (let entry = 0; entry < entries; entry++) {
    const nameLength = zip.readUInt16LE(at + 28)
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength).replaceAll('\\', '/')
    if (name === path) {
      const packed = zip.readUInt32LE(at + 20)
      const local = zip.readUInt32LE(at + 42)
      const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
      const bytes = zip.subarray(start, start + packed)
      return zip.readUInt16LE(at + 10) === 0 ? bytes : promisify(inflateRaw)(bytes)
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
  }
  return undefined
}
