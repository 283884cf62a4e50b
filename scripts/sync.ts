import { idOf, readService } from '../core/identity.ts'
import { situationOf } from '../cluster/kind/situation.ts'
import { loadKubeConfig } from '../cluster/kube/client-node.ts'
import type { Config, ServiceConfig } from '../config/config.ts'
import { EnvironmentError, usageError } from '../core/errors.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { StepResult } from '../core/walk.ts'
import { smokeDocument } from '../services/smoke/document.ts'
import type { App, CommonFlags, End, SettingFlags, WalkFlags } from '../app/app.ts'
import { applyPlan } from '../app/apply.ts'
import { demandInFile } from '../app/known-name.ts'
import { downloadLines } from '../app/download-lines.ts'
import type { Environment } from '../app/environment.ts'
import { engineOf } from '../app/engine-of.ts'
import { confirmExisting } from '../app/existing/confirm-existing.ts'
import { configOf } from '../app/open-environment.ts'
import { openWithPorts } from '../app/open-with-ports.ts'
import { sayWarnings } from '../app/report.ts'
import { takeSessionLock } from '../app/session-lock.ts'
import { asBroughtUp } from '../app/settings.ts'

export type SyncFlags = CommonFlags &
  Required<Pick<SettingFlags, 'set' | 'image' | 'profile'>> & { readonly watch: boolean }

/** What came of it, as `--json` prints it. */
type Synced = {
  readonly cluster: string
  /** `unchanged`: the cluster has just what the files say. */
  readonly services: readonly Pick<StepResult, 'id' | 'result' | 'seconds'>[]
  readonly warnings: readonly string[]
  readonly smoke: readonly object[]
  readonly seconds: number
}

/** `sync`: hands what the files say now to the GitOps controller of a running cluster, and waits until it is so. With `--watch` on each save. */
export const sync = async (app: App, services: readonly string[], given: SyncFlags, end: End): Promise<void> => {
  if (given.watch && given.json)
    throw usageError('--json prints one document at the end, and --watch has none.', 'Leave one of the two away.')
  const started = performance.now()
  const terminal = app.terminal(given)
  const brought = await asBroughtUp(app, given, terminal, 'to change')
  const { config } = await configOf(app, brought)
  const flags: WalkFlags = {
    hosts: true,
    ...brought,
    only: idsOf(config, services, given.env),
    skip: [],
    recreate: false,
  }
  loadKubeConfig().catch(() => undefined)
  const engine = engineOf(app, config.cluster.engine)
  const isThere =
    config.cluster.context !== undefined || (await situationOf(await engine(), config.name)).containers.length > 0
  if (!isThere)
    throw new EnvironmentError('no-cluster', `There is no cluster ${config.name} to sync to.`, { hints: ['kindup up'] })
  const done = new AbortController()
  const downloads = {
    signal: AbortSignal.any([app.signal, done.signal]),
    onProgress: downloadLines(terminal),
    hide: () => undefined,
  }
  try {
    const remote = remoteIds(config)
    const environment = askingRemotes(await openWithPorts(app, flags, terminal, downloads, engine), flags.only, remote)
    await confirmExisting(app, flags, terminal, environment)
    if (given.watch) {
      app.looks.act()
      const { watch } = await import('../app/watch.ts')
      return end(await watch({ app, flags, terminal, downloads, environment, started }))
    }
    const lock = await takeSessionLock(environment, app, `kindup sync ${services.join(' ')}`.trim())
    app.looks.probe()
    const report = await applyPlan({ app, flags, terminal, environment, lock, started, downloads, signal: app.signal })
    const only = new Set(flags.only)
    const { warnings, smoke, seconds } = report
    show(
      {
        cluster: config.name,
        services: report.steps
          .filter(({ id }) => only.has(id))
          .map(({ id, result, seconds: took }) => ({ id, result, seconds: took })),
        warnings,
        smoke: smoke.map(smokeDocument),
        seconds,
      },
      given,
      terminal,
      remote,
    )
  } finally {
    done.abort()
  }
}

/** The steps of services whose controller reads a git remote. */
const remoteIds = ({ services }: Pick<Config, 'services'>): ReadonlySet<string> =>
  new Set(services.filter(({ gitops }) => gitops?.source === 'remote').flatMap((service) => formsOf(service, [])))

/** What a git remote holds by now, its controller alone knows: it is asked each time. */
const askingRemotes = (
  environment: Environment,
  only: readonly string[],
  remote: ReadonlySet<string>,
): Environment => ({
  ...environment,
  steps: environment.steps.map((step) =>
    only.includes(step.id) && remote.has(step.id)
      ? {
          ...step,
          status: async (ctx) => {
            const status = await step.status(ctx)
            return status.state === 'ready'
              ? { state: 'changed', what: 'its git remote may hold something else by now' }
              : status
          },
        }
      : step,
  ),
})

/** The steps of the services that are meant, by name or id. Throws ConfigError on one that no GitOps controller deploys. */
const idsOf = (
  { services, environments }: Pick<Config, 'services' | 'environments'>,
  wanted: readonly string[],
  env: readonly string[],
): readonly string[] => {
  const knownEnvironments = environments.map(({ name }) => name)
  const knownServices = services.map(({ name }) => name)
  for (const name of env) demandInFile(name, knownEnvironments, 'environment')
  const all = services.filter(({ gitops }) => gitops).flatMap((service) => formsOf(service, env))
  const named = wanted.flatMap((word) => {
    const { service, environment } = readService(word) ?? { service: word }
    const meant = services.filter(({ name, origin }) => name === service || origin === service)
    if (meant.length === 0) demandInFile(service, knownServices, 'service')
    if (!meant[0]?.gitops)
      throw usageError(
        `${service} is deployed by kindup itself: it has no gitops.`,
        `kindup up ${meant
          .flatMap((one) => formsOf(one, environment === undefined ? env : [environment]))
          .map((id) => `--only ${id}`)
          .join(' ')}`,
        `services.${service}.gitops: argocd   # or flux: has that deploy it`,
      )
    return meant.flatMap((one) => formsOf(one, environment === undefined ? env : [environment]))
  })
  const ids = wanted.length > 0 ? named : all
  if (ids.length > 0) return [...new Set(ids)]
  throw usageError(
    env.length > 0 || wanted.length > 0
      ? 'None of that is deployed by a GitOps controller.'
      : 'No service of the file is deployed by a GitOps controller.',
    'services.NAME.gitops: argocd   # or flux: has that deploy it',
    'kindup up',
  )
}

const formsOf = ({ name, environments }: ServiceConfig, env: readonly string[]): readonly string[] =>
  environments.length === 0
    ? [idOf({ kind: 'service', name })]
    : environments
        .filter((one) => env.length === 0 || env.includes(one))
        .map((environment) => idOf({ kind: 'service', name, environment }))

const show = (synced: Synced, flags: SyncFlags, terminal: Terminal, remote: ReadonlySet<string>): void => {
  sayWarnings(synced.warnings, terminal)
  const { json, out, outColour: colour } = terminal
  if (flags.json) return json(synced)
  for (const { id, result, seconds } of synced.services)
    out(
      result === 'unchanged'
        ? `${colour.green('✓')} ${id} is as the files say`
        : `${colour.green('✓')} ${id} ${remote.has(id) ? 'synced with its git remote' : 'synced'} and ready after ${seconds.toFixed(1)} s`,
    )
  out(colour.dim(`${synced.cluster}: ${synced.seconds.toFixed(1)} s from the command to the end`))
}
