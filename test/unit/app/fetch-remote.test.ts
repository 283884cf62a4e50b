import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fetchRemote, folderOf } from '../../../app/remote/fetch-remote.ts'
import { ownRepository } from '../../../config/adopt/own-repository.ts'
import type { Run } from '../../../core/run.ts'

test('a checkout is the top level of its repository, even below another one, and known by its address', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'kindup-'))
  const commit = 'a'.repeat(40)
  const run = ((_program: string, args: readonly string[]) =>
    Promise.resolve({ stdout: args.includes('ls-remote') ? `${commit}\tHEAD\n` : '' })) as unknown as Run
  try {
    const address = { url: 'https://me:secret@git.example.org/team/shop.git', path: 'deploy', ref: undefined }
    const checkout = await fetchRemote(address, cache, run)
    expect(ownRepository(folderOf(checkout))).toEqual({
      root: checkout.folder,
      remotes: new Set(['git.example.org/team/shop']),
    })
  } finally {
    await rm(cache, { recursive: true, force: true })
  }
})

/** Fetches a repository that has one link. */
const fetchLink = async (target: string): Promise<unknown> => {
  const cache = await mkdtemp(join(tmpdir(), 'kindup-'))
  const link = `120000 blob ${'b'.repeat(40)}\tdeploy/link\0`
  const answers = { 'ls-remote': `${'a'.repeat(40)}\tHEAD\n`, 'ls-tree': link, 'cat-file': target }
  const run = ((_program: string, args: readonly string[]) =>
    Promise.resolve({
      stdout: Object.entries(answers).find(([word]) => args.includes(word))?.[1] ?? '',
    })) as unknown as Run
  try {
    return await fetchRemote({ url: 'https://git.example.org/team/shop.git', path: '', ref: undefined }, cache, run)
  } finally {
    await rm(cache, { recursive: true, force: true })
  }
}

test.each([
  '../../etc/passwd',
  '/etc/passwd',
  // What `up` leads to may be further up than its own folder is.
  'deep/up/../../etc/passwd',
  'a//./../b',
])('a link to %s is refused', async (target) => {
  await expect(fetchLink(target)).rejects.toThrow(`deploy/link of the repository is a link to ${target}`)
})

test.each(['../shared/values.yaml', './values.yaml', '..', './.././a..b'])('a link to %s is taken', async (target) => {
  expect(await fetchLink(target)).toMatchObject({ isKept: false })
})
