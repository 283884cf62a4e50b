import type { Credential } from '../core/step.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { contextOf } from '../core/walk.ts'
import { labelledCredentials } from '../services/labelled-credentials.ts'
import type { App, WalkFlags } from '../app/app.ts'
import { withoutFile, type ObservedCluster } from '../app/by-inventory.ts'
import { openEnvironment } from '../app/open-environment.ts'
import { asBroughtUp } from '../app/settings.ts'
import { gatherFacts } from '../app/facts.ts'
import { credentialTable, documentOf, maskPasswords } from '../app/report.ts'

/** `credentials`: the ways to log in, read from the running cluster. */
export const credentials = async (app: App, flags: WalkFlags): Promise<void> => {
  const terminal = app.terminal(flags)
  const named = await withoutFile(app, flags, terminal)
  const { name, found } = named ? await ofCluster(app, flags, named, terminal) : await ofFile(app, flags, terminal)
  maskPasswords(found, terminal)
  if (flags.json) terminal.json({ cluster: name, credentials: documentOf(found) })
  else terminal.out(found.length > 0 ? credentialTable(found, terminal) : `${name} has no credentials to show.`)
}

type Found = { readonly name: string; readonly found: readonly Credential[] }

const ofFile = async (app: App, given: WalkFlags, terminal: Terminal): Promise<Found> => {
  const flags = await asBroughtUp(app, given, terminal)
  const environment = await openEnvironment(app, flags)
  const warn = (_id: string, text: string): void => terminal.err(`${terminal.colour.yellow('!')} ${text}`)
  await environment.cluster.kube(contextOf({ signal: app.signal, timeoutMs: flags.timeout }, 'credentials'))
  const facts = await gatherFacts(environment, ({ id }) =>
    contextOf({ signal: app.signal, timeoutMs: flags.timeout, warn }, id),
  )
  return { name: environment.config.name, found: facts.credentials }
}

/** What Secrets of the cluster are labelled for; what only the file names is said to be missing. */
const ofCluster = async (
  app: App,
  { timeout }: WalkFlags,
  { cluster }: ObservedCluster,
  { err, colour }: Terminal,
): Promise<Found> => {
  const kube = await cluster.kube(contextOf({ signal: app.signal, timeoutMs: timeout }, 'credentials'))
  const found = await labelledCredentials(kube)
  err(`${colour.yellow('!')} Logins of add-ons and those that the file names are not among these: they want the file.`)
  return { name: cluster.config.name, found }
}
