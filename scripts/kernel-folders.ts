import { delimiter, resolve } from 'node:path'
import { ConfigError } from '../core/errors.ts'
import { kernelFolder } from '../core/kernel-folder.ts'
import { cacheFolder } from '../core/paths.ts'

/** Flags that name what is written. */
const written: Readonly<Record<string, string>> = {
  out: '--out',
  trace: '--trace',
  report: '--report',
  dotenv: '--dotenv',
  junit: '--junit',
  hostsFile: '--hosts-file',
  dir: '--dir',
  file: '--file',
}

/** Refuses files that kindup would write into what is no disk, before anything is begun: a folder there is made for ever. */
export const refuseKernelFolders = (
  flags: Readonly<Record<string, unknown>>,
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): void => {
  for (const [key, flag] of Object.entries(written)) {
    const path = flags[key]
    const folder = typeof path === 'string' ? kernelFolder(resolve(cwd, path)) : undefined
    // A device takes a stream, and is no place for folders or for what is read first.
    if (folder === '/dev' && !['out', 'dir', 'hostsFile'].includes(key)) continue
    if (folder !== undefined) throw refused(`${flag} ${String(path)}`, folder, `Name a file on a disk: ${flag} ./FILE`)
  }
  const cache = cacheFolder(env)
  const name = env['KINDUP_CACHE'] ? 'KINDUP_CACHE' : env['XDG_CACHE_HOME'] ? 'XDG_CACHE_HOME' : 'HOME'
  const variables = [
    { name, path: cache },
    ...(env['KUBECONFIG'] ?? '')
      .split(delimiter)
      .filter(Boolean)
      .map((path) => ({ name: 'KUBECONFIG', path })),
  ]
  for (const { name: variable, path } of variables) {
    const folder = kernelFolder(resolve(cwd, path))
    // An empty device is how people say that there is none.
    if (folder !== undefined && folder !== '/dev')
      throw refused(`${variable}=${env[variable] ?? path}`, folder, `export ${variable}=…   # a place on a disk`)
  }
}

const refused = (what: string, folder: string, hint: string): ConfigError =>
  new ConfigError(`${what} leads into ${folder}, which is the kernel's and no disk: nothing can be written there.`, {
    hints: [hint],
  })
