import { hashOf } from '../../core/fingerprint.ts'
import type { Deployable, Source, ValuesLayer } from '../deployable.ts'
import { hashFiles } from '../helm/chart-files.ts'
import { isExact, isLocal, type LocatedChart } from '../helm/locate-chart.ts'
import { kustomizationFiles } from '../kustomize/files.ts'
import { manifestFiles } from '../plain/manifests.ts'

/** Hashes of what a renderer reads, by the names that tell the user what changed. */
export type Inputs = {
  readonly chart?: string
  readonly values?: string
  readonly release?: string
  readonly files?: string
}

/** Reads the inputs; renders nothing and fetches nothing. */
export const inputsOf = async (deployable: Deployable, chart: LocatedChart | undefined): Promise<Inputs> => {
  const { source, namespace } = deployable
  switch (source.kind) {
    case 'helm':
      return {
        chart: await chartHash(source, chart),
        values: hashOf(await Promise.all(source.values.map(layerHash))),
        release: hashOf([source.release, namespace]),
      }
    case 'kustomize':
      return { files: await hashFiles(kustomizationFiles(source.folder)), release: hashOf(namespace) }
    case 'manifests':
      return { files: await hashFiles(await manifestFiles(source.paths)), release: hashOf(namespace) }
  }
}

/** A published chart of one version never changes; of a range, or of none, the one at hand counts. */
const chartHash = async (
  { chart }: Extract<Source, { kind: 'helm' }>,
  located: LocatedChart | undefined,
): Promise<string> => {
  if (isLocal(chart)) return hashFiles([chart.chart])
  const version = isExact(chart.version) ? chart.version : located?.path
  return hashOf([chart.repo ?? '', chart.chart, version ?? 'not fetched'])
}

const layerHash = async (layer: ValuesLayer): Promise<unknown> => ('file' in layer ? hashFiles([layer.file]) : layer)
