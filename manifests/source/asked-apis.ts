import { gunzipSync } from 'node:zlib'
import { readFileNow, type Files } from '../../core/files.ts'
import type { DefinedKind } from '../kinds/built-in.ts'
import { servedBy } from '../kinds/served.ts'
import { apiVersionsOf } from './defined-kinds.ts'
import { followedFiles } from '../helm/chart-files.ts'
import type { LocatedChart } from '../helm/locate-chart.ts'

/** What a chart asks of a cluster's APIs: `any` where its text does not tell the names of all. */
export type AskedApis = { readonly names: ReadonlySet<string>; readonly any: boolean }

const question = 'Capabilities.APIVersions'

/** What a chart renders differently for, as far as its text tells; undefined where it asks nothing. */
export const askedApis = async (chart: LocatedChart, read: Files = readFileNow): Promise<AskedApis | undefined> => {
  const files = chart.kind === 'archive' ? [chart.path] : await followedFiles(chart.path)
  const asked = files
    .map((file) => textsOf(file, read))
    .filter((text) => text.includes(question))
    .map(namesIn)
  if (asked.length === 0) return undefined
  return { names: new Set(asked.flatMap(({ names }) => [...names])), any: asked.some(({ any }) => any) }
}

/** A file, and what an archive holds: the texts of its files lie in it as they are. */
const textsOf = (file: string, read: Files): string => {
  const content = read(file) ?? Buffer.of()
  try {
    return (/\.t?gz$/.test(file) ? gunzipSync(content) : content).toString('latin1')
  } catch {
    // No archive after all: helm says so.
    return ''
  }
}

const asking = /\bhas\s+(?:"([^"]+)"|`([^`]+)`)\s+\(?\s*\$?\.?\s*$|^\.Has\s+(?:"([^"]+)"|`([^`]+)`)/

const namesIn = (text: string): AskedApis => {
  const found = [...text.matchAll(/Capabilities\.APIVersions/g)].map(({ index }) => {
    const behind = asking.exec(text.slice(index + question.length, index + 300))
    const before = behind ?? asking.exec(text.slice(Math.max(0, index - 300), index))
    return before?.slice(1).find((name) => name !== undefined)
  })
  return { names: new Set(found.filter((name) => name !== undefined)), any: found.includes(undefined) }
}

/** What of the APIs that a cluster serves helm has to be told for this chart: those of Kubernetes, and those that the plan brings. */
export const toldApis = (
  { names, any }: AskedApis,
  kubernetes: string,
  brought: readonly DefinedKind[],
): readonly string[] => [...servedBy(kubernetes), ...apiVersionsOf(brought)].filter((one) => any || names.has(one))
