import { statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { homeFolder } from '../../core/paths.ts'

type Env = Readonly<Record<string, string | undefined>>

const named = (env: Env): readonly string[] => (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '')

/** The files that kubectl reads, in its order. Absolute. */
export const kubeconfigFiles = (env: Env): readonly string[] => {
  const files = named(env)
  return files.length > 0 ? files.map((file) => resolve(file)) : [join(homeFolder(env), '.kube', 'config')]
}

/**
 * The file that kubectl and kind write new entries to: of several in KUBECONFIG the first that exists, else the last;
 * without it `~/.kube/config`. Absolute.
 */
export const defaultKubeconfigFile = (env: Env = process.env): string => {
  const files = named(env)
  return resolve(files.find(isFile) ?? files.at(-1) ?? join(homeFolder(env), '.kube', 'config'))
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === false
