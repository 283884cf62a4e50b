import { arch, availableParallelism, cpus, totalmem } from 'node:os'
import process from 'node:process'
import type { Run } from '../../core/run.ts'
import { figureTable, overDirect, percentile, ratio, type Figures } from './figures.ts'

const versionOf = async (run: Run, program: string, args: readonly string[]): Promise<string> =>
  (await run(program, args).catch(() => ({ stdout: 'unknown' }))).stdout.trim()

const percent = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '-' : value.toFixed(2)

/** The table of figures, with the machine, the versions and the two ratios that are aimed at. `figures`: by key, one a round. */
export const pageOf = async (
  figures: Figures,
  machine: { readonly run: Run; readonly repository: string },
): Promise<string> => {
  const against = percent(ratio(figures, ['up'], ['raw', 'slowest-load', 'slowest']))
  const sequential = percent(ratio(figures, ['up'], ['sequential']))
  return `${await tableOf(figures, machine)}
\`up\` from nothing takes ${against} of create, the slowest add-on's images and that add-on alone, and ${sequential} of everything one after the other (medians of rounds).
`
}

/** The same of `--gitops`, with what each controller takes beyond applying directly. */
export const gitopsPageOf = async (
  figures: Figures,
  machine: { readonly run: Run; readonly repository: string },
): Promise<string> => {
  const more = (way: string): string => overDirect(figures, way)?.toFixed(1) ?? '-'
  const said = (way: string): string => overDirect(figures, `${way}-said`, 'direct-said')?.toFixed(1) ?? '-'
  return `${await tableOf(figures, machine)}
Until served, beyond applying directly: ${more('argocd')} s by Argo CD, ${more('flux')} s by Flux; by git ${more('git-argocd')} and ${more('git-flux')} s. Until kindup says so: ${said('argocd')} and ${said('flux')} s (medians of rounds, each against its own).
`
}

/** The same of `--saves`, with what 95 of 100 saves are not above. */
export const savesPageOf = async (
  figures: Figures,
  machine: { readonly run: Run; readonly repository: string },
): Promise<string> => {
  const most = (way: string): string => percentile(figures.get(way) ?? [], 95)?.toFixed(2) ?? '-'
  return `${await tableOf(figures, machine)}
Until served, 95 of 100 saves: ${most('python')} s by Python, ${most('node')} s by Node; built ${most('built')} s, and on 1 GB ${most('large-after-build')} s after the build.
`
}

const tableOf = async (
  figures: Figures,
  { run, repository }: { readonly run: Run; readonly repository: string },
): Promise<string> => {
  const [commit, docker, kind, helm] = await Promise.all([
    versionOf(run, 'git', ['-C', repository, 'rev-parse', '--short', 'HEAD']),
    versionOf(run, 'docker', ['version', '--format', '{{.Server.Version}}']),
    versionOf(run, 'kind', ['version', '--quiet']),
    versionOf(run, 'helm', ['version', '--short']),
  ])
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model ?? arch()}), ${Math.round(totalmem() / 1e9)} GB, ${process.platform}`
  return `${machine}. kindup ${commit}, node ${process.version}, Docker ${docker}, kind ${kind}, helm ${helm}. ${new Date().toISOString().slice(0, 10)}.

${figureTable(figures)}
`
}
