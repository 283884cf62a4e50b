import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { upstreamOf } from '../../../config/adopt/upstream.ts'
import { temporary } from '../manifests/helm/helms.ts'

const commit = 'a'.repeat(40)
const remote = '[remote "origin"]\n\turl = https://me:secret@git.example.org/shop.git\n'

it.each([
  [
    'the branch that it follows',
    {
      config: `${remote}[branch "work"]\n\tremote = origin\n\tmerge = refs/heads/main\n`,
      'refs/remotes/origin/main': commit,
    },
    { at: { branch: 'main' }, known: commit },
  ],
  [
    'the branch of the same name',
    { config: remote, 'packed-refs': `# pack-refs\n${commit} refs/remotes/origin/work\n` },
    { at: { branch: 'work' }, known: commit },
  ],
  ['the commit where no branch is checked out', { config: remote, HEAD: commit }, { at: { commit } }],
  [
    'the branch of the same name where it follows another one here',
    {
      config: `${remote}[branch "work"]\n\tremote = .\n\tmerge = refs/heads/main\n`,
      'refs/remotes/origin/work': commit,
    },
    { remote: 'origin', at: { branch: 'work' }, known: commit },
  ],
  ['none of a branch that was not pushed', { config: remote }, { hint: 'git push --set-upstream origin work' }],
  ['none without a remote', { config: '' }, { hint: 'git remote add origin URL' }],
])('reads of git %s', async (_what, files, expected) => {
  await using made = await temporary()
  for (const [name, text] of Object.entries({ HEAD: 'ref: refs/heads/work\n', ...files })) {
    mkdirSync(dirname(join(made.folder, '.git', name)), { recursive: true })
    writeFileSync(join(made.folder, '.git', name), text)
  }
  const found = upstreamOf(made.folder)
  expect(found).toMatchObject(expected)
  expect(JSON.stringify(found)).not.toContain('secret')
})
