import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { stringify, Document, isMap, isScalar, isSeq, visit, type Node } from 'yaml'
import { composed } from '../config/composed.ts'
import { loadConfig } from '../config/load.ts'
import { pathKey, showPath, type Path } from '../config/path.ts'
import type { Tree } from '../config/source/tree.ts'
import type { Fetched } from '../config/source/fetched.ts'
import { withoutSecrets } from '../config/without-secrets.ts'
import { withoutLogin } from '../core/mask/without-login.ts'
import { isInside } from '../core/paths.ts'
import { shortPath } from '../core/print/error-page.ts'
import type { Place } from '../core/problem.ts'
import { loadOptions, type App, type CommonFlags, type SettingFlags } from '../app/app.ts'

export type ConfigFlags = CommonFlags & SettingFlags

/** `config`: the file as it counts, its layers and flags put together, and where each value comes from. Secrets are not shown. */
export const config = async (app: App, flags: ConfigFlags): Promise<void> => {
  const { json, out, outColour: colour } = app.terminal(flags)
  const options = loadOptions(app, flags)
  // What is wrong with it is said as every command says it.
  const loaded = await loadConfig(options)
  const { tree, remotes } = await composed(options)
  if (!tree) return
  const values = withoutSecrets(tree)
  const files = (loaded.config.files ?? [loaded.config.file]).filter((file) => existsSync(file))
  if (flags.json) {
    const from = Object.fromEntries(
      leavesOf(values).flatMap((path) => {
        const place = placeOf(tree, path)
        return place ? [[showPath(path), place]] : []
      }),
    )
    return json({ files, config: values, from })
  }
  out(
    withPlaces(
      values,
      (path) => {
        const place = placeOf(tree, path)
        return place && shortPath(elsewhere(place, remotes), app.cwd)
      },
      (text) => colour.dim(text),
    ),
  )
}

/** What came from a repository elsewhere has its address for a place, and not that of the copy here. */
const elsewhere = (place: Place, remotes: readonly Fetched[]): Place => {
  const of = remotes.find(({ folder }) => isInside(place.file, folder))
  if (!of) return place
  const near = relative(of.folder, place.file).replaceAll('\\', '/')
  return { ...place, file: `${withoutLogin(of.address.url)}//${near}@${of.commit.slice(0, 12)}` }
}

const placeOf = (tree: Tree, path: Path): Place | undefined => {
  const spot = tree.spots.get(pathKey(path))
  if (!spot) return undefined
  // The value stands beside its own path already.
  const { path: _path, ...place } = spot.value
  return place
}

const leavesOf = (value: unknown, path: Path = []): readonly Path[] => {
  if (Array.isArray(value))
    return value.length === 0 ? [path] : value.flatMap((item: unknown, index) => leavesOf(item, [...path, index]))
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
    return entries.length === 0 && path.length > 0
      ? [path]
      : entries.flatMap(([key, one]) => leavesOf(one, [...path, key]))
  }
  return [path]
}

/** As YAML, the place of each value behind it as a comment, in one column. */
const withPlaces = (
  values: object,
  place: (path: Path) => string | undefined,
  dim: (text: string) => string,
): string => {
  const document = new Document(values)
  visit(document, {
    Scalar: (key, node, ancestors) => {
      if (key === 'key') return
      const at = place(pathTo(node, ancestors))
      if (at !== undefined && !String(node.value).includes('\n')) node.comment = ` ${at}`
    },
  })
  const lines = stringify(document, { lineWidth: 0 }).trimEnd().split('\n')
  return lines
    .map((line) => line.replace(/ # (\S+:\d+:\d+|--.+)$/, (_all, at: string) => `  ${dim(`# ${at}`)}`))
    .join('\n')
}

const pathTo = (node: Node, ancestors: readonly unknown[]): Path => {
  const path: (string | number)[] = []
  const chain = [...ancestors, node]
  for (const [index, holder] of chain.entries()) {
    const next = chain[index + 1]
    if (isSeq(holder)) path.push(holder.items.indexOf(next))
    else if (isMap(holder)) {
      const pair = holder.items.find((item) => item === next)
      if (pair && isScalar(pair.key)) path.push(String(pair.key.value))
    }
  }
  return path
}
