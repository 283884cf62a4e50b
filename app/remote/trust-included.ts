import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Whole } from '../../config/remote/included.ts'
import type { Fetched } from '../../config/source/fetched.ts'
import { partOf } from '../../config/remote/part-of.ts'
import { outsidePaths, powersOf } from '../../config/remote/powers.ts'
import { makeSourceMap } from '../../config/source-map.ts'
import { ownAlone } from '../../config/source/includes.ts'
import { ConfigError } from '../../core/errors.ts'
import { isInside } from '../../core/paths.ts'
import type { Problem } from '../../core/problem.ts'
import type { App } from '../app.ts'
import { agree } from './agree.ts'

/**
 * The same for what a file includes from elsewhere: of each repository and commit, what came of it into the whole. What
 * leads out of the repository is refused at its place. Throws ConfigError, `not-trusted`, StoppedError.
 */
export const trustIncluded = async (app: App, { tree, file, files, remotes }: Whole): Promise<void> => {
  const places = makeSourceMap(tree.spots, file)
  const parts = [...Map.groupBy(remotes, ({ folder }) => folder)].map(([repository, fetched]) => ({
    repository,
    fetched,
    root: partOf(tree, (path) => isInside(path, repository)),
    texts: files.filter((path) => isInside(path, repository)),
  }))
  const environments = tree.root['environments']
  const problems = parts.flatMap(({ root, repository }) =>
    outsidePaths({ root, texts: [], folder: dirname(file), repository, environments }).map(
      ({ path, text }): Problem => ({
        severity: 'error',
        message: `${path.join('.')}: ${text} is not in the repository.`,
        at: places.value([...path]),
      }),
    ),
  )
  if (problems.length > 0) throw new ConfigError(ownAlone, { problems })
  for (const { root, repository, fetched, texts } of parts) {
    const read = await Promise.all(texts.map((path) => readFile(path, 'utf8').catch(() => '')))
    await agree(app, {
      ...of(fetched),
      powers: powersOf({ root, texts: read, folder: dirname(file), repository, isIncluded: true }),
    })
  }
}

const of = (fetched: readonly Fetched[]) => {
  const [first] = fetched
  const paths = [...new Set(fetched.map(({ address }) => address.path))].toSorted()
  return {
    url: first?.address.url ?? '',
    path: paths.join(' '),
    commit: first?.commit ?? '',
    isKept: fetched.some(({ isKept }) => isKept),
    isNamed: fetched.every(({ address, commit }) => address.ref === commit),
  }
}
