import { existsSync } from 'node:fs'
import { isOnPath } from '../cluster/tools/on-path.ts'
import { confirm } from '../core/ask.ts'
import { ConfigError, exit, messageOf, usageError } from '../core/errors.ts'
import { shown } from '../core/shown-command.ts'
import type { Run } from '../core/run.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { askForElevation, isElevationGranted } from '../hosts/elevate.ts'
import { authorityFolder, day, type Authority } from '../trust/authority.ts'
import { takeAuthority } from '../trust/find-authority.ts'
import { takeOutOlder } from '../trust/older-authority.ts'
import { storesHere } from '../trust/stores/here.ts'
import type { Store, StoreDeps } from '../trust/stores/store.ts'
import { readTrusted, writeTrusted } from '../trust/trusted.ts'
import type { App, CommonFlags, End } from '../app/app.ts'
import { runOf } from '../app/run-of.ts'

/** What came of one store. */
export type StoreResult = {
  readonly id: string
  readonly title: string
  readonly state: 'added' | 'there' | 'removed' | 'failed'
  readonly why: string | null
}

/** `trust`: has the stores of this machine trust the authority that signs for `tls`. */
export const trust = async (app: App, flags: CommonFlags, end: End): Promise<void> => {
  const terminal = app.terminal(flags)
  const run = runOf(app)
  const { json, out, err, outColour: colour } = terminal
  const authority = await takeAuthority(app.env, (text) => err(`${terminal.colour.yellow('!')} ${text}`), app.signal)
  const folder = authorityFolder(app.env)
  const storesFor = (file: string) => storesHere(depsOf(app, run, file), (name) => isOnPath(name, app.env))
  const { stores, lacking } = await storesFor(authority.file)
  const there = new Set<Store>()
  const unread: StoreResult[] = []
  for (const store of stores)
    try {
      if (await store.has(authority.certificate)) there.add(store)
    } catch (error) {
      // What is wrong with one keeps no other from its change.
      unread.push({ ...shownStore(store), state: 'failed', why: whyOf(error) })
    }
  const due = stores.filter((store) => !there.has(store) && !unread.some(({ id }) => id === store.id))
  await agree(due, {
    what: `The certificate authority of ${authority.owner} (${authority.file}, until ${day(authority.certificate.validToDate)}) is to be trusted by:`,
    question: 'Trust it there?',
    app,
    flags,
    terminal,
    run,
  })
  const before = await readTrusted(folder)
  if (due.length > 0) {
    // One authority at a time: an older one would stay for ever.
    await takeOutOlder(before, authority.certificate, async (file) => (await storesFor(file)).stores)
    const isSame = before?.fingerprint === authority.certificate.fingerprint256
    await writeTrusted(folder, String(authority.certificate), [
      ...new Set([...(isSame ? before.stores : []), ...due.map(({ id }) => id)]),
    ])
  }
  const results: StoreResult[] = [...there].map(({ id, title }) => ({ id, title, state: 'there', why: null }))
  for (const store of due) results.push(await resultOf(store, 'added', () => store.add(authority.certificate)))
  results.push(...unread)
  const commands = commandsOf(authority)
  if (flags.json)
    json({
      authority: {
        owner: authority.owner,
        file: authority.file,
        fingerprint: authority.certificate.fingerprint256,
        until: authority.certificate.validToDate.toISOString(),
      },
      stores: results,
      lacking,
      commands,
    })
  else {
    sayResults(results, terminal)
    for (const text of lacking) out(`${colour.yellow('!')} ${text}`)
    out('Programs with a list of their own:')
    for (const { program, command } of commands) out(`  ${program.padEnd(7)} ${colour.cyan(command)}`)
  }
  if (results.some(({ state }) => state === 'failed')) end(exit.failed)
}

export const depsOf = (app: App, run: Run, file: string): StoreDeps => ({
  run,
  env: app.env,
  signal: app.signal,
  file,
  folder: authorityFolder(app.env),
})

type Asking = {
  readonly what: string
  readonly question: string
  readonly app: App
  readonly flags: CommonFlags
  readonly terminal: Terminal
  readonly run: Run
}

/** Says what is to be changed, and asks; throws where nobody can be asked. sudo asks for its password now, or not at all. */
export const agree = async (due: readonly Store[], asking: Asking): Promise<void> => {
  const { what, question, app, flags, terminal, run } = asking
  if (due.length === 0) return
  terminal.err(what)
  for (const { title, elevated } of due)
    terminal.err(`  ${terminal.colour.cyan('•')} ${title}${elevated ? ', with sudo' : ''}`)
  if (!flags.yes) {
    if (!terminal.interactive) throw usageError('This asks first, and there is no terminal to ask at.', '--yes')
    if (!(await confirm(question, { byDefault: true, signal: app.signal })))
      throw new ConfigError('Nothing was changed.', { code: 'declined' })
  }
  if (due.some(({ elevated }) => elevated) && terminal.interactive && !(await isElevationGranted(run)))
    await askForElevation(run)
}

/** One store that refuses keeps no other from its change. */
export const resultOf = async (
  { id, title }: Store,
  state: 'added' | 'removed',
  work: () => Promise<void>,
): Promise<StoreResult> => {
  try {
    await work()
    return { id, title, state, why: null }
  } catch (error) {
    return { id, title, state: 'failed', why: whyOf(error) }
  }
}

const shownStore = ({ id, title }: Store): Pick<StoreResult, 'id' | 'title'> => ({ id, title })

export const whyOf = (error: unknown): string => {
  const hints = error instanceof ConfigError || !(error instanceof Error) || !('hints' in error) ? [] : error.hints
  return [messageOf(error), ...(Array.isArray(hints) ? hints.map(String) : [])].join('\n    ')
}

export const sayResults = (results: readonly StoreResult[], { out, outColour: colour }: Terminal): void => {
  const marks = { added: colour.green('+'), removed: colour.red('-'), there: '=', failed: colour.red('✗') }
  for (const { title, state, why } of results)
    out(`${marks[state]} ${title}${state === 'there' ? ': it is there' : ''}${why === null ? '' : `: ${why}`}`)
}

/** Bundles that systems make of their certificates; programs with a list of their own can be led to one. */
const bundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem']

/** What people type for programs that read no store of the system. */
const commandsOf = ({ file }: Authority): readonly { readonly program: string; readonly command: string }[] => {
  const bundle = bundles.find((path) => existsSync(path))
  return [
    { program: 'Node', command: `export ${shown(`NODE_EXTRA_CA_CERTS=${file}`, [])}` },
    ...(bundle === undefined ? [] : [{ program: 'Python', command: `export REQUESTS_CA_BUNDLE=${bundle}` }]),
    {
      program: 'Java',
      command: `keytool -importcert -cacerts -noprompt -storepass changeit -alias kindup ${shown('-file', [file])}`,
    },
  ]
}
