import { ConfigError } from '../core/errors.ts'
import { textAt } from '../core/fields.ts'
import { composed } from './composed.ts'
import { engineNames, type EngineName } from './engine-names.ts'
import { interpolate } from './interpolate.ts'
import type { LoadOptions } from './load.ts'
import { readText } from './source/read-file.ts'

/** What a file says of its cluster, as far as that can be read. */
export type Subject = {
  readonly name?: string
  readonly engine?: EngineName
  /** Of the user's kubeconfig, where the cluster is an existing one. */
  readonly context?: string
}

const clusterName = /^[a-z0-9][a-z0-9.-]{0,62}$/

/**
 * The cluster that a file is about, whatever else is wrong with the file: who wants to take it away, or to know how it
 * stands, needs its name alone. Nothing at all where there is no file.
 */
export const subjectOf = async (options: Omit<LoadOptions, 'images'>): Promise<Subject> => {
  try {
    const found = await read(options)
    return options.name === undefined ? found : { ...found, name: options.name }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return options.name === undefined ? {} : { name: options.name }
  }
}

const read = async (options: Parameters<typeof subjectOf>[0]): Promise<Subject> => {
  const { name: _name, ...rest } = options
  const { file, tree } = await composed(rest)
  if (!tree) return named(nameInText(readText(file, options.files), options.env))
  const cluster = tree.root['cluster']
  const written = textAt(cluster, 'engine')
  const engine = engineNames.find((one) => one === written)
  const context = textAt(cluster, 'context')
  const unknown = tree.unknown.some(({ path: [first] }) => first === undefined || first === 'name')
  return {
    ...(unknown ? {} : named(tree.root['name'])),
    ...(context === undefined ? {} : { context }),
    ...(engine === undefined ? {} : { engine }),
  }
}

const named = (name: unknown): Subject => (typeof name === 'string' && clusterName.test(name) ? { name } : {})

/** Of a text that is no YAML: its line `name:` all the same. */
const nameInText = (text: string, env: LoadOptions['env']): string | undefined => {
  const [, , written] = /^name:[ \t]+(["']?)([^\s"'#]+)\1[ \t]*(?:#.*)?$/m.exec(text) ?? []
  if (written === undefined) return undefined
  const filled = interpolate(written, env)
  return filled.troubles.length > 0 ? undefined : filled.text
}
