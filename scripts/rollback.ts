import type { InventoryEntry } from '../cluster/inventory/inventory.ts'
import { EnvironmentError, KindupError } from '../core/errors.ts'
import { hiding } from '../core/mask/step.ts'
import { makePlan } from '../core/plan.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { Status, Step } from '../core/step.ts'
import { contextOf, type StepResult } from '../core/walk.ts'
import { showHosts } from '../hosts/hosts-file.ts'
import { recordedDeps } from '../services/recorded-undo.ts'
import { findRender, type Found } from '../services/rollback/find-render.ts'
import { rollbackStep } from '../services/rollback/rollback-step.ts'
import { smokeDocument } from '../services/smoke/document.ts'
import { entrancesOf } from '../services/smoke/entrances.ts'
import type { SmokeResult } from '../services/smoke/smoke.ts'
import type { App, CommonFlags, SettingFlags } from '../app/app.ts'
import { chosenServices } from '../app/chosen-services.ts'
import { hostsChange } from '../app/update-hosts.ts'
import { withRecorded, type Recorded } from '../app/recorded.ts'
import { passTests } from '../app/smoke-tests.ts'
import { asBroughtUp } from '../app/settings.ts'
import { walkShown } from '../app/walk-shown.ts'
import type { KubeObject } from '../cluster/kube/kube.ts'
import type { Config } from '../config/config.ts'
import { knownSecrets } from '../services/hooks/known-secrets.ts'
import { renderedData } from '../services/secrets/data.ts'
import { makeHidden } from '../services/secrets/hidden.ts'

/** What was done, as `--json` prints it. */
type RolledBack = {
  readonly cluster: string
  readonly steps: readonly StepResult[]
  readonly warnings: readonly string[]
  readonly smoke: readonly SmokeResult[]
  readonly seconds: number
}

type Chosen = { readonly entry: InventoryEntry; readonly found: Found }

/** `rollback`: makes a service what it was before its last deployment, as the cluster remembers it. */
export const rollback = async (app: App, service: string, given: CommonFlags & SettingFlags): Promise<void> => {
  const terminal = app.terminal(given)
  const flags = await asBroughtUp(app, given, terminal, 'to change')
  const started = performance.now()
  const warnings: string[] = []
  const request = { app, flags, terminal, command: `kindup rollback ${service}` }
  const done = await withRecorded(
    request,
    { warn: (_id, text) => void warnings.push(text) },
    async (recorded, config) => {
      const entries = recorded?.entries ?? new Map<string, InventoryEntry>()
      const meant = chosenServices(entries, { services: [service], environments: flags.env }, config)
      if (!recorded || meant.length === 0)
        throw new EnvironmentError('not-deployed', `${service} is not deployed to ${config.name}.`, {
          hints: ['kindup up'],
        })
      const chosen = await withRender(meant, recorded, warnings)
      return { cluster: config.name, ...(await rollBack(chosen, recorded, app, terminal)) }
    },
  )
  const seconds = Math.round(performance.now() - started) / 1000
  show({ ...done, warnings: [...new Set(warnings)], seconds }, flags, terminal)
}

/** Of several environments, those that have been something else before; it is an error only where none has. */
const withRender = async (
  meant: readonly InventoryEntry[],
  { cluster, options }: Recorded,
  warnings: string[],
): Promise<readonly Chosen[]> => {
  const kube = await cluster.kube(contextOf(options, 'rollback'))
  const errors: KindupError[] = []
  const chosen: Chosen[] = []
  for (const entry of meant) {
    try {
      chosen.push({ entry, found: await findRender(kube, entry) })
    } catch (error) {
      if (!(error instanceof KindupError)) throw error
      errors.push(error)
    }
  }
  if (chosen.length === 0 && errors[0]) throw errors[0]
  warnings.push(...errors.map(({ message }) => message))
  return chosen
}

const rollBack = async (
  chosen: readonly Chosen[],
  recorded: Recorded,
  app: App,
  terminal: Terminal,
): Promise<Pick<RolledBack, 'steps' | 'smoke'>> => {
  const { cluster, config, entries, options } = recorded
  const smoke: SmokeResult[] = []
  const deps = recordedDeps({ cluster, env: app.env }, [...entries.values()])
  const gone = chosen.map(({ entry }) => entry)
  const hosts = await hostsChange(recorded, { gone, come: chosen.flatMap(({ found }) => found.to.hosts) }, terminal)
  const known = hosts === undefined ? [] : await showHosts(hosts.file, config.name)
  const texts = hiddenTexts(
    config,
    app.env,
    chosen.flatMap(({ found }) => found.to.objects),
  )
  const steps = chosen.map(({ entry, found }) =>
    hiding(
      rollbackStep(entry, found, {
        ...deps,
        test: ({ namespace, smoke: tests, hosts: own, objects, exposed }, ctx) => {
          const entrances = entrancesOf([...objects, ...exposed])
          const reach = { hosts: own, localHosts: [...known, ...own], entrances, catchAll: true }
          return passTests(
            { id: entry.id, namespace, smoke: tests },
            { reach, results: smoke, env: app.env },
            cluster,
            ctx,
          )
        },
      }),
      texts,
    ),
  )
  const statuses = new Map<string, Status>()
  for (const step of steps) statuses.set(step.id, await statusOf(step, recorded))
  const done = await walkShown(makePlan(steps, statuses), options, terminal, config.name)
  await hosts?.write(contextOf(options, 'hosts'))
  return { steps: done, smoke: smoke.map(smokeDocument) }
}

const statusOf = (step: Step, { options }: Recorded): Promise<Status> => step.status(contextOf(options, step.id))

const show = (done: RolledBack, flags: CommonFlags, { json, out, err, colour, outColour }: Terminal): void => {
  for (const warning of done.warnings) err(`${colour.yellow('!')} ${warning}`)
  if (flags.json) return json(done)
  const tests =
    done.smoke.length === 0
      ? ''
      : ` ${done.smoke.length} smoke test${done.smoke.length === 1 ? '' : 's'} of then passed.`
  const what = done.steps.map(({ id }) => id).join(', ')
  out(`${outColour.green('✓')} Rolled back ${what} (${done.seconds.toFixed(1)} s).${tests}`)
  out(outColour.dim('  `kindup up` makes it as the file says again; a second rollback goes forward again.'))
}

/** Texts that a rollback must not print, whoever says them: those of the file and of the environment, and what the Secrets of then hold. */
const hiddenTexts = (
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  objects: readonly KubeObject[],
): ReadonlySet<string> => {
  const hidden = makeHidden(config)
  hidden.add(new Map(knownSecrets(config, [env]).map((text) => [text, Buffer.from(text)])))
  for (const object of objects)
    if (object.kind === 'Secret' && object.apiVersion === 'v1') hidden.add(renderedData(object))
  return hidden.texts
}
