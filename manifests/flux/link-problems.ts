import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Problem } from '../../core/problem.ts'
import type { GitIgnored } from '../../gitops/tree/git-ignored.ts'
import { leavesTree, leavingLink } from '../../gitops/tree/leaving-link.ts'
import { treeFiles, type OwnTree } from '../../gitops/tree/tree-files.ts'

/** Links of a working tree that lead out of it: it cannot be packed with them. */
export const linkProblems = (worktree: OwnTree, ignored: GitIgnored): readonly Problem[] =>
  treeFiles(worktree, ignored).flatMap((path): readonly Problem[] => {
    const file = join(worktree.root, path)
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return []
    const target = leavingLink(file, worktree.root)
    return target === undefined ? [] : [{ severity: 'error', ...leavesTree(file, target), at: { file } }]
  })
