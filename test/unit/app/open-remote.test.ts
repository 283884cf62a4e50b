import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openRemote } from '../../../app/remote/open-remote.ts'
import type { App, CommonFlags } from '../../../app/app.ts'

test('promote does not change the checkout of a configuration from elsewhere, which was trusted as it is', async () => {
  const flags = { config: 'https://git.example.org/team/shop.git', check: false } as unknown as CommonFlags
  await expect(openRemote({ cwd: tmpdir() } as App, 'promote', flags)).rejects.toMatchObject({ code: 'flags' })
})

test('a file that is there is no address, whatever its folder is called', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'kindup-'))
  try {
    await mkdir(join(cwd, 'shop.dev/web'), { recursive: true })
    await writeFile(join(cwd, 'shop.dev/web/kindup.yaml'), '')
    const flags = { config: 'shop.dev/web/kindup.yaml' } as unknown as CommonFlags
    expect(await openRemote({ cwd } as App, 'plan', flags)).toBeUndefined()
  } finally {
    await rm(cwd, { recursive: true })
  }
})
