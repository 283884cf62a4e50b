import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Tracked = { readonly files: ReadonlySet<string>; readonly folders: ReadonlySet<string> }

const nothing: Tracked = { files: new Set(), folders: new Set() }

/**
 * What git tracks, by its index: such a file travels though a `.gitignore` names it. Nothing where there is no index, or
 * one that nobody here can read. Source: gitformat-index(5), versions 2 to 4, with hashes of SHA-1 or SHA-256.
 */
export const trackedFiles = (gitFolder: string | undefined): Tracked => {
  if (gitFolder === undefined) return nothing
  let index: Buffer
  try {
    index = readFileSync(join(gitFolder, 'index'))
  } catch {
    return nothing
  }
  const version = index.length > 12 && index.toString('latin1', 0, 4) === 'DIRC' ? index.readUInt32BE(4) : 0
  if (version < 2 || version > 4) return nothing
  const files = new Set<string>()
  const folders = new Set<string>()
  let [at, last] = [12, Buffer.alloc(0)]
  const fixed = fixedBytes(index, version)
  for (let left = index.readUInt32BE(8); left > 0 && at + fixed < index.length; left--) {
    const isExtended = version > 2 && (index.readUInt16BE(at + fixed - 2) & 0x4000) !== 0
    let from = at + fixed + (isExtended ? 2 : 0)
    let kept = Buffer.alloc(0)
    if (version === 4) {
      const { value, end } = offsetAt(index, from)
      kept = last.subarray(0, Math.max(0, last.length - value))
      from = end
    }
    const end = index.indexOf(0, from)
    if (end < 0) break
    last = Buffer.concat([kept, index.subarray(from, end)])
    // Entries of the older versions are filled up to a multiple of eight.
    at = version === 4 ? end + 1 : at + ((end - at + 8) & ~7)
    const path = last.toString('utf8')
    files.add(path)
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
      folders.add(path.slice(0, slash))
  }
  return { files, folders }
}

/** Of an entry, up to its flags: the index does not say which hash it has, and the flags of the first entry end with the length of its path. */
const fixedBytes = (index: Buffer, version: number): number => {
  const [start, bySha1, bySha256] = [12, 62, 74]
  const fits = (fixed: number): boolean => {
    if (start + fixed > index.length) return false
    const flags = index.readUInt16BE(start + fixed - 2)
    const isExtended = version > 2 && (flags & 0x4000) !== 0
    const before = start + fixed + (isExtended ? 2 : 0)
    const from = version === 4 ? offsetAt(index, before).end : before
    const length = index.indexOf(0, from) - from
    return length > 0 && Math.min(length, 0xfff) === (flags & 0xfff)
  }
  return !fits(bySha1) && fits(bySha256) ? bySha256 : bySha1
}

/** A number of variable length, as packs have them for offsets. */
const offsetAt = (bytes: Buffer, from: number): { readonly value: number; readonly end: number } => {
  let at = from
  let byte = bytes[at++] ?? 0
  let value = byte & 127
  while ((byte & 128) !== 0) {
    byte = bytes[at++] ?? 0
    value = ((value + 1) << 7) + (byte & 127)
  }
  return { value, end: at }
}
