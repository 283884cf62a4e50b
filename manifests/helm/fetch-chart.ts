import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChartConfig } from '../../config/config.ts'
import { ConfigError, EnvironmentError, stopReason } from '../../core/errors.ts'
import { showPlace, type Place } from '../../core/problem.ts'
import { CommandError } from '../../core/run.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { chartName, fetchedFolder, isLocal, locateChart, type LocatedChart } from './locate-chart.ts'
import { withPrivateFolder } from '../../cluster/private-folder.ts'
import { pluginsFolder, repositoriesFile } from './environment.ts'
import { isSameUrl, loginIn, repositoriesOf, type Repository } from './repositories.ts'
import type { Helm } from './helm.ts'

/**
 * The chart on this machine, fetched if it is not there yet; asked for again where a server is busy or a connection
 * breaks, after `pauseMs` milliseconds and then after twice as long.
 * Throws ConfigError for a local one that is missing, EnvironmentError `chart-unreachable` with what was tried.
 */
export const fetchChart = async (
  chart: ChartConfig,
  at: Place,
  helm: Helm,
  signal: AbortSignal,
  pauseMs = 500,
): Promise<LocatedChart> => {
  const located = locateChart(chart, helm.cacheFolder)
  if (located) return located
  if (isLocal(chart))
    throw new ConfigError(`There is no chart ${chart.chart}.`, {
      problems: [{ severity: 'error', message: `There is no chart ${chart.chart}.`, at }],
    })
  const folder = fetchedFolder(chart, helm.cacheFolder)
  await mkdir(folder, { recursive: true })
  const temporary = await mkdtemp(join(folder, '.fetch-'))
  try {
    await pull(chart, temporary, helm, { signal, pauseMs })
    const [file] = await readdir(temporary)
    if (file === undefined) throw new Error('helm pull ended well and left nothing')
    const path = join(folder, file)
    await rename(join(temporary, file), path)
    return { path, kind: 'archive' }
  } catch (error) {
    if (!(error instanceof CommandError) || error.code === 'command-missing') throw error
    throw unreachable(chart, at, error, helm.cacheFolder)
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}

/** Tries altogether; helm itself asks a repository once. */
const tries = 4

const pull = async (
  chart: ChartConfig,
  folder: string,
  helm: Helm,
  { signal, pauseMs }: { readonly signal: AbortSignal; readonly pauseMs: number },
): Promise<void> => {
  // Repositories may need a getter plugin of the user's (s3://, git://).
  const env = { HELM_PLUGINS: pluginsFolder(helm.env, process.platform) }
  const guarded = repositoriesOf(helm.env).find(({ url, isGuarded }) => isGuarded && isSameUrl(url, chart.repo ?? ''))
  const login = loginIn(chart.repo ?? '')
  const secrets = login ? Object.values(login).filter((text) => text !== '') : []
  for (let attempt = 1; ; attempt++) {
    try {
      if (guarded) await pullAs(guarded, repositoriesFile(helm.env), chart, folder, helm, { signal, env, secrets })
      else if (login) await pullWith(login, chart, folder, helm, { signal, env, secrets })
      else await helm.run([...pullArguments(chart), '--destination', folder], { signal, env })
      return
    } catch (error) {
      if (!(error instanceof CommandError) || attempt >= tries || !isPassing(error.stderr)) throw error
      await pause(pauseMs * 2 ** (attempt - 1), undefined, { signal }).catch(() => {
        throw stopReason(signal)
      })
    }
  }
}

type Call = {
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

/** From a repository that wants a login, which stands in a file of helm's and goes into no argument. */
const pullAs = (
  { name }: Pick<Repository, 'name'>,
  repositories: string,
  { chart, version }: ChartConfig,
  folder: string,
  helm: Helm,
  { env, ...call }: Call,
): Promise<void> =>
  withPrivateFolder(helm.cacheFolder, async (cache) => {
    const own = { ...env, HELM_REPOSITORY_CONFIG: repositories, HELM_REPOSITORY_CACHE: cache }
    await helm.run(['repo', 'update', name], { ...call, env: own })
    await helm.run(
      [...pullArguments({ chart: `${name}/${chart}`, ...(version ? { version } : {}) }), '--destination', folder],
      { ...call, env: own },
    )
  })

/** The same where the login stands in the address: it moves into a file that nobody else may read. */
const pullWith = (
  login: NonNullable<ReturnType<typeof loginIn>>,
  chart: ChartConfig,
  folder: string,
  helm: Helm,
  call: Call,
): Promise<void> =>
  withPrivateFolder(helm.cacheFolder, async (own) => {
    const file = join(own, 'repositories.yaml')
    const repository = { name: 'kindup', url: withoutLogin(chart.repo ?? ''), ...login }
    await writeFile(file, JSON.stringify({ apiVersion: '', repositories: [repository] }), { mode: 0o600 })
    await pullAs(repository, file, chart, folder, helm, call)
  })

const pullArguments = ({ chart, repo, version }: ChartConfig): readonly string[] => [
  'pull',
  chart,
  ...(repo === undefined ? [] : ['--repo', repo]),
  ...(version === undefined ? [] : ['--version', version]),
]

const unreachable = (chart: ChartConfig, at: Place, error: CommandError, cacheFolder: string): EnvironmentError => {
  const name = chartName(chart)
  const version = chart.version ?? 'VERSION'
  const from = chart.repo === undefined ? chart.chart : `${chart.chart} of ${withoutLogin(chart.repo)}`
  const why =
    error.stderr
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^Error: /, '') ?? error.message
  const message = `The chart ${from}${chart.version ? ` ${version}` : ''} could not be fetched: ${why}`
  return new EnvironmentError('chart-unreachable', at.line === undefined ? message : `${showPlace(at)}: ${message}`, {
    cause: error,
    hints: [
      `What was tried: ${error.command}`,
      `\`chart:\` can name a folder or an archive of this machine instead, and \`repo:\` a mirror.`,
      `An archive put at ${join(cacheFolder, 'charts', `${name}-${version}.tgz`)} is taken without asking the network.`,
      'Behind a proxy, set HTTPS_PROXY and NO_PROXY.',
    ],
  })
}

/** Whether what helm says of a download may be over when it is asked again: a busy server, or a connection that broke. */
const isPassing = (stderr: string): boolean =>
  /: (?:408|429|500|502|503|504)\b|response status code (?:408|429|50[0234])|too many requests|connection reset|unexpected EOF|: EOF\b|broken pipe|(?:handshake|i\/o) timeout|server misbehaving|temporary failure in name resolution/i.test(
    stderr,
  )
