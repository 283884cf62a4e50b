import { existsSync } from 'node:fs'
import type { Undo } from '../cluster/undo.ts'
import { authorityFiles, authorityFolder } from '../trust/authority.ts'
import { removeAuthority } from '../trust/remove-authority.ts'
import { readTrusted } from '../trust/trusted.ts'

/** What `down --purge` does with kindup's own certificate authority: it stays where other clusters or this machine's stores have it. */
export const authorityUndo = (env: Readonly<Record<string, string | undefined>>, others: readonly string[]): Undo => ({
  title: 'the certificate authority',
  run: async () => {
    const folder = authorityFolder(env)
    const { certificate } = authorityFiles(folder)
    if (!existsSync(certificate)) return { removed: [], kept: [], said: [] }
    const what = `certificate authority ${certificate}`
    const why = (await readTrusted(folder))
      ? '`kindup untrust` takes it out of the stores of this machine, and deletes it'
      : others.length > 0
        ? `${new Intl.ListFormat('en').format(others)} may use it`
        : undefined
    if (why !== undefined) return { removed: [], kept: [`${what} (${why})`], said: [] }
    await removeAuthority(env)
    return { removed: [what], kept: [], said: [] }
  },
})
