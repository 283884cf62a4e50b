import { handOver, type HandOver } from '../core/hand-over.ts'
import type { App } from './app.ts'

type Desk = Pick<App, 'env' | 'spawn'> & { readonly platform?: string }

/** Programs of this desktop with their arguments, the likeliest first. */
type Programs = readonly (readonly [program: string, ...args: readonly string[]])[]

/** Opens an address in the browser of whoever sits here; false where there is no display, or nothing that would open it. */
export const openUrl = (url: string, desk: Desk): Promise<boolean> =>
  /^https?:$/.test(URL.parse(url)?.protocol ?? '')
    ? firstThatTakes(browsersFor(url, desk), desk)
    : Promise.resolve(false)

/** Puts a text on the clipboard; it goes to the program by standard input. False where there is none. */
export const copyText = (text: string, desk: Desk): Promise<boolean> => firstThatTakes(clipboards(desk), desk, text)

const isWsl = (env: App['env']): boolean => env['WSL_DISTRO_NAME'] !== undefined || env['WSL_INTEROP'] !== undefined

const browsersFor = (url: string, { env, platform = process.platform }: Desk): Programs => {
  // Remote editors set it, and there is no display where they run.
  const named = (env['BROWSER'] ?? '').split(':').find((program) => program !== '' && !program.includes('%'))
  const own: Programs = named === undefined ? [] : [[named, url]]
  if (platform === 'darwin') return [...own, ['open', url]]
  // A shell of Windows would read signs of the address as its own.
  const windows: Programs = [['rundll32.exe', 'url.dll,FileProtocolHandler', url]]
  if (platform === 'win32') return [...own, ...windows]
  if (isWsl(env)) return [...own, ['wslview', url], ...windows]
  return hasDisplay(env) ? [...own, ['xdg-open', url]] : own
}

const clipboards = ({ env, platform = process.platform }: Desk): Programs => {
  if (platform === 'darwin') return [['pbcopy']]
  if (platform === 'win32' || isWsl(env)) return [['clip.exe']]
  return [
    ...(env['WAYLAND_DISPLAY'] ? ([['wl-copy']] as const) : []),
    ...(env['DISPLAY']
      ? ([
          ['xclip', '-selection', 'clipboard'],
          ['xsel', '--clipboard', '--input'],
        ] as const)
      : []),
  ]
}

const hasDisplay = (env: App['env']): boolean => [env['WAYLAND_DISPLAY'], env['DISPLAY']].some((one) => one)

const firstThatTakes = async (programs: Programs, { env, spawn }: Desk, input?: string): Promise<boolean> => {
  const options: HandOver = { env, ...(spawn && { spawn }), ...(input !== undefined && { input }) }
  for (const [program, ...args] of programs) if (await handOver(program, args, options)) return true
  return false
}
