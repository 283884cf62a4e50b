import process from 'node:process'
import { engineCheck } from '../cluster/checks/engine.ts'
import { inotifyCheck, watchesAreFew } from '../cluster/checks/inotify.ts'
import { shownStep, type Repair } from '../cluster/checks/repair.ts'
import type { Engine } from '../cluster/engine/engine.ts'
import { kindClusterLabel } from '../cluster/kind/labels.ts'
import { findTool, toolsFolder } from '../cluster/tools/make-tools.ts'
import { unbound } from '../core/bound.ts'
import { confirm } from '../core/ask.ts'
import type { Config } from '../config/config.ts'
import { EnvironmentError, exit, messageOf, type ExitCode, unlessRefused } from '../core/errors.ts'
import { shown } from '../core/shown-command.ts'
import { doRepair, elevateFor, engineAnswers, isRoot, type Repairing } from './do-repair.ts'
import { engineOf } from './engine-of.ts'
import { checkDependenciesOf } from './check-dependencies.ts'

type Dependencies = Repairing & { readonly config: Config }

/** What this machine lacks, and what would be done about it. */
type Lack = { readonly id: 'engine' | 'inotify'; readonly repair: Repair }

/** Set for the run that goes on in a new group: it does not begin again. */
const goesOn = 'KINDUP_IN_GROUP'

/**
 * Puts on this machine what `up` needs and can put there: an engine, and limits of the kernel. Asks one question for all
 * of it, or none with --yes; without a terminal and --yes nothing is done, and what is missing is told where it stops
 * the run. Answers with the engine, or with the exit code of a run that went on in another group.
 */
export const setUp = async (
  dependencies: Dependencies,
): Promise<{ readonly engine: () => Promise<Engine> } | { readonly ended: ExitCode }> => {
  const { config, app, flags, terminal } = dependencies
  const engine = engineOf(app, config.cluster.engine)
  // Where images are built, the build says that it needs an engine.
  if (config.cluster.context !== undefined) return { engine }
  const lacks = await lacking(dependencies, engine)
  if (lacks.length === 0 || (!flags.yes && !terminal.interactive)) return { engine }
  await tell(lacks, dependencies)
  const question = lacks.some(({ id }) => id === 'engine') ? 'Do that, and go on?' : 'Do that first?'
  if (!flags.yes && !(await confirm(question, { byDefault: true, signal: app.signal }))) return { engine }
  await elevateFor(
    lacks.map(({ repair }) => repair),
    dependencies,
  )
  for (const lack of lacks) await remove(lack, dependencies)
  const newGroup = lacks.find(({ repair }) => repair.newGroup !== undefined)?.repair.newGroup
  // Another one than before may be there now.
  app.engines.clear()
  app.looks.probe()
  return newGroup === undefined
    ? { engine: engineOf(app, config.cluster.engine) }
    : { ended: await goOnIn(newGroup, dependencies) }
}

const lacking = async ({ config, run, app }: Dependencies, engine: () => Promise<Engine>): Promise<readonly Lack[]> => {
  const dependencies = checkDependenciesOf(app, config, run, engine)
  const found = await unlessRefused(engine, undefined)
  const start = found || app.env[goesOn] !== undefined ? undefined : (await engineCheck.run(dependencies)).repair
  if (!found && !start) return []
  // Who runs a cluster has lived with the limits so far, or said no: asked again, it would be asked for ever.
  const asksLimits = (await watchesAreFew(dependencies)) && !(found && (await isThere(found, config.name)))
  const limits = asksLimits ? (await inotifyCheck.run(dependencies)).repair : undefined
  return [
    ...(start ? [{ id: 'engine' as const, repair: start }] : []),
    ...(limits ? [{ id: 'inotify' as const, repair: limits }] : []),
  ]
}

const isThere = async (engine: Engine, name: string): Promise<boolean> =>
  (await engine.containers(`${kindClusterLabel}=${name}`)).length > 0

/** What is missing, each with its commands, and what comes without a question. */
const tell = async (lacks: readonly Lack[], { terminal, config, run, app }: Dependencies): Promise<void> => {
  const { err, colour } = terminal
  err('This machine is set up first:')
  for (const { repair } of lacks) {
    err(`  ${colour.cyan('•')} ${repair.title}`)
    for (const step of repair.steps) err(colour.dim(`      $ ${shownStep(step, isRoot())}`))
  }
  const looks = await Promise.all(
    (['kind', 'helm'] as const).map(async (name) => {
      const options = { want: config.tools, run, env: app.env, signal: app.signal }
      const probed = await unlessRefused(() => findTool(name, options), undefined)
      return probed && 'download' in probed ? [`${name} ${probed.download}`] : []
    }),
  )
  const tools = looks.flat()
  if (tools.length > 0) err(`  ${colour.cyan('•')} get ${tools.join(' and ')} (into ${toolsFolder(app.env)})`)
}

const remove = async ({ id, repair }: Lack, dependencies: Dependencies): Promise<void> => {
  const { terminal, app } = dependencies
  try {
    await doRepair(repair, dependencies)
    if (id === 'engine') await engineAnswers(dependencies, repair.newGroup)
  } catch (error) {
    app.signal.throwIfAborted()
    if (!(error instanceof EnvironmentError)) throw error
    // A cluster of few nodes comes up with the limits as they are.
    if (id === 'inotify') return terminal.err(`${terminal.colour.yellow('!')} ${messageOf(error)}`)
    throw new EnvironmentError('set-up', `This machine could not be set up: ${messageOf(error)}`, {
      hints: [...error.hints, ...hintsFor(messageOf(error), repair)],
      cause: error,
    })
  }
}

const hintsFor = (said: string, { steps }: Repair): readonly string[] => {
  if (/a (password|terminal) is required/.test(said))
    return [
      'sudo wants a password, and there is no terminal to ask at. Run these yourself, then again:',
      ...pasted(steps),
    ]
  if (/ulimit|Operation not permitted|cgroup/i.test(said))
    return [
      'A container or a small virtual machine may not be allowed to run an engine: give it the rights (docker run --privileged), or name the engine of another machine: DOCKER_HOST=tcp://HOST:2375',
    ]
  return []
}

const pasted = (steps: Repair['steps']): readonly string[] => steps.map((step) => shownStep(step, isRoot()))

/** A day. */
const longMs = 24 * 3600_000

/** Runs the same command again as a member of a group that this session does not know of yet. */
const goOnIn = async (group: string, { run, app, terminal, config }: Dependencies): Promise<ExitCode> => {
  const { err, colour } = terminal
  const again = shown(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...app.argv])
  err(
    colour.dim(
      `    $ sg ${group} -c 'kindup ${app.argv.join(' ')}'   # other terminals know the group from the next login on`,
    ),
  )
  // Ctrl-C reaches it by the terminal, and it takes its time to clear up.
  const { code } = await unbound(() =>
    run('sg', [group, '-c', again], {
      terminal: true,
      timeoutMs: longMs,
      signal: new AbortController().signal,
      okCodes: Object.values(exit),
      env: { [goesOn]: group },
    }),
  ).catch((error: unknown) => {
    if (!(error instanceof EnvironmentError)) throw error
    throw new EnvironmentError('set-up', `${config.name} cannot go on in this session: ${messageOf(error)}`, {
      hints: [`Log out and in again, so that you are in the group ${group}, and run it once more.`],
      cause: error,
    })
  })
  return Object.values(exit).find((known) => known === code) ?? exit.failed
}
