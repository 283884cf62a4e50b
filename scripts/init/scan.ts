import type { File, Found, FoundTool } from './found.ts'
import { findCharts } from './charts.ts'
import { findCompose } from './compose/find.ts'
import { findApplications } from './applications.ts'
import { findApplicationSets } from './application-sets.ts'
import { findDockerfiles } from './dockerfiles.ts'
import { findFluxFolders } from './flux-folders.ts'
import { findKind } from './kind-clusters.ts'
import { findKustomizations } from './kustomizations.ts'
import { listFiles } from './list-files.ts'
import { findGitOps, findManifests, objectReader } from './manifests.ts'
import { isWithin, nameOf } from './paths.ts'
import { parseAllDocuments } from 'yaml'
import { isRecord } from '../../core/is-record.ts'
import { mostAliases, textOf } from './read-yaml.ts'
import { isHelmfile, readHelmfile } from './tools/helmfile.ts'
import { isSkaffold, readSkaffold } from './tools/skaffold.ts'
import { isTiltfile, readTiltfile } from './tools/tilt.ts'

/**
 * Looks at what a folder holds. Reads files and changes nothing; `project` names what is at its top, `without` are paths of
 * manifests that are not to be deployed. `converts`: a compose file becomes services whatever else there is.
 */
export const scanFolder = (
  folder: string,
  project: string,
  without: ReadonlySet<string> = new Set(),
  { converts = false }: { readonly converts?: boolean } = {},
): Found => {
  const { files, cut, passedOver } = listFiles(folder)
  const objectsOf = objectReader()
  const charts = findCharts(files, project)
  const chartFolders = files
    .filter(({ path }) => nameOf(path) === 'Chart.yaml')
    .map(({ path }) => path.slice(0, -11) || '.')
  // The templates of a chart are no manifests; what lies beside a chart at the top may be.
  const inChart = ({ path }: File): boolean =>
    chartFolders.some((chart) =>
      chart === '.' ? isWithin(path, 'templates') || isWithin(path, 'charts') : isWithin(path, chart),
    )
  const outside = files.filter((file) => !inChart(file))
  const kustomizations = findKustomizations(outside, folder, (paths) =>
    paths.flatMap((full) => objectsOf({ path: full, full })),
  )
  const plain = findManifests(
    outside.filter(({ path }) => !kustomizations.taken.has(path) && !isOwn(path) && !without.has(path)),
    files,
    objectsOf,
  )
  // What somebody wrote for a cluster says more than what a file for one machine does.
  const isBare = charts.length === 0 && kustomizations.found.length === 0 && plain.found.length === 0
  const tools = findTools(
    outside,
    files,
    charts.map((chart) => chart.folder),
  )
  return {
    tools,
    dockerfiles: findDockerfiles(files, project),
    charts,
    objects: [...kustomizations.found, ...plain.found],
    compose: findCompose(files, folder, isBare || converts ? project : undefined),
    gitops: findGitOps(outside, objectsOf),
    fluxFolders: findFluxFolders(folder, outside, objectsOf),
    ...findApplicationSets(folder, outside, objectsOf),
    applications: [...findApplications(outside, charts, objectsOf), ...tools.flatMap((one) => one.applications)],
    kind: findKind(outside),
    crds: plain.crds,
    defined: plain.defined,
    files,
    cut,
    passedOver,
  }
}

const isOwn = (path: string): boolean => /^kindup\.ya?ml$/.test(nameOf(path))

/** What files of Skaffold, Tilt and helmfile outside of charts say. `charts`: folders of the charts that are here; what those hold may be named, too. */
const findTools = (
  outside: readonly File[],
  files: readonly File[],
  charts: readonly string[],
): readonly FoundTool[] => {
  const known = { files, charts: new Set(charts) }
  return outside.flatMap((file): readonly FoundTool[] => {
    if (isTiltfile(file)) return [readTiltfile(file, known)]
    if (isSkaffold(file)) return documentsOf(file).flatMap((document) => readSkaffold(file, document, known) ?? [])
    return isHelmfile(file) ? [readHelmfile(file, known)].filter((found) => found !== undefined) : []
  })
}

const documentsOf = (file: File): readonly Readonly<Record<string, unknown>>[] => {
  try {
    const documents = parseAllDocuments(textOf(file), { logLevel: 'silent', merge: true })
    return [...documents].flatMap((document): readonly Readonly<Record<string, unknown>>[] => {
      const data: unknown = document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: mostAliases })
      return isRecord(data) ? [data] : []
    })
  } catch {
    return []
  }
}
