import { posix } from 'node:path'
import { ConfigError } from '../../core/errors.ts'

/** Runs git with these arguments in a repository that was fetched. */
export type Git = (args: readonly string[]) => Promise<{ readonly stdout: string }>

/**
 * A link of the repository that leads out of it would have a file of this machine read as if it were its own. `..` behind a
 * name is refused too: where that is a link itself, it begins at another folder than the words say. Throws ConfigError.
 */
export const refuseLinksOut = async (commit: string, git: Git): Promise<void> => {
  const { stdout } = await git(['ls-tree', '-r', '-z', commit])
  for (const line of stdout.split('\0')) {
    const [, object, path] = /^120000 blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? []
    if (object === undefined || path === undefined) continue
    const target = (await git(['cat-file', 'blob', object])).stdout
    const leads = posix.normalize(posix.join(posix.dirname(path), target))
    const parts = target.split('/').filter((part) => part !== '' && part !== '.')
    const isPlain = parts.every((part, index) => part !== '..' || index === 0 || parts[index - 1] === '..')
    if (isPlain && !target.startsWith('/') && leads !== '..' && !leads.startsWith('../')) continue
    throw new ConfigError(`${path} of the repository is a link to ${target}, which is not in it for certain.`, {
      hints: ['A configuration from elsewhere reads its own repository alone.'],
    })
  }
}
