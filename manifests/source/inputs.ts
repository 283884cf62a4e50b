import type { ChartConfig } from '../../config/config.ts'
import { makeNow, type Files, type OfFiles } from '../../core/files.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { Input } from '../../core/watch/inputs.ts'
import type { ValuesLayer } from '../../config/chart-config.ts'
import type { Deployable } from '../deployable.ts'
import { hashFiles } from '../helm/chart-files.ts'
import { isExact, isLocal, type LocatedChart } from '../helm/locate-chart.ts'
import { isAddress, pinOf } from '../../core/address.ts'
import { isPattern, rootOf } from '../../core/glob.ts'
import { keptAt } from '../plain/kept.ts'
import { manifestFiles } from '../plain/manifest-files.ts'

/** Something that a renderer reads: a file or folder of this machine and the files of it that count, or what the configuration says. */
type Part =
  | { readonly path: string; readonly files: readonly string[]; readonly ignored?: Input['ignored'] }
  | { readonly said: unknown }

type Name = 'chart' | 'values' | 'release' | 'files'

/** What a renderer reads, by the names that tell the user what changed. */
export type Parts = Readonly<Partial<Record<Name, readonly Part[]>>>

/** Hashes of the same. */
export type Inputs = Readonly<Partial<Record<Name, string>>>

/** Looks for what is to be read; reads no more than kustomizations and folders, renders nothing and fetches nothing. */
export const partsOf = async (
  deployable: Deployable,
  chart: LocatedChart | undefined,
  cacheFolder: string,
): Promise<Parts> => {
  const { source, namespace } = deployable
  switch (source.kind) {
    case 'helm':
      return {
        chart: [
          chartPart(source.chart, chart?.path),
          ...(chart?.beside ?? []).map(itself),
          ...(chart?.published ?? []).map((one) => chartPart(one.chart, one.path)),
        ],
        values: source.values.map(layerPart),
        release: [{ said: [source.release, namespace] }],
      }
    case 'kustomize': {
      const { kustomizationFiles } = await import('../kustomize/files.ts')
      return { files: kustomizationFiles(source.folder).map(itself), release: [{ said: namespace }] }
    }
    case 'flux': {
      const { fluxParts } = await import('../flux/flux-parts.ts')
      return { ...fluxParts(source), release: [{ said: namespace }] }
    }
    case 'manifests':
      return {
        files: await Promise.all(source.paths.map((path) => manifestPart(path, cacheFolder))),
        release: [{ said: namespace }],
      }
  }
}

/** Where the part of it lies that are files of this machine. */
export const filesOf = (parts: Parts): readonly Input[] =>
  Object.values(parts).flatMap((some) =>
    some.flatMap((part) =>
      'path' in part ? [{ path: part.path, ...(part.ignored ? { ignored: part.ignored } : {}) }] : [],
    ),
  )

/** Reads the files. */
export const inputsOf = async (parts: Parts, read?: Files, ofFiles: OfFiles = makeNow): Promise<Inputs> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(parts).map(
        async ([name, some]) =>
          [name, hashOf(await Promise.all(some.map((part) => partHash(part, read, ofFiles))))] as const,
      ),
    ),
  )

const partHash = async (part: Part, read: Files | undefined, ofFiles: OfFiles): Promise<unknown> =>
  'said' in part ? part.said : ofFiles(`hash ${part.files.join('\0')}`, () => hashFiles(part.files, read))

const itself = (path: string): Part => ({ path, files: [path] })

const manifestPart = async (path: string, cacheFolder: string): Promise<Part> => {
  if (!isAddress(path)) return { path: isPattern(path) ? rootOf(path) : path, files: await manifestFiles([path]) }
  // What is pinned never changes; of another one the copy at hand counts.
  return { said: [path, pinOf(path) === undefined ? await hashFiles([keptAt(path, cacheFolder)]) : ''] }
}

/** A published chart of one version never changes; of a range, or of none, the one at hand counts. */
const chartPart = (chart: ChartConfig, located: string | undefined): Part => {
  if (isLocal(chart)) return itself(chart.chart)
  const version = isExact(chart.version) ? chart.version : located
  return { said: [chart.repo ?? '', chart.chart, version ?? 'not fetched'] }
}

const layerPart = (layer: ValuesLayer): Part => ('file' in layer ? itself(layer.file) : { said: layer })
