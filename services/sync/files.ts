import { lstat, readFile, readlink } from 'node:fs/promises'
import { buffer } from 'node:stream/consumers'
import { join, posix } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pack } from 'tar-stream'
import type { Destinations } from '../../cluster/images/copied.ts'
import { systemCode } from '../../core/errors.ts'
import { SyncRefused } from './refused.ts'

/** A file as it goes into containers. `to` is absolute; without a body it is to be taken away. */
export type SyncedFile = { readonly to: string; readonly body?: FileBody }

type FileBody =
  | { readonly kind: 'file'; readonly mode: number; readonly bytes: Buffer }
  | { readonly kind: 'link'; readonly target: string }

/** More is no save, and all of it is held in memory. */
const mostBytes = 64 * 1024 * 1024
const tries = 10
const againMs = 50

/** Reads files of a build context (paths relative to it) for every place that they have in a container. Throws SyncRefused. */
export const readSynced = async (
  context: string,
  paths: readonly string[],
  placesOf: (path: string) => Destinations,
): Promise<readonly SyncedFile[]> => {
  let bytes = 0
  const read = await Promise.all(
    paths.map(async (path) => {
      const places = placesOf(path)
      if ('built' in places) throw new SyncRefused(`${path} has to be built: ${places.built}.`)
      const body = await bodyOf(join(context, path), path)
      if (body?.kind === 'file') bytes += body.bytes.length
      if (bytes > mostBytes) throw new SyncRefused(`More than ${mostBytes / 1024 / 1024} MB were saved.`)
      return places.to.map((to) => ({ to, ...(body && { body }) }))
    }),
  )
  return read.flat()
}

/** The whole of a file as it was at one moment; undefined where there is none. */
const bodyOf = async (path: string, shown: string): Promise<FileBody | undefined> => {
  for (let count = 0; count < tries; count++) {
    try {
      const before = await lstat(path, { bigint: true })
      if (before.isSymbolicLink()) return { kind: 'link', target: await readlink(path) }
      if (!before.isFile()) return undefined
      if (before.size > BigInt(mostBytes))
        throw new SyncRefused(`${shown} is larger than ${mostBytes / 1024 / 1024} MB.`)
      const bytes = await readFile(path)
      const after = await lstat(path, { bigint: true })
      const isSame = ['ino', 'size', 'mtimeNs', 'ctimeNs'] as const
      if (isSame.every((key) => before[key] === after[key]))
        return { kind: 'file', mode: Number(after.mode & 0o777n), bytes }
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined
      throw error
    }
    await pause(againMs)
  }
  throw new SyncRefused(`${shown} changes all the time while it is read.`)
}

/** An archive of those that are there, for `tar` in the root folder of a container. */
export const archiveOf = (files: readonly SyncedFile[]): Promise<Buffer> =>
  packed(files.flatMap(({ to, body }) => (body ? [{ name: nameOf(to), body }] : [])))

/** The same as a layer of an image: what is to be taken away has a whiteout, as OCI has it. */
export const layerOf = (files: readonly SyncedFile[]): Promise<Buffer> =>
  packed(
    files.map(({ to, body = nothing }) =>
      body === nothing
        ? { name: nameOf(posix.join(posix.dirname(to), `.wh.${posix.basename(to)}`)), body }
        : { name: nameOf(to), body },
    ),
  )

const nothing: FileBody = { kind: 'file', mode: 0o600, bytes: Buffer.alloc(0) }

const nameOf = (to: string): string => to.replace(/^\/+/, '')

const packed = async (entries: readonly { readonly name: string; readonly body: FileBody }[]): Promise<Buffer> => {
  const archive = pack()
  const whole = buffer(archive)
  const mtime = new Date()
  for (const { name, body } of entries)
    if (body.kind === 'link') archive.entry({ name, type: 'symlink', linkname: body.target, mtime })
    else archive.entry({ name, mode: body.mode, mtime }, body.bytes)
  archive.finalize()
  return whole
}
