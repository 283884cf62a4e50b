import { readFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { matching } from '../../core/glob.ts'
import type { Case } from './case.ts'

const kustomizations = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
/** Larger files are data, and no manifests that anybody applies. */
const mostBytes = 12_000_000

/**
 * Every chart of a folder, as it is and with each of its `ci/*values.yaml`, every kustomization, and every other file that holds
 * a Kubernetes object; sorted. Charts in charts, and files beside a kustomization, are parts of those.
 */
export const findCases = async (folder: string): Promise<readonly Case[]> => {
  const root = resolve(folder)
  return (await below(root, root)).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

const below = async (folder: string, root: string): Promise<readonly Case[]> => {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.map(({ name }) => name)
  const id = (path: string): string => join(basename(root), relative(root, path))
  if (names.includes('Chart.yaml')) {
    const chart = { kind: 'chart', path: folder } as const
    const values = await matching(join(folder, 'ci', '*values.{yaml,yml}'))
    return [
      { ...chart, id: id(folder) },
      ...values.map((file) => ({ ...chart, id: `${id(folder)}+${basename(file)}`, values: file })),
    ]
  }
  const isBuilt = names.some((name) => kustomizations.includes(name))
  const own: readonly Case[] = isBuilt ? [{ kind: 'kustomization', path: folder, id: id(folder) }] : []
  const parts = await Promise.all(
    entries.map(async (entry): Promise<readonly Case[]> => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return entry.name === '.git' || entry.name === 'node_modules' ? [] : below(path, root)
      if (isBuilt || !entry.isFile() || !(await isManifest(path))) return []
      return [{ kind: 'manifest', path, id: id(path) }]
    }),
  )
  return [...own, ...parts.flat()]
}

const isManifest = async (file: string): Promise<boolean> => {
  if (!/\.(?:ya?ml|json)$/.test(file) || (await stat(file)).size > mostBytes) return false
  const text = readFileSync(file, 'utf8')
  return file.endsWith('.json')
    ? /^\s*\{/.test(text) && /"apiVersion"\s*:/.test(text) && /"kind"\s*:/.test(text)
    : /^apiVersion:/m.test(text) && /^kind:/m.test(text)
}

/** At most so many of each kind, spread evenly; a chart counts once and brings all its values. */
export const sampleOf = (cases: readonly Case[], most: number): readonly Case[] => {
  const taken = [...Map.groupBy(cases, ({ kind }) => kind).values()].flatMap((some) => {
    const paths = [...new Set(some.map(({ path }) => path))]
    return paths.filter(
      (_, index) => Math.floor((index * most) / paths.length) !== Math.floor(((index - 1) * most) / paths.length),
    )
  })
  const kept = new Set(taken)
  return cases.filter(({ path }) => kept.has(path))
}
