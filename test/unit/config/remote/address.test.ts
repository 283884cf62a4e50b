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
  ])('is read of %s', (text, url, path, ref) => {
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
    ['github.com/org/repo//a?ref=--upload-pack=x', 'is no branch, tag or commit'],
  ])('%s is refused', (text, why) => {
    expect(parseRemote(text)).toContain(why)
  })
})
