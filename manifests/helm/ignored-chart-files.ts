import { existsSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { filesBelow } from '../../core/files-below.ts'
import { isInside } from '../../core/paths.ts'
import type { GitIgnored } from '../../gitops/tree/git-ignored.ts'

/** A file that is needed, and the line that ignores it; absolute paths. */
export type IgnoredFile = { readonly file: string; readonly by: NonNullable<ReturnType<GitIgnored['by']>> }

/** Of files those of a repository that git ignores: only who has them beside the repository has them at all. */
export const ignoredAmong = (files: readonly string[], root: string, ignored: GitIgnored): readonly IgnoredFile[] =>
  [...new Set(files)].flatMap((file) => {
    const by = isInside(file, root) && existsSync(file) ? ignored.by(slashed(relative(root, file)), false) : undefined
    return by ? [{ file, by }] : []
  })

/** What of a chart in a folder git ignores, and the chart needs: dependencies in `charts/` are fetched, and do not count. */
export const ignoredOfChart = (
  folder: string,
  values: readonly string[],
  root: string,
  ignored: GitIgnored,
): readonly IgnoredFile[] => {
  const all = filesBelow(folder)
  const named = ['Chart.yaml', 'values.yaml', 'values.schema.json'].map((name) => join(folder, name))
  const templates = all.filter((file) => isInside(file, join(folder, 'templates')))
  const definitions = all.filter((file) => isInside(file, join(folder, 'crds')))
  const needed = new Set([...named, ...values, ...templates, ...definitions])
  const others = ignoredAmong(
    all.filter((file) => !needed.has(file) && !isInside(file, join(folder, 'charts'))),
    root,
    ignored,
  )
  const read = others.length > 0 ? templates.map((file) => readFileSync(file, 'utf8')).join('\n') : ''
  return [
    ...ignoredAmong([...needed], root, ignored),
    ...others.filter(({ file }) => isAskedFor(slashed(relative(folder, file)), read)),
  ]
}

/** `.Files.Get "files/app.conf"`, and `.Files.Glob "files/*"` of the folder that it lies in. */
const isAskedFor = (path: string, templates: string): boolean =>
  templates.includes('.Files') &&
  (templates.includes(path) || (path.includes('/') && templates.includes(path.slice(0, path.indexOf('/') + 1))))

const slashed = (path: string): string => path.split(sep).join('/')
