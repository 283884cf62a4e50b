import { once } from 'node:events'
import type { App, WalkFlags } from '../app/app.ts'
import { makeLook } from '../app/board/look.ts'
import { openUrl } from '../app/open-url.ts'
import { seldom } from '../app/ui/seldom.ts'
import { see } from '../app/ui/see.ts'
import { servePage } from '../app/ui/serve-page.ts'
import { lookInto, whyBeside } from '../app/ui/why-beside.ts'

export type UiFlags = WalkFlags & { readonly port: number; readonly open: boolean }

/** Between the end of one look and the next; nobody looks while no browser asks. */
const restMs = 2_500
/** The same of a look into what is not well, which asks for much more. */
const restOfWhyMs = 30_000

/** `ui`: a page of how everything stands, for the browsers of this machine, until it is stopped. Changes nothing. */
export const ui = async (app: App, given: UiFlags): Promise<void> => {
  app.looks.probe()
  const terminal = app.terminal(given)
  const look = await makeLook(app, given, terminal)
  const why = whyBeside(() => lookInto(app, look), restOfWhyMs)
  const served = await servePage({ port: given.port, see: seldom(() => see(app, look, { why }), restMs) })
  try {
    const isDesk = given.open && !terminal.ci
    terminal.out(given.json ? JSON.stringify({ url: served.url }) : terminal.outColour.cyan(served.url))
    const opened = isDesk && (await openUrl(served.once(), app))
    terminal.err(
      terminal.colour.dim(`${isDesk && !opened ? 'There is no browser to open it here. ' : ''}Ctrl-C ends it.`),
    )
    if (!app.signal.aborted) await once(app.signal, 'abort')
  } finally {
    await served.close()
  }
}
