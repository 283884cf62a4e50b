import { runChecks, type Outcome } from '../cluster/checks/check.ts'
import { hostChecks } from '../cluster/checks/index.ts'
import { EnvironmentError } from '../core/errors.ts'
import type { App } from './app.ts'
import type { Environment } from './environment.ts'
import { checkDependenciesOf } from './check-dependencies.ts'
import { shown } from '../core/shown-command.ts'

/**
 * Everything of this machine that would stop `up`, at once and before anything is changed. Warnings are passed on.
 * `which`: the programs alone, or all but them.
 */
export const checkHost = async (
  { config, cluster, run, deployables }: Environment,
  app: App,
  warn: (text: string) => void,
  which?: 'programs' | 'no-programs',
): Promise<void> => {
  const usesHelm = deployables.some(({ source }) => source.kind === 'helm')
  const checks = hostChecks.filter(
    ({ id }) =>
      (config.cluster.context === undefined || ofExisting.has(id)) &&
      (id !== 'tool/helm' || usesHelm) &&
      (which === undefined || id.startsWith('tool/') === (which === 'programs')),
  )
  const outcomes = await runChecks(checks, checkDependenciesOf(app, config, run, cluster.engine))
  // What is missing is on its way already: that is no news at the end.
  for (const { id, state, cause } of outcomes)
    if (state === 'warning' && cause !== undefined && !id.startsWith('tool/')) warn(cause)
  const failed = outcomes.filter(({ state }) => state === 'failed')
  const [first] = failed
  if (!first) return
  const sentence = ({ title, cause }: (typeof failed)[number]): string => cause ?? `Not so: ${title}.`
  throw new EnvironmentError(
    failed.length === 1 ? (codes[first.id] ?? first.id) : 'host-not-ready',
    failed.map(sentence).join('\n'),
    {
      hints: [...new Set([...offersOf(failed, app), ...failed.flatMap(({ fix }) => fix?.split('\n') ?? [])])],
    },
  )
}

/** What is asked of this machine where the cluster is an existing one. */
const ofExisting = new Set(['tool/helm', 'disk'])

/** What kindup itself can do about it. */
const offersOf = (failed: readonly Outcome[], app: App): readonly string[] =>
  failed.flatMap(({ id, repair }) => {
    if (!repair) return []
    // `up` has asked, where there was somebody to ask.
    const command = id === 'engine' ? commandAgain(app, '--yes') : 'kindup doctor --fix'
    return [`${command}   # does that: ${repair.title}`]
  })

/** The contract's words for what checks find. */
const codes: Readonly<Record<string, string>> = {
  engine: 'engine-unreachable',
  ports: 'port-taken',
  registry: 'port-taken',
  name: 'name-taken',
  'tool/kind': 'tool-missing',
  'tool/helm': 'tool-missing',
}

/** The same command with more flags, as its user typed it: `npm run up -- --yes`, `npx kindup up --yes`. */
const commandAgain = ({ argv, env }: Pick<App, 'argv' | 'env'>, ...more: readonly string[]): string => {
  const [name = '', ...flags] = argv
  // npm tells what it runs: a script of the package, or `npx`.
  const by = env['npm_lifecycle_event']
  if (by === name) return `npm run ${shown(name, ['--', ...flags, ...more])}`
  return `${by === 'npx' ? 'npx ' : ''}kindup ${shown(name, [...flags, ...more])}`
}
