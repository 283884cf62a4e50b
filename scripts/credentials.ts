import { contextOf } from '../core/walk.ts'
import { command, withPlanFlags, type CommandFile, type WalkFlags } from './app.ts'
import { openEnvironment } from './environment.ts'
import { asBroughtUp } from './settings.ts'
import { gatherFacts } from './facts.ts'
import { credentialTable, documentOf, maskPasswords } from './report.ts'

/** `credentials`: the ways to log in, read from the running cluster. */
export const credentials: CommandFile = (app) =>
  withPlanFlags(command('credentials', 'print the ways to log in')).action(async (given: WalkFlags) => {
    const flags = await asBroughtUp(app, given, app.terminal(given))
    const environment = await openEnvironment(app, flags)
    const terminal = app.terminal(flags)
    const warn = (_id: string, text: string): void => terminal.err(`${terminal.colour.yellow('!')} ${text}`)
    await environment.cluster.kube(contextOf({ signal: app.signal, timeoutMs: flags.timeout }, 'credentials'))
    const facts = await gatherFacts(environment, ({ id }) =>
      contextOf({ signal: app.signal, timeoutMs: flags.timeout, warn }, id),
    )
    maskPasswords(facts.credentials, terminal)
    if (flags.json)
      terminal.out(
        JSON.stringify({ cluster: environment.config.name, credentials: documentOf(facts.credentials) }, undefined, 2),
      )
    else
      terminal.out(
        facts.credentials.length > 0
          ? credentialTable(facts.credentials, terminal)
          : `${environment.config.name} has no credentials to show.`,
      )
  })
