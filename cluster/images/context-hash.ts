import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readFile, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { systemCode } from '../../core/errors.ts'
import type { Input } from '../../core/watch/inputs.ts'
import { isPassing } from '../../core/watch/passing.ts'
import { dockerignore, type Ignored } from './dockerignore.ts'

/** Files read at the same time: enough to keep a disk busy, far below the limit of open files. */
const atOnce = 32
/** Larger files are streamed instead of held in memory. */
const large = 8 * 1024 * 1024

/** What is in a build context: by path, in their order, a description that is another one where the file is. */
export type ContextFiles = ReadonlyMap<string, string>

/** A hash of all of them. */
export const hashOfContext = (files: ContextFiles): string =>
  createHash('sha256')
    .update([...files].map((entry) => entry.join('\0')).join('\n'))
    .digest('hex')
    .slice(0, 16)

/**
 * Everything in a build context that its .dockerignore lets in: paths, contents, executable bits, targets of
 * links. Times and owners do not count, so that a fresh checkout is the same context; nor do files of editors.
 */
export const contextFiles = async (
  context: string,
  dockerfile: string,
  known: KnownFiles = new Map(),
  ignored: Promise<Ignored> = ignoredIn(context, dockerfile),
): Promise<ContextFiles> => {
  const paths = await filesOf(context, await ignored)
  const descriptions: string[] = Array.from({ length: paths.length })
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < paths.length) {
      const index = next++
      descriptions[index] = await described(join(context, paths[index] ?? ''), known)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return new Map(paths.map((path, index) => [path, descriptions[index] ?? '']))
}

/** Where a build's files lie: what of the context is let in, the Dockerfile, and what says what is let in. */
export const contextInputs = async (
  context: string,
  dockerfile: string,
  ignored: Promise<Ignored> = ignoredIn(context, dockerfile),
): Promise<readonly Input[]> => [
  { path: context, ignored: await ignored },
  { path: dockerfile },
  ...ignoreFiles(context, dockerfile).map((path) => ({ path })),
]

/** `<Dockerfile>.dockerignore` stands in for the context's own, as in BuildKit. */
const ignoreFiles = (context: string, dockerfile: string): readonly string[] => [
  `${dockerfile}.dockerignore`,
  join(context, '.dockerignore'),
]

/** What of a context is not sent. */
export const ignoredIn = async (context: string, dockerfile: string): Promise<Ignored> => {
  for (const file of ignoreFiles(context, dockerfile)) {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return undefined
      throw error
    })
    if (text !== undefined) return dockerignore(text)
  }
  return dockerignore('')
}

/** The files of a context, sorted by their bytes, with forward slashes. */
const filesOf = async (context: string, ignored: Ignored): Promise<readonly string[]> => {
  const found: string[] = []
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(join(context, folder), { withFileTypes: true })
    await Promise.all(
      entries.map(async (entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`
        // vim's swap file changes with every save, of others too: it is sent with the build, and no reason for one.
        if (isPassing(entry.name)) return
        if (entry.isDirectory()) {
          if (!ignored.wholly(path)) await walk(path)
        } else if ((entry.isFile() || entry.isSymbolicLink()) && !ignored.matches(path)) found.push(path)
      }),
    )
  }
  await walk('')
  return found.toSorted((a, b) => (a < b ? -1 : 1))
}

/** What an earlier look of the same run found: by path, what the system says of the file and what is in it. */
export type KnownFiles = Map<string, { readonly identity: string; readonly description: string }>

/** Clocks of file systems go in steps: a file that was written just now may be written again within the same one. */
const settledMs = 2_000

const described = async (path: string, known: KnownFiles): Promise<string> => {
  const stat = await lstat(path, { bigint: true })
  if (stat.isSymbolicLink()) return `link ${await readlink(path)}`
  // The time of the last change of the inode cannot be set back, as that of the contents can.
  const identity = [stat.ino, stat.size, stat.mode, stat.mtimeNs, stat.ctimeNs].join(' ')
  const before = known.get(path)
  if (before?.identity === identity) return before.description
  const isSettled = Date.now() - Number(stat.ctimeMs) > settledMs
  const hash = createHash('sha256')
  if (stat.size > large) await pipeline(createReadStream(path), hash)
  else hash.update(await readFile(path))
  const description = `${(stat.mode & 0o111n) === 0n ? 'file' : 'program'} ${hash.digest('hex')}`
  if (isSettled) known.set(path, { identity, description })
  return description
}
