import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { atEnd } from '../../core/bound.ts'
import type { Observations } from '../../core/observations.ts'
import { once } from '../../core/shared.ts'
import { accessOver, type Access } from '../kind/access.ts'
import type { ClusterPaths } from '../paths.ts'
import { openPrivateFolder } from '../private-folder.ts'
import { asKubeconfig, findContext } from './context.ts'

type Options = {
  readonly context: string
  readonly paths: Pick<ClusterPaths, 'cacheFolder'>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
  readonly looks?: Observations | undefined
}

/**
 * How the cluster of a context is reached: the user's kubeconfig is read, and never written. Every tool gets a copy of that
 * one context, which is made for this command and gone with it: it holds a login.
 */
export const existingAccess = ({ context, paths, env, signal, looks }: Options): Access => {
  const place = once(async () => {
    const folder = await openPrivateFolder(paths.cacheFolder)
    atEnd(() => rm(folder, { recursive: true, force: true }))
    return join(folder, 'kubeconfig')
  })
  const write = async (): Promise<string> => {
    const text = asKubeconfig(await findContext(context, env))
    const file = await place()
    await writeFileAtomic(file, text, { mode: 0o600 })
    return file
  }
  return accessOver({ context, signal, looks, find: write, write })
}
