import { firstEngine } from '../cluster/engine/choose.ts'
import { seen } from '../cluster/engine/seen.ts'
import { situationOf } from '../cluster/kind/situation.ts'
import { forwardersOf } from '../cluster/ports/forwarder.ts'
import type { Config } from '../config/config.ts'
import type { App } from './app.ts'
import { runOf } from './run-of.ts'

/**
 * Asks what a run that looks is going to ask about a cluster, of the engine that is likely the one: at the same time as whether it is
 * there at all. What comes of it is for those who ask then; with another engine nobody does.
 */
export const askAhead = (app: App, name: string, wanted: Config['cluster']['engine']): void => {
  if (!app.looks.isLooking()) return
  const engine = firstEngine(wanted, runOf(app), app.env)
  if (!engine) return
  const asked = seen(engine, app.looks)
  for (const asking of [situationOf(asked, name), forwardersOf(asked, name)]) asking.catch(() => undefined)
}
