import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Tracked = { readonly files: ReadonlySet<string>; readonly folders: ReadonlySet<string> }

const nothing: Tracked = { files: new Set(), folders: new Set() }

/**
 * What git tracks, by its index: such a file travels though a `.gitignore` names it. Nothing where there is no index, or
 * one that nobody here can read. Source: gitformat-index(5), versions 2 to 4.
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
  for (let left = index.readUInt32BE(8); left > 0 && at + 62 < index.length; left--) {
    const isExtended = version > 2 && (index.readUInt16BE(at + 60) & 0x4000) !== 0
    let from = at + (isExtended ? 64 : 62)
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
