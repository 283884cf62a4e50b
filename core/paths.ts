import { homedir } from 'node:os'
import { isAbsolute, join, relative, sep } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** The user's folder, as the environment says, or else the system. */
export const homeFolder = (env: Env = process.env, platform: string = process.platform): string =>
  (platform === 'win32' ? env['USERPROFILE'] : env['HOME']) || homedir()

/** The file that this machine's resolver reads. */
export const platformHostsFile = (platform: string = process.platform, env: Env = process.env): string =>
  platform === 'win32'
    ? join(env['SystemRoot'] ?? String.raw`C:\Windows`, 'System32', 'drivers', 'etc', 'hosts')
    : '/etc/hosts'

/** The folder where kindup keeps what can be fetched or made again: charts, renders, tools, private kubeconfigs. */
export const cacheFolder = (env: Env = process.env, platform: string = process.platform): string => {
  if (env['KINDUP_CACHE']) return env['KINDUP_CACHE']
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'kindup')
  if (platform === 'darwin') return join(homeFolder(env, platform), 'Library', 'Caches', 'kindup')
  if (platform === 'win32' && env['LOCALAPPDATA']) return join(env['LOCALAPPDATA'], 'kindup', 'cache')
  return join(homeFolder(env, platform), '.cache', 'kindup')
}

/** The folder of what a user has agreed to: it is small, and nobody can make it again. */
export const stateFolder = (env: Env = process.env, platform: string = process.platform): string => {
  if (env['KINDUP_STATE']) return env['KINDUP_STATE']
  if (env['XDG_STATE_HOME']) return join(env['XDG_STATE_HOME'], 'kindup')
  if (platform === 'darwin') return join(homeFolder(env, platform), 'Library', 'Application Support', 'kindup')
  if (platform === 'win32' && env['LOCALAPPDATA']) return join(env['LOCALAPPDATA'], 'kindup', 'state')
  return join(homeFolder(env, platform), '.local', 'state', 'kindup')
}

/** `~/.npmrc` as a shell reads it; any other path stays. */
export const atHome = (path: string, env: Readonly<Record<string, string | undefined>>): string =>
  path === '~' || path.startsWith('~/') ? join(env['HOME'] || env['USERPROFILE'] || homedir(), path.slice(1)) : path

/** Whether a path is a folder itself or lies below it. Both are absolute; nothing is read, so that links count as they are written. */
export const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}
