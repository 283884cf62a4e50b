import { builtinAddons } from '../config/builtin-addons.ts'
import { nameTaken, situationOf } from '../cluster/kind/situation.ts'
import { assess } from '../core/assess.ts'
import { exit, unlessRefused } from '../core/errors.ts'
import { changesSomething, makePlan, refusalOf, type Plan } from '../core/plan.ts'
import { errorPage, problemLines } from '../core/print/error-page.ts'
import { idOf } from '../core/identity.ts'
import { oneLine } from '../core/print/one-line.ts'
import { table } from '../core/print/table.ts'
import { wrapped } from '../core/print/wrapped.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { Problem } from '../core/problem.ts'
import type { Status } from '../core/step.ts'
import { contextOf } from '../core/walk.ts'
import { selectHosts } from '../hosts/names.ts'
import type { App, WalkFlags, End } from '../app/app.ts'
import type { Environment } from '../app/environment.ts'
import { openEnvironment } from '../app/open-environment.ts'
import { removalsOf } from '../app/removals.ts'
import { forUp } from '../app/settings.ts'

export type PlanFlags = WalkFlags & { readonly check: boolean }

/** `plan`: what `up` would do. Changes nothing, and wants no engine, cluster or network for what is on disk. */
export const plan = async (app: App, given: PlanFlags, end: End): Promise<void> => {
  app.looks.probe()
  const { flags, said } = await forUp(app, given)
  const environment = await openEnvironment(app, flags)
  await refuseForeign(environment)
  const planned = await planOf(app, flags, environment)
  const terminal = app.terminal(flags)
  const dropped = await said
  if (dropped !== undefined) terminal.err(`${terminal.colour.cyan('i')} ${dropped}`)
  if (flags.json) terminal.json(documentOf(environment, planned))
  else printPlan(environment, planned, terminal, app.cwd)
  terminal.annotate?.(environment.problems)
  const refusal = refusalOf(planned)
  if (refusal && !flags.json) terminal.err(`\n${errorPage(refusal, terminal.colour, app.cwd)}`)
  if (environment.problems.some(({ severity }) => severity === 'error')) end(exit.usage)
  else if (refusal) end(refusal.exitCode)
  else if (flags.check && changesSomething(planned)) end(exit.wouldChange)
}

/** Asks every step and puts together what a walk would do, removals included. */
export const planOf = async (app: App, flags: WalkFlags, environment: Environment): Promise<Plan> => {
  const options = { signal: app.signal, timeoutMs: flags.timeout }
  const statuses = await assess(environment.steps, (step) => contextOf(options, step.id))
  const removals = await removalsOf(environment, statuses, contextOf(options, 'record'))
  return makePlan(environment.steps, statuses, removals, await madeBefore(environment, statuses, options))
}

/** Steps that wait for another and were made by an earlier run: the record tells them from new ones. */
const madeBefore = async (
  { cluster }: Environment,
  statuses: ReadonlyMap<string, Status>,
  options: Parameters<typeof contextOf>[0],
): Promise<ReadonlySet<string>> => {
  const isAsked = ['ready', 'changed'].includes(statuses.get('cluster/api')?.state ?? '')
  if (!isAsked || ![...statuses.values()].some(({ state }) => state === 'unknown')) return new Set()
  const record = await cluster.record(contextOf(options, 'record'))
  return new Set([...(await record.entries()).values()].map(({ id }) => id))
}

/** A name that `up` would refuse is refused here too. Without an engine nobody can tell. */
const refuseForeign = async ({ cluster, config }: Environment): Promise<void> => {
  // The step of an existing cluster says it.
  if (config.cluster.context !== undefined) return
  const engine = await unlessRefused(cluster.engine, undefined)
  const taken = engine && nameTaken(engine, config, await situationOf(engine, config.name))
  if (taken) throw taken
}

const documentOf = ({ config, problems, hostNames }: Environment, planned: Plan): object => ({
  cluster: config.name,
  steps: planned.map(({ step, action, reason }) => ({
    id: step.id,
    title: step.title,
    needs: step.needs ?? [],
    action,
    reason,
  })),
  hosts: selectHosts([...hostNames], config.hosts.extra).write,
  problems: [...problems, ...refused(planned)]
    .flatMap(ofEachStep)
    .map(({ step, at, severity, message, hint, also }) => ({
      step: step ?? null,
      at: at ?? null,
      severity,
      message,
      fix: hint ?? null,
      ...(also ? { also } : {}),
    })),
})

/** Programs look a step up: the same at the same line is told for each. */
const ofEachStep = ({ also, ...problem }: Problem): readonly Problem[] => {
  if (!also) return [problem]
  if (also.places.length > 0) return [{ ...problem, also }]
  return [problem, ...also.steps.map((step) => ({ ...problem, step }))]
}

const refused = (planned: Plan): readonly Problem[] =>
  planned.flatMap(({ step, refusal }) =>
    refusal && refusal.problems.length > 0
      ? refusal.problems.map((problem) => ({ ...problem, step: step.id }))
      : refusal
        ? [
            {
              step: step.id,
              severity: 'error',
              message: refusal.message,
              ...(refusal.hints[0] === undefined ? {} : { hint: refusal.hints[0] }),
            },
          ]
        : [],
  )

const printPlan = (
  environment: Environment,
  planned: Plan,
  { out, err, colour, outColour, outColumns }: Terminal,
  cwd: string,
): void => {
  const marks = {
    create: outColour.green('+'),
    update: outColour.yellow('~'),
    remove: outColour.red('-'),
    none: outColour.dim('='),
  }
  out(
    wrapped(
      table(
        planned.map(({ step, action, reason }) => [
          `${marks[action]} ${step.id}`,
          step.title,
          outColour.dim(oneLine(action === 'none' ? reason : `${action}: ${reason}`)),
        ]),
      ),
      outColumns,
    ),
  )
  const { write } = selectHosts([...environment.hostNames], environment.config.hosts.extra)
  if (environment.config.hosts.mode === 'file' && write.length > 0)
    out(`\nHost names in ${environment.config.hosts.file}:\n${write.map((host) => `  ${host}`).join('\n')}`)
  if (environment.problems.length > 0)
    err(['', ...environment.problems.flatMap((one) => problemLines(one, colour, cwd))].join('\n'))
  for (const text of retiredAmong(environment, planned)) err(`\n${colour.cyan('i')} ${text}`)
  const count = planned.filter(({ action }) => action !== 'none').length
  out(count === 0 ? '\nNothing would change.' : `\n${count} of ${planned.length} steps would do something.`)
}

/** Of add-ons that get no fixes any more, where one is to be installed or changed: somebody who decides now wants to know. */
export const retiredAmong = ({ config }: Pick<Environment, 'config'>, planned: Plan): readonly string[] =>
  config.addons.flatMap(({ name, chart }) => {
    const retired = chart === undefined ? builtinAddons[name]?.retired : undefined
    const isDue = planned.some(
      ({ step, action }) => step.id === idOf({ kind: 'addon', name }) && ['create', 'update'].includes(action),
    )
    return retired && isDue ? [`${retired.why} ${retired.instead}`] : []
  })
