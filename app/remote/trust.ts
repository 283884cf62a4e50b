import { readFile } from 'node:fs/promises'
import { composed } from '../../config/composed.ts'
import { partOf } from '../../config/remote/part-of.ts'
import { outsidePaths, powersOf } from '../../config/remote/powers.ts'
import { makeSourceMap } from '../../config/source-map.ts'
import { ownAlone } from '../../config/source/includes.ts'
import { ConfigError } from '../../core/errors.ts'
import { isInside } from '../../core/paths.ts'
import { loadOptions, type App, type CommonFlags, type SettingFlags } from '../app.ts'
import { agree } from './agree.ts'
import { fileOf, folderOf, type Checkout } from './fetch-remote.ts'

type Flags = CommonFlags & SettingFlags

/**
 * Refuses what leads out of the repository, shows what the configuration could run or read here, and asks once for each
 * commit. What it includes from elsewhere is asked about by itself. Throws `not-trusted`, StoppedError.
 */
export const trustRemote = async (app: App, flags: Flags, checkout: Checkout): Promise<void> => {
  const { commit, folder: repository, address, isKept } = checkout
  const file = fileOf(checkout)
  app.elsewhere.commits.add(commit)
  const { tree, files, remotes } = await composed({ ...loadOptions(app, { ...flags, config: file }), file })
  const isOther = (path: string): boolean => remotes.some(({ folder }) => isInside(path, folder))
  const own = files.filter((path) => !isOther(path))
  const [outer] = own.filter((path) => !isInside(path, repository))
  if (outer !== undefined)
    throw new ConfigError(`It includes ${outer}, which is not in the repository.`, { hints: [ownAlone] })
  if (!tree) return
  const texts = await Promise.all(own.map((path) => readFile(path, 'utf8').catch(() => '')))
  const read = { root: partOf(tree, (path) => !isOther(path)), texts, folder: folderOf(checkout), repository }
  const places = makeSourceMap(tree.spots, file)
  const problems = outsidePaths({ ...read, environments: tree.root['environments'] }).map(({ path, text }) => ({
    severity: 'error' as const,
    message: `${path.join('.')}: ${text} is not in the repository.`,
    at: places.value([...path]),
  }))
  if (problems.length > 0) throw new ConfigError(ownAlone, { problems })
  await agree(app, { url: address.url, path: address.path, commit, isKept, powers: powersOf(read), isNamed: false })
}
