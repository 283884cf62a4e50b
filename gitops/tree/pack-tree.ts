import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { tarEnd, tarHeader, tarPadding } from '../../cluster/load/tar.ts'
import { EnvironmentError, messageOf, systemCode } from '../../core/errors.ts'
import { artifactOf, type Artifact } from '../artifact/pack.ts'
import { saysLarge } from './large-tree.ts'
import { leavingLink, leavesTree } from './leaving-link.ts'
import { treeFiles, type Tree } from './tree-files.ts'

const artifactType = 'application/vnd.kindup.tree.v1'

export type PackedTree = { readonly artifact: Artifact; readonly warnings: readonly string[] }

/**
 * Packs a working tree: the same files give the same digest, on any machine at any time and in whatever order a disk lists
 * them; only names, contents, executable bits and the targets of links count. `changed` may give a file another text for those
 * that read the artifact. Throws `not-packed` for a link that leads out of the tree.
 */
export const packTree = (
  tree: Tree,
  changed: (path: string, bytes: Buffer) => Buffer = (_path, bytes) => bytes,
  most?: number,
): PackedTree => {
  const parts: Buffer[] = []
  const sizes: (readonly [path: string, bytes: number])[] = []
  for (const path of treeFiles(tree)) {
    const full = join(tree.root, path)
    // What was deleted since it was listed is no longer there to be packed.
    const stats = lstatSync(full, { throwIfNoEntry: false })
    if (!stats) continue
    if (stats.isSymbolicLink()) {
      const out = leavingLink(full, tree.root)
      if (out !== undefined) {
        const { message, hint } = leavesTree(full, out)
        throw new EnvironmentError('not-packed', message, { hints: [hint] })
      }
      parts.push(...named(path, 0, { mode: 0o777, type: 'link', target: readlinkSync(full) }))
      continue
    }
    const read = contentOf(full)
    if (!read) continue
    const bytes = changed(path, read)
    parts.push(
      ...named(path, bytes.length, { mode: (stats.mode & 0o111) === 0 ? 0o644 : 0o755 }),
      bytes,
      tarPadding(bytes.length),
    )
    sizes.push([path, bytes.length])
  }
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0)
  const said = saysLarge(sizes, most)
  return {
    artifact: artifactOf(Buffer.concat([...parts, tarEnd]), artifactType, total),
    warnings: said === undefined ? [] : [said],
  }
}

/** Names that a header has no room for stand in a record before it. */
const named = (path: string, size: number, entry: NonNullable<Parameters<typeof tarHeader>[2]>): readonly Buffer[] => {
  const { target = '' } = entry
  const records = [
    ...(Buffer.byteLength(path) > 100 ? [record('path', path)] : []),
    ...(Buffer.byteLength(target) > 100 ? [record('linkpath', target)] : []),
  ]
  if (records.length === 0) return [tarHeader(path, size, entry)]
  const about = Buffer.concat(records)
  return [
    tarHeader('about', about.length, { type: 'x' }),
    about,
    tarPadding(about.length),
    tarHeader(path, size, entry),
  ]
}

/** `30 path=…\n`: the number counts itself. */
const record = (key: string, value: string): Buffer => {
  const rest = Buffer.from(` ${key}=${value}\n`)
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

/** Undefined where it was deleted a moment ago. */
const contentOf = (file: string): Buffer | undefined => {
  try {
    return readFileSync(file)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw new EnvironmentError('not-packed', `${file} cannot be read for the GitOps controller: ${messageOf(error)}`, {
      cause: error,
      hints: [`chmod u+r ${file}, or a line in .gitignore that leaves it out`],
    })
  }
}
