import { assess } from '../../core/assess.ts'
import { KindupError } from '../../core/errors.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import { contextOf } from '../../core/walk.ts'
import type { App, WalkFlags } from '../app.ts'
import { recordedStatuses, withoutFile } from '../by-inventory.ts'
import { gatherFacts } from '../facts.ts'
import type { Environment } from '../environment.ts'
import { openEnvironment } from '../open-environment.ts'
import { asBroughtUp } from '../settings.ts'
import type { Board, TriedEndpoint } from './board.ts'
import { tryEndpoint } from './try-endpoint.ts'

/** A step that takes longer to tell says so, and the others are shown. */
const stepMs = 30_000

export type Look = {
  readonly look: () => Promise<Board>
  /** What the file says; left out where the cluster is known by its name alone. */
  readonly environment?: Environment
}

/** What looks at a cluster as often as it is called: by the file as it is now, or by what the cluster remembers. Throws what `status` throws. */
export const makeLook = async (app: App, given: WalkFlags, terminal: Terminal): Promise<Look> => {
  const timeoutMs = Math.min(given.timeout, stepMs)
  const context = (id: string) => contextOf({ signal: app.signal, timeoutMs, warn: () => undefined }, id)
  const named = await withoutFile(app, given, terminal)
  // What is said at first is not said again with each look.
  const silent: Terminal = { ...terminal, err: () => undefined }
  if (named)
    return {
      look: async () => {
        app.looks.probe()
        const again = (await withoutFile(app, given, silent)) ?? named
        return {
          name: again.cluster.config.name,
          statuses: await recordedStatuses(again, context('record')),
          endpoints: [],
        }
      },
    }
  const flags = await asBroughtUp(app, given, terminal)
  const environment = await openEnvironment(app, flags)
  const { cluster, steps, config } = environment
  let known: readonly TriedEndpoint[] = []
  const look = async (): Promise<Board> => {
    app.looks.probe()
    cluster.access.reread()
    const statuses = await assess(steps, ({ id }) => context(id))
    // It may have been made again since.
    if (statuses.get('cluster/api')?.state !== 'ready') cluster.access.forget()
    const facts = await gatherFacts(environment, ({ id }) => context(id)).catch((error: unknown) => {
      app.signal.throwIfAborted()
      if (error instanceof KindupError) return undefined
      throw error
    })
    known = await Promise.all((facts?.endpoints ?? known).map((endpoint) => tryEndpoint(endpoint, app.signal)))
    return { name: config.name, statuses, endpoints: known, ...(facts && { credentials: facts.credentials }) }
  }
  return { look, environment }
}
