import { writeFileAtomic } from '../../core/atomic-write.ts'
import { accessOver, type Access } from '../kind/access.ts'
import type { ClusterPaths } from '../paths.ts'
import { asKubeconfig, findContext } from './context.ts'

type Options = {
  readonly context: string
  readonly paths: ClusterPaths
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

/** How the cluster of a context is reached: the user's kubeconfig is read, and never written. Every tool gets a copy of that one context. */
export const existingAccess = ({ context, paths, env, signal }: Options): Access => {
  const write = async (): Promise<string> => {
    await writeFileAtomic(paths.kubeconfig, asKubeconfig(await findContext(context, env)), { mode: 0o600 })
    return paths.kubeconfig
  }
  return accessOver({
    context,
    signal,
    find: write,
    write: async () => {
      await write()
      return true
    },
    file: paths.kubeconfig,
  })
}
