import { resolve } from 'node:path'
import { runChecks, type Outcome } from '../cluster/checks/check.ts'
import { allChecks } from '../cluster/checks/index.ts'
import type { Finding } from '../cluster/diagnose/finding.ts'
import { assess } from '../core/assess.ts'
import { ConfigError, KindupError } from '../core/errors.ts'
import { shortPath } from '../core/print/error-page.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { wrapped } from '../core/print/wrapped.ts'
import { contextOf } from '../core/walk.ts'
import type { App, CommonFlags, SettingFlags } from '../app/app.ts'
import { accessOf } from '../app/access-of.ts'
import { writeDiagnosis } from '../app/diagnose/write-diagnosis.ts'
import type { Diagnosis } from '../cluster/diagnose/diagnosis.ts'
import { engineOf } from '../app/engine-of.ts'
import type { Environment } from '../app/environment.ts'
import { openEnvironment } from '../app/open-environment.ts'
import { refuseProblems } from '../app/refuse-problems.ts'
import { fileOrName } from '../app/file-here.ts'
import { shownCauses } from './json.ts'
import { runOf } from '../app/run-of.ts'
import { asBroughtUp } from '../app/settings.ts'
import { checkDependenciesOf } from '../app/check-dependencies.ts'

export type DiagnoseFlags = CommonFlags & SettingFlags & { readonly out?: string }

/** `diagnose`: what keeps it from working, and all that can be seen of it in a folder. Needs no file, no API and no engine. */
export const diagnose = async (app: App, flags: DiagnoseFlags): Promise<void> => {
  const started = performance.now()
  app.looks.probe()
  const terminal = app.terminal(flags)
  const found = await fileOrName(app, flags, terminal).catch(unnamed)
  const { name } = found
  const wanted = ('cluster' in found ? found.cluster.engine : found.engine) ?? 'auto'
  const engine = engineOf(app, wanted)
  const context = 'cluster' in found ? found.cluster.context : found.context
  const wantedChecks = context === undefined ? allChecks : []
  const [checks, file] = await Promise.all([
    runChecks(wantedChecks, checkDependenciesOf(app, 'services' in found ? found : undefined, runOf(app), engine)),
    'services' in found ? ofTheFile(app, flags, terminal) : { files: {}, secrets: [], mistakes: undefined },
  ])
  const diagnosis = await writeDiagnosis(
    app,
    {
      name,
      ...(context === undefined ? { engine } : {}),
      kube: () =>
        accessOf(app, { name: name ?? '', ...(context === undefined ? {} : { context }) }, engine, app.signal).kube(),
      secrets: file.secrets,
      files: { 'checks.json': JSON.stringify(checks.map(shownCheck), undefined, 2), ...file.files },
      findings: [
        ...mistakesOf('mistakes' in found ? found.mistakes : file.mistakes, app),
        // Of an engine that does not answer, the look at the cluster says the same.
        ...checks
          .filter(({ id, state }) => state === 'failed' && (id !== 'engine' || name === undefined))
          .map(findingOf),
      ],
      ...(flags.out !== undefined && { out: resolve(app.cwd, flags.out) }),
    },
    app.signal,
  )
  const seconds = Math.round(performance.now() - started) / 1000
  const { folder, unanswered } = diagnosis
  if (flags.json) {
    return terminal.json({ cluster: name ?? null, causes: shownCauses(diagnosis), unanswered, folder, seconds })
  }
  print(name ?? 'it', diagnosis, terminal, app)
}

/** Shown on the page; the rest stands in the folder. */
const most = 5

const print = (name: string, { folder, causes }: Diagnosis, terminal: Terminal, { cwd }: App): void => {
  const { out, outColour: colour, outColumns } = terminal
  if (causes.length === 0) out(`Nothing is known that would keep ${name} from working.`)
  for (const [index, { about, cause, hints }] of causes.slice(0, most).entries()) {
    const things = about.slice(0, 3).join(', ') + (about.length > 3 ? ` and ${about.length - 3} more` : '')
    const line = `${things}: ${cause}`
    out(wrapped(`${colour.red('✗')} ${index === 0 ? colour.bold(line) : line}`, outColumns))
    for (const hint of hints) out(wrapped(`    ${colour.cyan('→')} ${hint}`, outColumns))
  }
  if (causes.length > most) out(`  and ${causes.length - most} more`)
  out(`\nAll that was seen: ${shortPath({ file: `${folder}/index.md` }, cwd)}`)
}

/** A file that does not even tell the name: its mistakes are the cause. Where there is no file, nobody knows what is meant. */
const unnamed = (
  error: unknown,
): {
  readonly name?: string
  readonly mistakes: ConfigError
  readonly engine?: undefined
  readonly context?: undefined
} => {
  if (error instanceof ConfigError && error.code !== 'config-missing') return { mistakes: error }
  throw error
}

/** None where there is no file and the name was given. */
const mistakesOf = (mistakes: ConfigError | undefined, { cwd }: App): readonly Finding[] =>
  mistakes === undefined || mistakes.code === 'config-missing'
    ? []
    : [
        {
          about: 'the file',
          cause: mistakes.message.replace(/\.$/, ''),
          evidence: mistakes.problems.map(({ message: text, at }) => (at ? `${shortPath(at, cwd)}: ${text}` : text)),
          hints: [...mistakes.hints, 'kindup plan   # names every mistake with its line'],
          depth: 'machine',
        },
      ]

const shownCheck = ({ id, state, cause, evidence, fix }: Outcome): object => ({ id, state, cause, evidence, fix })

const findingOf = ({ title, cause, evidence, fix }: Outcome): Finding => ({
  about: 'this machine',
  cause: (cause ?? `not so: ${title}`).replace(/\.$/, ''),
  evidence: evidence === undefined ? [] : [evidence],
  hints: fix?.split('\n') ?? [],
  depth: 'machine',
})

/** What the file tells: itself, and how its steps stand. A file that cannot be rendered now is written down all the same. */
const ofTheFile = async (
  app: App,
  given: DiagnoseFlags,
  terminal: Terminal,
): Promise<{
  readonly files: Readonly<Record<string, string>>
  readonly secrets: Iterable<string>
  /** What is wrong in what it points at. */
  readonly mistakes?: ConfigError
}> => {
  try {
    const flags = await asBroughtUp(app, given, terminal)
    const environment = await openEnvironment(app, flags)
    const { config, steps, settings, secrets } = environment
    const statuses = await assess(steps, ({ id }) => contextOf({ signal: app.signal, timeoutMs: flags.timeout }, id))
    const plan = steps.map(({ id, title, needs = [] }) => ({ id, title, needs, ...shownStatus(statuses.get(id)) }))
    return {
      files: {
        'kindup.yaml': app.looks.files(config.file)?.toString('utf8') ?? '',
        'settings.json': JSON.stringify(settings, undefined, 2),
        'plan.json': JSON.stringify(plan, undefined, 2),
      },
      secrets: secrets.hidden.texts,
      ...mistakesIn(environment),
    }
  } catch (error) {
    app.signal.throwIfAborted()
    if (!(error instanceof KindupError)) throw error
    const files = { 'plan.json': JSON.stringify({ error: error.message }, undefined, 2) }
    return { files, secrets: [], ...(error instanceof ConfigError && { mistakes: error }) }
  }
}

/** What `up` would refuse. */
const mistakesIn = (environment: Environment): { readonly mistakes?: ConfigError } => {
  try {
    refuseProblems(environment)
    return {}
  } catch (error) {
    if (error instanceof ConfigError) return { mistakes: error }
    throw error
  }
}

const shownStatus = (status: object | undefined): object => {
  if (status === undefined) return {}
  const { refusal: _error, ...shown } = status as { readonly refusal?: unknown }
  return shown
}
