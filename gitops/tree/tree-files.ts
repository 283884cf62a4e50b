import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isPassing } from '../../core/watch/passing.ts'
import { gitIgnored, type GitIgnored } from './git-ignored.ts'

/** A working tree as a GitOps controller is to have it. Plain JSON: the cluster remembers it. */
export type Tree = {
  /** Absolute path of the top level of the repository: where paths start. */
  readonly root: string
  /** Absolute path of the folder in it that is packed; all of it if left out. */
  readonly only?: string
  /** Absolute paths of files that stay here. */
  readonly withheld?: readonly string[]
}

/** The working tree of a repository that objects of a GitOps tool name by its address. */
export type OwnTree = Tree & {
  /** The addresses of its remotes, as `repositoryKey` has them; left out where it has none, and every address is taken for it. */
  readonly remotes?: readonly string[]
}

/** What of a tree travels: relative paths of files and links, sorted. `.git` never does, nor what git ignores. */
export const treeFiles = (tree: Tree, ignored: GitIgnored = treeIgnored(tree)): readonly string[] => {
  const found: string[] = []
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(tree.root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      // A swap file of an editor comes and goes with every save.
      if (isPassing(entry.name)) continue
      if (entry.isDirectory()) {
        if (!ignored.wholly(path)) walk(path)
      } else if ((entry.isFile() || entry.isSymbolicLink()) && !ignored.matches(path)) found.push(path)
    }
  }
  if (lstatSync(tree.root, { throwIfNoEntry: false })?.isDirectory() === true) walk('')
  return found.toSorted((a, b) => (a < b ? -1 : 1))
}

/** What of a tree does not travel. */
export const treeIgnored = ({ root, only, withheld = [] }: Tree): GitIgnored => {
  const git = gitIgnored(root)
  const held = new Set(withheld)
  const part = only === undefined || only === root ? '' : only.slice(root.length + 1)
  const isBeside = (path: string): boolean => part !== '' && path !== part && !path.startsWith(`${part}/`)
  return {
    by: git.by,
    matches: (path) => isBeside(path) || held.has(join(root, path)) || git.matches(path),
    wholly: (folder) => (isBeside(folder) && !part.startsWith(`${folder}/`)) || git.wholly(folder),
  }
}
