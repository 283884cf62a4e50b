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
