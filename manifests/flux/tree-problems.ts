import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../../core/problem.ts'
import type { GitIgnored } from '../../gitops/tree/git-ignored.ts'
import { saysLarge } from '../../gitops/tree/large-tree.ts'
import { leavesTree, leavingLink } from '../../gitops/tree/leaving-link.ts'
import { treeFiles, type OwnTree } from '../../gitops/tree/tree-files.ts'

/** Links of a working tree that lead out of it, with which it cannot be packed, and that it is large: bytes, `most` unless left out. */
export const treeProblems = (worktree: OwnTree, ignored: GitIgnored, most?: number): readonly Problem[] => {
  const problems: Problem[] = []
  const sizes: (readonly [string, number])[] = []
  for (const path of treeFiles(worktree, ignored)) {
    const file = join(worktree.root, path)
    const stats = lstatSync(file, { throwIfNoEntry: false })
    if (stats?.isFile() === true) sizes.push([path, stats.size])
    if (stats?.isSymbolicLink() !== true) continue
    const target = leavingLink(file, worktree.root)
    if (target !== undefined) problems.push({ severity: 'error', ...leavesTree(file, target), at: { file } })
  }
  const message = saysLarge(sizes, most)
  // Who packs it says so again, once it does.
  return message === undefined
    ? problems
    : [...problems, { severity: 'warning', message, at: { file: worktree.root }, untilUp: true }]
}
