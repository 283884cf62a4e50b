import { relative } from 'node:path'
import { ownRepository } from '../../config/adopt/own-repository.ts'
import { isAddress } from '../../core/address.ts'
import { isPattern, rootOf } from '../../core/glob.ts'
import type { Problem } from '../../core/problem.ts'
import { CommandError, type Run } from '../../core/run.ts'
import type { Deployable, Source } from '../deployable.ts'
import { isLocal } from '../helm/locate-chart.ts'
import { kustomizationFiles } from '../kustomize/files.ts'

/** How many files are named. */
const most = 3

/**
 * What of the files of services that a controller reads from the git remote is not in that remote: not committed or not
 * pushed, as far as git here knows. Nothing is asked of the network, and nothing is said where there is no git.
 */
export const behindRemote = async (
  deployables: readonly Deployable[],
  folder: string,
  run: Run,
): Promise<readonly Problem[]> => {
  const left = deployables.filter(({ delivery }) => delivery?.remote !== undefined)
  if (left.length === 0) return []
  const { root } = ownRepository(folder)
  const git = async (...args: readonly string[]): Promise<readonly string[]> => {
    const options = { env: { GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }, okCodes: [0, 128], timeoutMs: 20_000 }
    const { stdout, code } = await run('git', ['-C', root, ...args], options)
    return code === 0 ? stdout.split('\0').filter((path) => path !== '') : []
  }
  try {
    return (
      await Promise.all(
        left.map(async ({ id, at, gitopsAt = at, source, delivery }): Promise<readonly Problem[]> => {
          const { known, url } = delivery?.remote ?? {}
          if (known === undefined) return []
          const paths = pathsOf(source).map((path) => relative(root, path) || '.')
          const [changed, added] = await Promise.all([
            git('diff', '--name-only', '-z', known, '--', ...paths),
            git('ls-files', '--others', '--exclude-standard', '-z', '--', ...paths),
          ])
          const files = [...new Set([...changed, ...added])]
          if (files.length === 0) return []
          const more = files.length > most ? ` and ${files.length - most} more` : ''
          return [
            {
              severity: 'warning',
              message: `${id} is what ${url} holds, and here ${files.slice(0, most).join(', ')}${more} ${files.length > 1 ? 'differ' : 'differs'} from that: not committed, not pushed, or not fetched.`,
              at: gitopsAt,
              step: id,
              hint: '`git push` what is committed; `source: worktree` deploys the files as they are here.',
            },
          ]
        }),
      )
    ).flat()
  } catch (error) {
    if (error instanceof CommandError && error.code === 'command-missing') return []
    throw error
  }
}

const pathsOf = (source: Source): readonly string[] => {
  switch (source.kind) {
    case 'helm': {
      const values = source.values.flatMap((layer) => ('file' in layer ? [layer.file] : []))
      return isLocal(source.chart) ? [source.chart.chart, ...values] : values
    }
    case 'kustomize':
      return kustomizationFiles(source.folder)
    case 'manifests':
      return source.paths.flatMap((path) => (isAddress(path) ? [] : [isPattern(path) ? rootOf(path) : path]))
    case 'flux':
      return []
  }
}
