import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { existingAccess } from '../../../../cluster/existing/access.ts'
import { bindTo, type Ends } from '../../../../core/bound.ts'

it('gives tools a copy of one context for as long as the command runs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-existing-access-'))
  const file = join(folder, 'kubeconfig')
  await writeFile(
    file,
    `
contexts: [{ name: dev, context: { cluster: dev, user: me } }, { name: other, context: { cluster: dev, user: you } }]
clusters: [{ name: dev, cluster: { server: "https://127.0.0.1:6443" } }]
users: [{ name: me, user: { token: mine } }, { name: you, user: { token: yours } }]
`,
  )
  const cacheFolder = join(folder, 'cache')
  const ends: Ends = new Set()
  const access = existingAccess({ context: 'dev', paths: { cacheFolder }, env: { KUBECONFIG: file } })
  await bindTo(
    new AbortController().signal,
    async () => {
      const copy = await access.kubeconfig()
      const text = await readFile(copy, 'utf8')
      expect([text.includes('mine'), text.includes('yours')]).toEqual([true, false])
      expect((await stat(copy)).mode & 0o777).toBe(0o600)
      expect(await access.renew()).toBe(true)
      expect(await access.kubeconfig()).toBe(copy)
    },
    { ends, isRoot: true },
  )
  for (const end of ends) await end()
  expect(await readdir(join(cacheFolder, 'private'))).toEqual([])
  await rm(folder, { recursive: true })
})
