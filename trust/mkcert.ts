import { join } from 'node:path'
import { homeFolder } from '../core/paths.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The folder of mkcert's CA, by the rules of mkcert 1.4 (`getCAROOT` in main.go); `named`: CAROOT says so. */
export const mkcertFolder = (
  env: Env,
  platform: string = process.platform,
): { readonly folder: string; readonly named: boolean } => {
  if (env['CAROOT']) return { folder: env['CAROOT'], named: true }
  if (platform === 'win32')
    return { folder: join(env['LOCALAPPDATA'] ?? homeFolder(env, platform), 'mkcert'), named: false }
  if (env['XDG_DATA_HOME']) return { folder: join(env['XDG_DATA_HOME'], 'mkcert'), named: false }
  const data = platform === 'darwin' ? ['Library', 'Application Support'] : ['.local', 'share']
  return { folder: join(homeFolder(env, platform), ...data, 'mkcert'), named: false }
}
