import type { Engine } from '../cluster/engine/engine.ts'
import type { PortConflict } from '../cluster/ports/settle.ts'
import { showHostPort } from '../cluster/ports/show.ts'
import { confirm } from '../core/ask.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { App, WalkFlags } from './app.ts'
import type { Downloads, Environment } from './environment.ts'
import { openEnvironment } from './open-environment.ts'
import { refuseProblems } from './refuse-problems.ts'

/**
 * Opens the environment of `up`, refuses its problems, and offers free host ports where those of the file cannot be had.
 * Without a terminal, or with a no, it stays as the file says: the checks of this machine tell what is in the way.
 */
export const openWithPorts = async (
  app: App,
  flags: WalkFlags,
  terminal: Terminal,
  downloads: Downloads,
  engine: () => Promise<Engine>,
): Promise<Environment> => {
  const nice = terminal.interactive
  const environment = await openEnvironment(app, flags, downloads, { nice, engine })
  refuseProblems(environment)
  const open = environment.conflicts.filter(({ instead }) => instead === undefined)
  if (!terminal.interactive || open.length === 0 || !open.every(({ offer }) => offer !== undefined)) return environment
  if (!flags.yes && !(await confirm(questionFor(open), { byDefault: true, signal: app.signal }))) return environment
  // An answer may take its time.
  app.looks.probe()
  return openEnvironment(app, flags, downloads, { nice, engine, fallback: true })
}

/** `127.0.0.1:80 is taken. Take 8080 instead?` */
const questionFor = (conflicts: readonly PortConflict[]): string => {
  const list = new Intl.ListFormat('en', { type: 'conjunction' })
  const said = (['taken', 'forbidden'] as const).flatMap((trouble) => {
    const ports = conflicts.filter((one) => one.trouble === trouble).map(({ port }) => showHostPort(port))
    if (ports.length === 0) return []
    return `${list.format(ports)} ${ports.length > 1 ? 'are' : 'is'} ${trouble === 'taken' ? 'taken' : 'for root only'}`
  })
  return `${list.format(said)}. Take ${list.format(conflicts.map(({ offer }) => String(offer)))} instead?`
}
