import { ownRepository } from '../config/adopt/own-repository.ts'
import type { Config, ServiceConfig } from '../config/config.ts'
import type { OwnTree } from '../gitops/tree/tree-files.ts'

/** The repository that the file lies in, as Flux is to have it; undefined where it reads the remotes themselves. */
export const worktreeOf = (
  { folder, secrets }: Pick<Config, 'folder' | 'secrets'>,
  { gitops }: ServiceConfig,
): OwnTree | undefined => {
  if (gitops?.source === 'remote') return undefined
  const { root, remotes } = ownRepository(folder)
  // What secrets are made of goes nowhere.
  const withheld = secrets.flatMap(({ from: { envFile, files } }) => [
    ...(envFile === undefined ? [] : [envFile]),
    ...Object.values(files),
  ])
  return {
    root,
    ...(gitops?.root === undefined ? {} : { only: gitops.root }),
    ...(withheld.length > 0 ? { withheld } : {}),
    ...(remotes ? { remotes: [...remotes] } : {}),
  }
}
