import { promisify } from 'node:util'
import { gunzip, inflateRaw } from 'node:zlib'
import { EnvironmentError } from '../../core/errors.ts'

/** One file out of a .zip or .tar.gz, unpacked here: small images and older Windows have no program that does it. Throws `download-failed`. */
export const takeOut = async (archive: Buffer, path: string): Promise<Buffer> => {
  const found = isZip(archive) ? await fromZip(archive, path) : fromTar(await promisify(gunzip)(archive), path)
  if (found) return found
  throw new EnvironmentError('download-failed', `The archive holds no ${path}.`)
}

const isZip = (archive: Buffer): boolean => archive.subarray(0, 2).toString() === 'PK'

/** Headers of 512 bytes, each before its file, which fills blocks of 512. */
const fromTar = (tar: Buffer, path: string): Buffer | undefined => {
  const text = (at: number, length: number): string => tar.toString('latin1', at, at + length).replace(/\0.*$/s, '')
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const prefix = text(at + 257, 5) === 'ustar' ? text(at + 345, 155) : ''
    const name = `${prefix === '' ? '' : `${prefix}/`}${text(at, 100)}`.replace(/^\.\//, '')
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8)
    const isFile = ['', '0'].includes(text(at + 156, 1))
    if (name === path && isFile) return tar.subarray(at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
  }
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
