import { statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { homeFolder } from '../../core/paths.ts'

/**
 * The file that kubectl and kind write new entries to: of several in KUBECONFIG the first that exists, else the last;
 * without it `~/.kube/config`. Absolute.
 */
export const defaultKubeconfigFile = (env: Readonly<Record<string, string | undefined>> = process.env): string => {
  const files = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '')
  return resolve(files.find(isFile) ?? files.at(-1) ?? join(homeFolder(env), '.kube', 'config'))
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === false
