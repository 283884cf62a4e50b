import { rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { authorityFiles, authorityFolder } from './authority.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Deletes kindup's own authority, and the folders that are empty then. Nothing there is no error. */
export const removeAuthority = async (env: Env): Promise<void> => {
  const folder = authorityFolder(env)
  const { certificate, key } = authorityFiles(folder)
  await rm(certificate, { force: true })
  await rm(key, { force: true })
  for (const empty of [`${folder}/stores`, folder, dirname(folder)]) await rmdir(empty).catch(() => undefined)
}
