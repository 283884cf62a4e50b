import { groupOf } from '../../manifests/kinds/kind.ts'
import type { File, FoundApplication, FoundChart } from './found.ts'
import type { ObjectReader } from './manifests.ts'
import { fromFolder } from './paths.ts'
import { at, listOf, textAt } from './read-yaml.ts'

/** The Applications of Argo CD that deploy a chart of this folder: they say which values go where. */
export const findApplications = (
  files: readonly File[],
  charts: readonly FoundChart[],
  objectsOf: ObjectReader,
): readonly FoundApplication[] => {
  const paths = new Set(files.map(({ path }) => path))
  const known = (path: string): boolean => paths.has(path) || charts.some(({ folder }) => path.startsWith(`${folder}/`))
  return files.flatMap((file) =>
    objectsOf(file)
      .filter(({ apiVersion, kind }) => groupOf(apiVersion) === 'argoproj.io' && kind === 'Application')
      .flatMap((object): readonly FoundApplication[] => {
        const sources = [at(object, 'spec', 'source'), ...listOf(at(object, 'spec', 'sources'))]
        const source = sources.find((one) => charts.some(({ folder }) => folder === textAt(one, 'path')))
        const chart = textAt(source, 'path')
        if (chart === undefined) return []
        const values = listOf(at(source, 'helm', 'valueFiles'))
          .filter((path) => typeof path === 'string')
          // What begins with a slash begins at the repository's top; the chart's own values are read anyway.
          .map((path) => (path.startsWith('/') ? path.slice(1) : fromFolder(chart, path)))
          .filter((path) => known(path) && path !== `${chart}/values.yaml`)
        return [
          {
            file: file.path,
            name: object.metadata.name,
            namespace: textAt(object, 'spec', 'destination', 'namespace'),
            chart,
            values,
            release: textAt(source, 'helm', 'releaseName'),
          },
        ]
      }),
  )
}
