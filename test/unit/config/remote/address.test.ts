import { describe, expect, it } from 'vitest'
import { parseRemote } from '../../../../config/remote/address.ts'

describe('the address of a configuration', () => {
  it.each([
    ['github.com/org/repo//deploy/dev@v1.2', 'https://github.com/org/repo', 'deploy/dev', 'v1.2'],
    ['github.com/org/repo', 'https://github.com/org/repo', '', undefined],
    ['github.com/org/repo/deploy?ref=main', 'https://github.com/org/repo', 'deploy', 'main'],
    [
      'git.example.org/group/sub/repo.git//a?ref=feature/x',
      'https://git.example.org/group/sub/repo.git',
      'a',
      'feature/x',
    ],
    [
      'https://git.example.org/group/repo.git//a/kindup.yaml@main',
      'https://git.example.org/group/repo.git',
      'a/kindup.yaml',
      'main',
    ],
    ['https://git.example.org/group/repo.git/a@main', 'https://git.example.org/group/repo.git', 'a', 'main'],
    ['https://me@git.example.org/repo.git', 'https://me@git.example.org/repo.git', '', undefined],
    ['git::https://git.example.org/repo//a?ref=v1', 'https://git.example.org/repo', 'a', 'v1'],
    ['git@github.com:org/repo.git//a@0f3c', 'git@github.com:org/repo.git', 'a', '0f3c'],
    ['git@github.com:org/repo.git', 'git@github.com:org/repo.git', '', undefined],
    ['git::ssh://git@host.example/org/repo.git//a', 'ssh://git@host.example/org/repo.git', 'a', undefined],
    ['file:///srv/repo.git//a@main', 'file:///srv/repo.git', 'a', 'main'],
    ['http://127.0.0.1:3000/repo.git//a', 'http://127.0.0.1:3000/repo.git', 'a', undefined],
    ['https://github.com/org/repo/deploy@v1', 'https://github.com/org/repo', 'deploy', 'v1'],
    ['https://github.com/org/repo.git/deploy', 'https://github.com/org/repo.git', 'deploy', undefined],
    ['https://github.com/org/repo/', 'https://github.com/org/repo', '', undefined],
    ['https://github.com/org/repo//tree/main', 'https://github.com/org/repo', 'tree/main', undefined],
  ])('is read of %s', (text, url, path, ref) => {
    expect(parseRemote(text)).toEqual({ url, path, ref })
  })

  it.each([
    ['https://github.com/org/repo/tree/main/deploy/dev', 'https://github.com/org/repo', 'deploy/dev', 'main'],
    ['https://github.com/org/repo/tree/main', 'https://github.com/org/repo', '', 'main'],
    ['github.com/org/repo/tree/main/deploy/', 'https://github.com/org/repo', 'deploy', 'main'],
    ['https://github.com/org/repo/blob/v1.2/a/kindup.yaml#L3', 'https://github.com/org/repo', 'a/kindup.yaml', 'v1.2'],
    ['https://github.com/org/repo/commit/0f3c', 'https://github.com/org/repo', '', '0f3c'],
    ['https://github.com/org/repo/releases/tag/v1.2', 'https://github.com/org/repo', '', 'v1.2'],
    ['https://github.com/org/repo/tree/HEAD/a%20b?tab=readme', 'https://github.com/org/repo', 'a b', undefined],
    [
      'https://raw.githubusercontent.com/org/repo/refs/heads/main/a.yaml',
      'https://github.com/org/repo',
      'a.yaml',
      'main',
    ],
    ['https://me@git.example.org/a/b/c/-/tree/main/d?ref_type=heads', 'https://me@git.example.org/a/b/c', 'd', 'main'],
    ['https://git.example.org/a/b/-/blob/main/kindup.yaml', 'https://git.example.org/a/b', 'kindup.yaml', 'main'],
    ['https://codeberg.org/org/repo/src/branch/main/deploy', 'https://codeberg.org/org/repo', 'deploy', 'main'],
    ['https://bitbucket.org/org/repo/src/main/deploy', 'https://bitbucket.org/org/repo', 'deploy', 'main'],
    ['http://localhost:3000/org/repo/src/tag/v1/a', 'http://localhost:3000/org/repo', 'a', 'v1'],
  ])('is read of a page of %s', (text, url, path, ref) => {
    expect(parseRemote(text)).toEqual({ url, path, ref })
  })

  it.each([
    'kindup.yaml',
    './deploy',
    '../other/kindup.yaml',
    '/srv/kindup.yaml',
    'deploy/kindup.yaml',
    'a@b.yaml',
    'v1.2/kindup.yaml',
  ])('is none in %s', (text) => {
    expect(parseRemote(text)).toBeUndefined()
  })

  it.each([
    ['git::deploy', 'git:: stands before an address'],
    ['http://git.example.org/repo.git', 'not encrypted'],
    ['git://git.example.org/repo.git', 'neither encrypted nor signed'],
    ['github.com/org/repo//../..', 'leads out of the repository'],
    ['https://github.com/org/repo/tree/main/../../a', 'leads out of the repository'],
    ['https://github.com/org/repo/tree/main/%2e%2e/a', 'leads out of the repository'],
    ['https://github.com/org/repo/tree/--upload-pack=x', 'is no branch, tag or commit'],
    ['github.com/org/repo//a?ref=--upload-pack=x', 'is no branch, tag or commit'],
  ])('%s is refused', (text, why) => {
    expect(parseRemote(text)).toContain(why)
  })
})
