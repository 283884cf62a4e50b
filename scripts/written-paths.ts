import { delimiter, resolve } from 'node:path'
import { ConfigError, EnvironmentError, usageError } from '../core/errors.ts'
import { kernelFolder } from '../core/kernel-folder.ts'
import { cacheFolder } from '../core/paths.ts'
import { unwritable } from '../core/unwritable.ts'

/** Flags that name what is written, and what each wants to write; `undefined` where the command itself says what is in its way. */
const written: Readonly<Record<string, { readonly flag: string; readonly wanted?: Parameters<typeof unwritable>[1] }>> =
  {
    out: { flag: '--out', wanted: 'folder' },
    trace: { flag: '--trace', wanted: 'file' },
    report: { flag: '--report', wanted: 'file' },
    dotenv: { flag: '--dotenv', wanted: 'file' },
    junit: { flag: '--junit', wanted: 'file' },
    hostsFile: { flag: '--hosts-file', wanted: 'text' },
    dir: { flag: '--dir' },
    file: { flag: '--file' },
  }

type Flags = Readonly<Record<string, unknown>>
type Here = { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> }

/** Refuses what could not be written when the work is done, before it is begun. Throws ConfigError, and `not-written` where the machine refuses it. */
export const refuseUnwritable = (flags: Flags, { cwd }: Pick<Here, 'cwd'>): void => {
  for (const [key, { flag, wanted }] of Object.entries(written)) {
    const path = flags[key]
    const trouble = typeof path === 'string' && wanted ? unwritable(resolve(cwd, path), wanted) : undefined
    // Whose permissions are missing there is asked for.
    if (!trouble || (trouble.isRefused && key === 'hostsFile')) continue
    const message = `${flag} ${String(path)} cannot be written: ${trouble.why}.`
    const hint = `Name another place: ${flag} ./${wanted === 'folder' ? 'DIR' : 'FILE'}`
    throw trouble.isRefused
      ? new EnvironmentError('not-written', message, { hints: [hint] })
      : usageError(message, hint)
  }
}

/** Refuses files that kindup would write into what is no disk, before anything is begun: a folder there is made for ever. */
export const refuseKernelFolders = (flags: Flags, { cwd, env }: Here): void => {
  for (const [key, { flag }] of Object.entries(written)) {
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
