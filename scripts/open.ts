import { askAt } from '../core/ask.ts'
import { EnvironmentError, usageError } from '../core/errors.ts'
import { table } from '../core/print/table.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { Endpoint } from '../core/step.ts'
import { contextOf } from '../core/walk.ts'
import type { App, CommonFlags, SettingFlags, WalkFlags } from '../app/app.ts'
import { endpointsMeant, loginFor } from '../app/endpoint-meant.ts'
import { gatherFacts } from '../app/facts.ts'
import { copyText, openUrl } from '../app/open-url.ts'
import { openEnvironment } from '../app/open-environment.ts'
import { maskPasswords } from '../app/report.ts'
import { asBroughtUp } from '../app/settings.ts'

export type OpenFlags = CommonFlags &
  Required<Pick<SettingFlags, 'set' | 'image' | 'profile'>> & {
    readonly print: boolean
    readonly showPassword: boolean
  }

/** `open`: the address of a service or an add-on in the browser, and its password on the clipboard; both only where there is one. */
export const open = async (app: App, word: string | undefined, given: OpenFlags): Promise<void> => {
  const terminal = app.terminal(given)
  const { json, out, err, colour, outColour } = terminal
  const brought = await asBroughtUp(app, given, terminal)
  const flags: WalkFlags = { hosts: true, ...brought, only: [], skip: [], recreate: false }
  const environment = await openEnvironment(app, flags)
  const context = (id: string) => contextOf({ signal: app.signal, timeoutMs: flags.timeout, warn: () => undefined }, id)
  await environment.cluster.kube(context('open'))
  const { endpoints, credentials } = await gatherFacts(environment, ({ id }) => context(id))
  const pages = endpoints.filter(({ url }) => /^https?:/.test(url))
  if (pages.length === 0)
    throw new EnvironmentError('nothing-to-open', `Nothing of ${environment.config.name} has an address yet.`, {
      hints: ['kindup status', 'kindup forward NAME PORT   # a port of its own'],
    })
  const page = await oneOf(app, word, pages, terminal)
  const login = loginFor(page, credentials)
  if (login) maskPasswords([login], terminal)
  // Who is asked for in a pipeline sits nowhere.
  const isDesk = !given.print && !terminal.ci
  const copied = isDesk && login?.password !== undefined && (await copyText(login.password, app))
  const opened = isDesk && (await openUrl(page.url, app))
  if (given.json)
    return json({
      ...page,
      opened,
      copied,
      ...(login?.username !== undefined && { username: login.username }),
      ...(given.showPassword && login?.password !== undefined && { password: login.password }),
    })
  out(outColour.cyan(page.url))
  if (login?.username !== undefined) err(`  Log in as ${login.username}.`)
  if (given.showPassword && login?.password !== undefined) out(login.password)
  else if (login?.password !== undefined)
    err(copied ? '  The password is on the clipboard.' : '  `kindup credentials` shows the password.')
  if (isDesk && !opened) err(colour.dim('  There is no browser to open it here.'))
}

/** Throws ConfigError with all of them where several are meant and nobody can be asked. */
const oneOf = async (
  app: App,
  word: string | undefined,
  pages: readonly Endpoint[],
  terminal: Terminal,
): Promise<Endpoint> => {
  const meant = word === undefined ? pages : endpointsMeant(word, pages)
  const [only] = meant
  if (only && meant.length === 1) return only
  if (terminal.interactive) {
    const width = Math.max(...meant.map(({ name }) => name.length))
    const choices = meant.map(({ name, url }) => ({ value: url, label: `${name.padEnd(width)}  ${url}` }))
    const url = await (await askAt(app.signal)).one('Which one?', choices)
    return meant.find((page) => page.url === url) ?? meant[0]!
  }
  // Where two have one name, their hosts tell them apart.
  const isUnique = only !== undefined && meant.filter(({ name }) => name === only.name).length === 1
  throw usageError(
    `${word === undefined ? 'There are several' : `${word} is several`}:\n${table(meant.map(({ name, url }) => [name, url]))}`,
    `One of them is meant: kindup open ${isUnique ? only.name : (URL.parse(only?.url ?? '')?.hostname ?? 'NAME')}`,
  )
}
