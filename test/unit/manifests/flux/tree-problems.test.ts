import { expect, it } from 'vitest'
import { treeIgnored } from '../../../../gitops/tree/tree-files.ts'
import { treeProblems } from '../../../../manifests/flux/tree-problems.ts'
import { tree } from '../../../support/tree.ts'

it('tells a plan that a working tree is large, and what makes it so', () => {
  using at = tree({
    'small.yaml': 'a',
    'media/film.mp4': 'x'.repeat(300_000),
    '.gitignore': 'kept\n',
    kept: 'y'.repeat(400_000),
  })
  const worktree = { root: at.folder }
  expect(treeProblems(worktree, treeIgnored(worktree))).toEqual([])
  expect(treeProblems(worktree, treeIgnored(worktree), 200_000)).toEqual([
    {
      severity: 'warning',
      message: expect.stringMatching(/^The working tree is 0\.3 MB, .*: media\/film\.mp4 \(0\.3 MB\)\. /),
      at: { file: at.folder },
      untilUp: true,
    },
  ])
})
