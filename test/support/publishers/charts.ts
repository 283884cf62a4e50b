import { sha256 } from '../release-server.ts'
import { file, sendOn, text, type Answer, type Site } from './answer.ts'

export type Chart = {
  /** `https://kubernetes.github.io/ingress-nginx` */
  readonly repo: string
  readonly name: string
  readonly version: string
  readonly archive: Buffer
}

/** Where the archives of the repositories are, which on GitHub's pages is GitHub's releases. */
const releases = (chart: Chart): string =>
  `/charts-of/${new URL(chart.repo).host}/releases/download/${chart.name}-${chart.version}/${chart.name}-${chart.version}.tgz`

/** Chart repositories: an index each, whose addresses lead to GitHub's releases, which send on. */
export const chartSites = (charts: readonly Chart[]): Readonly<Record<string, Site>> => {
  const files = new Map<string, Answer>()
  for (const repo of new Set(charts.map((chart) => chart.repo.replace(/\/$/, '')))) {
    const here = charts.filter((chart) => chart.repo.replace(/\/$/, '') === repo)
    const url = new URL(`${repo}/index.yaml`)
    files.set(url.host + url.pathname, text(indexOf(here), 'text/yaml'))
  }
  for (const chart of charts) {
    const asset = `/github-production-release-asset/charts/${chart.name}-${chart.version}.tgz`
    files.set(`github.com${releases(chart)}`, sendOn(`https://release-assets.githubusercontent.com${asset}?sig=1`))
    files.set(`release-assets.githubusercontent.com${asset}`, file(chart.archive))
  }
  const site: Site = ({ host, path }) => files.get(host + path)
  return Object.fromEntries([...files.keys()].map((place) => [place.slice(0, place.indexOf('/')), site]))
}

const indexOf = (charts: readonly Chart[]): string =>
  JSON.stringify({
    apiVersion: 'v1',
    generated: '2026-11-01T00:00:00Z',
    entries: Object.fromEntries(
      charts.map((chart) => [
        chart.name,
        [
          {
            apiVersion: 'v2',
            name: chart.name,
            version: chart.version,
            created: '2026-11-01T00:00:00Z',
            digest: sha256(chart.archive),
            urls: [`https://github.com${releases(chart)}`],
          },
        ],
      ]),
    ),
  })
