import { existsSync } from 'node:fs'
import { posix, relative, resolve, sep } from 'node:path'
import type { SyncConfig, SyncRule } from '../config.ts'
import { showPath, type Path } from '../path.ts'
import type { FileService } from '../schema/file.ts'
import type { Scope } from './scope.ts'

/** `sync` and `restart` of a service, the folders of its rules as they lie in the build context. */
export const normaliseSync = (
  { sync, restart, image }: Pick<FileService, 'sync' | 'restart' | 'image'>,
  path: Path,
  scope: Scope,
): { readonly sync?: SyncConfig } => {
  const { findings, folder } = scope
  const wrong = (at: Path, message: string, hint: string): void =>
    findings.error({ path: at, message: `${showPath(at)} ${message}`, hint })
  if (sync === undefined) {
    if (restart !== undefined)
      wrong([...path, 'restart'], 'starts again what a sync changed, and nothing is synced.', 'Add sync: auto')
    return {}
  }
  const build = image?.build
  if (build === undefined) {
    const hint = 'Add image: { build: ./folder }, or take sync away.'
    wrong([...path, 'sync'], 'needs an image of its own that is built here: its files are those of the build.', hint)
    return {}
  }
  const written = typeof build === 'string' ? build : build.context
  const context = resolve(folder, written)
  const made = { restart: restart ?? false }
  if (sync === 'auto') return { sync: made }
  const rules = sync.flatMap(({ from, to }, index): readonly SyncRule[] => {
    const at = [...path, 'sync', index]
    const inside = relative(context, resolve(folder, from)).split(sep).join('/')
    const leaves = inside === '..' || inside.startsWith('../') || posix.isAbsolute(inside)
    if (leaves)
      wrong(
        [...at, 'from'],
        `is ${from}, which lies outside the folder that the image is built from (${written}).`,
        'The next build would not have these files. Paths are relative to the folder of the file.',
      )
    else if (!existsSync(resolve(folder, from)))
      wrong(
        [...at, 'from'],
        `is ${from}, and there is no such file or folder.`,
        'Paths are relative to the folder of the file.',
      )
    const target = posix.normalize(to)
    if (!posix.isAbsolute(to) || to.split('/').includes('..')) {
      const hint = 'Write where it is in the container: /app/src'
      wrong([...at, 'to'], `is ${JSON.stringify(to)}, which is no absolute path.`, hint)
      return []
    }
    return leaves ? [] : [{ from: inside, to: target }]
  })
  return { sync: { ...made, rules } }
}
