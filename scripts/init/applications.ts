import { listAt, valueAt } from '../../core/fields.ts'
import { groupOf } from '../../manifests/kinds/kind.ts'
import type { ChartSet, Release } from './draft-service.ts'
import type { File, FoundApplication, FoundChart } from './found.ts'
import type { ObjectReader } from './manifests.ts'
import { inOrder, isEnvironment, isLabel, toLabel } from './names.ts'
import { fromFolder } from './paths.ts'
import { filledAt } from './read-yaml.ts'

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
        const sources = [valueAt(object, 'spec', 'source'), ...listAt(object, 'spec', 'sources')]
        const source = sources.find((one) => charts.some(({ folder }) => folder === filledAt(one, 'path')))
        const chart = filledAt(source, 'path')
        if (chart === undefined) return []
        const values = listAt(source, 'helm', 'valueFiles')
          .filter((path) => typeof path === 'string')
          // What begins with a slash begins at the repository's top; the chart's own values are read anyway.
          .map((path) => (path.startsWith('/') ? path.slice(1) : fromFolder(chart, path)))
          .filter((path) => known(path) && path !== `${chart}/values.yaml`)
        return [
          {
            file: file.path,
            name: object.metadata.name,
            namespace: filledAt(object, 'spec', 'destination', 'namespace'),
            chart,
            values,
            release: filledAt(source, 'helm', 'releaseName'),
          },
        ]
      }),
  )
}

/** What several Applications of Argo CD say of one service. */
export type ApplicationService = {
  readonly name: string
  readonly environments: readonly { readonly name: string; readonly namespace: string | undefined }[]
  /** `{env}` stands in them where there are environments. */
  readonly values: readonly string[]
  readonly sets: readonly ChartSet[]
  /** Where there are no environments. */
  readonly namespace: string | undefined
  /** The release that they make; undefined where it is called as the service is. */
  readonly release?: Release
}

/** The services that Applications of one chart deploy: those that differ in their environment alone are one. */
export const servicesOf = (applications: readonly FoundApplication[], chart: string): readonly ApplicationService[] => {
  const seen = applications.map((application) => {
    const env = environmentOf(application)
    const values = application.values.map((path) => (env === undefined ? path : withPlaceholder(path, env)))
    return { application, env, values, name: nameOf(application, env) ?? chart }
  })
  const groups = Map.groupBy(seen, ({ name, env, values, application }) =>
    JSON.stringify([name, env !== undefined, values, application.sets ?? []]),
  )
  return [...groups.values()].flatMap((group): readonly ApplicationService[] => {
    const [first] = group
    if (!first) return []
    const { name, values, env, application } = first
    if (env === undefined) {
      const text = releaseName(application)
      return [
        {
          name,
          environments: [],
          values,
          sets: application.sets ?? [],
          namespace: application.namespace,
          ...(text === name ? {} : { release: { text } }),
        },
      ]
    }
    const release = releaseOf(
      name,
      group.map((one) => [one.env ?? '', releaseName(one.application)]),
    )
    const namespaces = new Map(group.map((one) => [one.env ?? '', one.application.namespace]))
    return [
      {
        name,
        environments: inOrder(namespaces.keys()).map((one) => ({ name: one, namespace: namespaces.get(one) })),
        values,
        sets: application.sets ?? [],
        namespace: undefined,
        ...(release === undefined ? {} : { release }),
      },
    ]
  })
}

const releaseName = ({ name, release }: FoundApplication): string => release ?? name

const words = (text: string): readonly string[] => text.split(/[/._-]/)

/** By the values files first: their paths have to hold it. Then by namespace and name. */
const environmentOf = ({ values, namespace, name }: FoundApplication): string | undefined =>
  [...values.flatMap(words), namespace ?? '', ...words(name)].find((word) => isEnvironment(word) && isLabel(word))

const withPlaceholder = (path: string, env: string): string =>
  path.replaceAll(new RegExp(`(?<=^|[/._-])${env}(?=$|[/._-])`, 'g'), '{env}')

/** What is left of the name without the words that say where. */
const nameOf = ({ name }: FoundApplication, env: string | undefined): string | undefined =>
  toLabel(
    words(name)
      .filter((word) => word !== env && !isEnvironment(word))
      .join('-'),
  )

/** How the releases of a service are called in all environments: `{env}-{name}`, or `{short}-{name}` where they shorten their names. */
const releaseOf = (
  service: string,
  named: readonly (readonly [env: string, release: string])[],
): Release | undefined => {
  const [first] = named
  if (!first || named.every(([, release]) => release === service)) return undefined
  const parts = named.map(([env, release]) => ({ env, parts: release.split(service) }))
  if (parts.some((one) => one.parts.length !== 2)) return undefined
  const texts = new Set(
    parts.map(({ env, parts: [before = '', after = ''] }) => `${withEnv(before, env)}{name}${withEnv(after, env)}`),
  )
  const [text] = texts
  if (texts.size === 1) return text === undefined ? undefined : { text }
  const [afters, short] = [new Set(parts.map((one) => one.parts[1])), /^([a-z0-9]+)-$/]
  if (afters.size !== 1 || !parts.every((one) => short.test(one.parts[0] ?? ''))) return undefined
  return {
    text: `{short}-{name}${[...afters][0] ?? ''}`,
    shorts: Object.fromEntries(parts.map(({ env, parts: [before = ''] }) => [env, before.slice(0, -1)])),
  }
}

const withEnv = (text: string, env: string): string =>
  text.replaceAll(new RegExp(`(?<=^|-)${env}(?=$|-)`, 'g'), '{env}')
