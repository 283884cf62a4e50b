import type { Engine } from '../cluster/engine/engine.ts'
import { findEngine } from '../cluster/engine/find.ts'
import type { Config } from '../config/config.ts'
import type { App } from './app.ts'
import { runOf } from './run-of.ts'

/** The engine of a command, looked for once by all of its parts that want the same one. */
export const engineOf = (app: App, wanted: Config['cluster']['engine']): (() => Promise<Engine>) => {
  const known = app.engines.get(wanted)
  if (known) return known
  const found = findEngine({ cluster: { engine: wanted } }, runOf(app), app.env, app.looks)
  app.engines.set(wanted, found)
  return found
}
