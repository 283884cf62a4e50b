import { expect, it } from 'vitest'
import { CommandError, type Run } from '../../../../core/run.ts'
import { behindRemote } from '../../../../manifests/problems/behind-remote.ts'
import { madeDeployable } from '../made-deployable.ts'

const remote = { url: 'https://git.test/shop', at: { branch: 'main' }, path: 'k', of: { kind: 'manifests' } } as const
const delivery = { tool: 'argocd', home: 'argocd', name: 'web', repository: 'x', port: 1 } as const
const gitopsAt = { file: 'kindup.yaml', line: 7 }
const web = (known?: string, isLeft = true) =>
  madeDeployable('service/web', {
    source: { kind: 'manifests', paths: ['/nowhere/k'] },
    delivery: { ...delivery, ...(isLeft ? { remote: { ...remote, ...(known === undefined ? {} : { known }) } } : {}) },
    gitopsAt,
  })

const git = (changed: string, added = '', code = 0) => {
  const asked: (readonly string[])[] = []
  const run: Run = (_program: string, args: readonly string[]) => {
    asked.push(args)
    return Promise.resolve({ stdout: args.includes('diff') ? changed : added, stderr: '', code })
  }
  return { asked, run }
}

it('warns of the files that differ from what git here knows of the remote', async () => {
  const { run, asked } = git('k/a.yaml\0k/b.yaml\0', 'k/b.yaml\0k/c.yaml\0k/d.yaml\0')
  expect(await behindRemote([web('abc')], '/nowhere', run)).toEqual([
    {
      severity: 'warning',
      step: 'service/web',
      at: gitopsAt,
      message:
        'service/web is what https://git.test/shop holds, and here k/a.yaml, k/b.yaml, k/c.yaml and 1 more differ from that: not committed, not pushed, or not fetched.',
      hint: '`git push` what is committed; `source: worktree` deploys the files as they are here.',
    },
  ])
  expect(asked[0]).toEqual(['-C', '/nowhere', 'diff', '--name-only', '-z', 'abc', '--', 'k'])
  const [one] = await behindRemote([web('abc')], '/nowhere', git('k/a.yaml\0').run)
  expect(one?.message).toContain('k/a.yaml differs from that')
})

it('says nothing where nothing differs, git knows nothing or is not there, and asks nothing of other services', async () => {
  expect(await behindRemote([web('abc')], '/nowhere', git('').run)).toEqual([])
  expect(await behindRemote([web('abc')], '/nowhere', git('fatal: bad object\0', '', 128).run)).toEqual([])
  const { run, asked } = git('k/a.yaml\0')
  expect(await behindRemote([web(), web('abc', false)], '/nowhere', run)).toEqual([])
  expect(asked).toEqual([])
  const none: Run = () =>
    Promise.reject(
      new CommandError('command-missing', 'There is no git.', {
        command: 'git',
        exitStatus: undefined,
        stdout: '',
        stderr: '',
      }),
    )
  expect(await behindRemote([web('abc')], '/nowhere', none)).toEqual([])
})
