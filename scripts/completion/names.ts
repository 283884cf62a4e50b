import { idOf } from '../../core/identity.ts'
import process from 'node:process'
import { builtinAddons } from '../../config/builtin-addons.ts'
import { isCode } from '../../config/code/is-code.ts'
import { readLayers } from '../../config/source/layers.ts'
import { fieldsAt, valueAt, type Fields } from '../../core/fields.ts'
import { findFile } from '../../config/source/read-file.ts'

/** The names in a file, as far as it can be read: it may be half written, and variables may be missing. */
export type Names = {
  readonly cluster: string | undefined
  readonly environments: readonly string[]
  readonly profiles: readonly string[]
  readonly images: readonly string[]
  readonly services: readonly string[]
  /** Those that are on. */
  readonly addons: readonly string[]
  /** Every add-on that could be named. */
  readonly allAddons: readonly string[]
  readonly steps: readonly string[]
}

/** Reads the names without checking or rendering anything: a key press should not wait. Nothing at all where there is no file. */
export const namesIn = (file: string | undefined, cwd: string): Names => {
  const { root, profiles } = layersOf(file, cwd)
  const sections = {
    environments: entriesOf(root['environments']),
    images: entriesOf(root['images']),
    services: entriesOf(root['services']),
    addons: entriesOf(root['addons']),
    secrets: entriesOf(root['secrets']),
  }
  const keys = (section: keyof typeof sections): readonly string[] => sections[section].map(([key]) => key)
  const own = sections.services.filter(([, service]) => has(service, 'image')).map(([key]) => key)
  const addons = sections.addons.filter(([, addon]) => addon !== false && addon !== null).map(([key]) => key)
  const images = [...keys('images'), ...own]
  const environments = keys('environments')
  const services = sections.services.flatMap(([name, service]) => idsOf(name, service, environments))
  return {
    cluster: typeof root['name'] === 'string' ? root['name'] : undefined,
    environments,
    profiles,
    images,
    services: keys('services'),
    addons,
    allAddons: [...new Set([...Object.keys(builtinAddons), ...keys('addons')])],
    steps:
      Object.keys(root).length === 0
        ? []
        : [
            'cluster/api',
            'cluster/nodes',
            ...(Array.isArray(root['crds']) && root['crds'].length > 0 ? ['crds'] : []),
            ...addons.map((name) => idOf({ kind: 'addon', name })),
            ...images.map((name) => idOf({ kind: 'image', name })),
            ...keys('secrets').map((name) => idOf({ kind: 'secret', name })),
            ...services,
            ...(valueAt(root, 'hosts', 'mode') === 'none' ? [] : ['hosts']),
          ],
  }
}

const idsOf = (name: string, service: unknown, all: readonly string[]): readonly string[] => {
  const written = valueAt(service, 'environments')
  const environments = Array.isArray(written) ? written.map(String) : has(service, 'namespace') ? [] : all
  const of = { kind: 'service', name }
  return environments.length === 0 ? [idOf(of)] : environments.map((environment) => idOf({ ...of, environment }))
}

const layersOf = (
  file: string | undefined,
  cwd: string,
): { readonly root: Fields; readonly profiles: readonly string[] } => {
  try {
    const path = findFile(file, cwd)
    // A key press runs nothing.
    if (isCode(path)) return { root: {}, profiles: [] }
    const { tree, profiles } = readLayers(path, { env: process.env })
    return { root: fieldsAt(tree?.root), profiles: [...profiles.keys()] }
  } catch {
    return { root: {}, profiles: [] }
  }
}

const entriesOf = (section: unknown): readonly [string, unknown][] =>
  typeof section === 'object' && section !== null && !Array.isArray(section) ? Object.entries(section) : []

const has = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
