import type { KubeObject } from '../../cluster/kube/kube.ts'
import { listAt, valueAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { filledAt } from './read-yaml.ts'
import type { Candidate } from './candidates.ts'
import { servicesOf } from './applications.ts'
import { valuesFilesFor } from './charts.ts'
import type { DraftService, ChartSet, Exposed } from './draft-service.ts'
import { draftImage } from './draft.ts'
import type { Found, FoundChart, FoundImage } from './found.ts'
import type { Match } from './match-images.ts'
import { freeName, homeOf, isLabel } from './names.ts'
import { asWritten, isWithin } from './paths.ts'

type Proposed = { readonly services: readonly DraftService[]; readonly used: ReadonlySet<FoundImage> }

/** The services, each with its image where it is the only one that it runs. */
export const proposeServices = (
  candidates: readonly Candidate[],
  matches: readonly Match[],
  images: readonly FoundImage[],
  found: Found,
  project: string,
  /** Where charts were found of which a second release would write the objects of the first. */
  single: ReadonlySet<string> = new Set(),
): Proposed => {
  const taken = new Set<string>()
  const used = new Set<FoundImage>()
  const unmatched = images.filter((image) => !matches.some((match) => match.image === image))
  const named = (wanted: string): string => {
    const name = freeName(wanted, taken)
    taken.add(name)
    return name
  }
  const services = candidates.flatMap((candidate): readonly DraftService[] => {
    const own = matches.filter((match) => match.candidate === candidate)
    const deployed =
      'chart' in candidate
        ? servicesOf(
            found.applications.filter(({ chart }) => chart === candidate.chart.folder),
            candidate.name,
          )
        : []
    if ('chart' in candidate && deployed.length > 0)
      return deployed.map((service): DraftService => {
        const match =
          own.find(({ image }) => image.name === service.name) ?? (deployed.length === 1 ? own[0] : undefined)
        const image = match?.image ?? unmatched.find(({ name }) => name === service.name)
        if (image !== undefined) used.add(image)
        const { environments, namespace, release } = service
        return {
          name: named(service.name),
          from: candidate.from,
          ...(image === undefined ? {} : { image: draftImage(image, match?.repository ?? image.repository) }),
          deploy: {
            kind: 'helm',
            chart: asWritten(candidate.chart.folder),
            ...(release === undefined ? {} : { release }),
            values: service.values.map(asWritten),
            sets: withSets(image === undefined ? [] : imageSets(candidate.chart), service.sets),
          },
          environments: environments.map((environment) => environment.name),
          namespaces: Object.fromEntries(
            environments.flatMap((environment) =>
              environment.namespace === undefined ? [] : [[environment.name, environment.namespace]],
            ),
          ),
          ...(environments.length > 0 || namespace === undefined || !isLabel(namespace) ? {} : { namespace }),
        }
      })
    const sharing =
      'chart' in candidate && own.length === 0 && !single.has(candidate.from) && imageSets(candidate.chart).length > 0
        ? unmatched.filter(({ context }) => isWithin(context, homeOf(candidate.chart.folder)))
        : []
    if ('chart' in candidate && sharing.length > 1) {
      // One chart for all: whatever is built here and has no other place is a release of it.
      return sharing.map((image) => {
        used.add(image)
        return ofChart(candidate, candidate.chart, named(image.name), image, found, true)
      })
    }
    const [match] = own.length === 1 ? own : []
    if (match !== undefined) used.add(match.image)
    // What is only called after the whole project is better called after the one thing that it runs.
    const name = named(candidate.name === project && match !== undefined ? match.image.name : candidate.name)
    return 'chart' in candidate
      ? [ofChart(candidate, candidate.chart, name, match?.image, found, false, match?.repository)]
      : [ofObjects(candidate, name, match)]
  })
  return { services, used }
}

/** What is given one by one, but for the image that is built here. */
const withSets = (own: readonly ChartSet[], given: readonly ChartSet[]): readonly ChartSet[] => [
  ...own,
  ...given.filter(({ path }) => !own.some((one) => one.path === path)),
]

const ofChart = (
  { from }: Candidate,
  chart: FoundChart,
  name: string,
  image: FoundImage | undefined,
  found: Found,
  shared: boolean,
  repository?: string,
): DraftService => {
  const paths = found.files.map(({ path }) => path)
  const { values, environments } = valuesFilesFor(chart.folder, name, paths, shared)
  return {
    name,
    from,
    ...(image === undefined ? {} : { image: draftImage(image, repository ?? image.repository) }),
    deploy: {
      kind: 'helm',
      chart: asWritten(chart.folder),
      values: values.map(asWritten),
      sets: [...(image === undefined ? [] : imageSets(chart)), ...ingressSets(chart)],
      ...(shared && { shared }),
    },
    environments,
  }
}

const ofObjects = (
  candidate: Extract<Candidate, { objects: unknown }>,
  name: string,
  match: Match | undefined,
): DraftService => {
  const { objects, skip } = candidate
  const namespaces = new Set(
    objects.namespace === undefined
      ? objects.objects.flatMap(({ metadata }) => metadata.namespace ?? [])
      : [objects.namespace],
  )
  const [namespace = ''] = namespaces
  const environments = objects.environments.map((one) => one.name)
  const expose = candidate.hasIngress || objects.renames ? undefined : webService(objects.objects)
  return {
    name,
    from: candidate.from,
    ...(match === undefined ? {} : { image: draftImage(match.image, match.repository) }),
    deploy: {
      kind: objects.kind,
      paths: objects.paths,
      skip,
      ...(objects.charts === undefined ? {} : { charts: true }),
    },
    environments,
    ...(environments.length === 0 && namespaces.size === 1 && isLabel(namespace) && namespace !== 'default'
      ? { namespace }
      : {}),
    ...(expose === undefined ? {} : { expose: [expose] }),
  }
}

const webPorts = new Set([80, 3000, 3001, 4000, 4200, 5000, 5173, 8000, 8080, 8081, 8888, 9000])

/** The Service of some objects that a browser would want to reach; undefined where there is none or more than one. */
const webService = (objects: readonly KubeObject[]): Exposed | undefined => {
  const found = objects
    .filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Service')
    .filter(
      (service) =>
        valueAt(service, 'spec', 'selector') !== undefined && filledAt(service, 'spec', 'clusterIP') !== 'None',
    )
    .flatMap((service) => {
      const ports = listAt(service, 'spec', 'ports')
      const web =
        ports.find((port) => /^(http|web)/.test(filledAt(port, 'name') ?? '')) ??
        ports.find((port) => webPorts.has(Number(valueAt(port, 'port'))))
      const number = valueAt(web, 'port')
      return typeof number === 'number' ? [{ service: service.metadata.name, port: number }] : []
    })
  // Of several, the one that asks to be reached from outside.
  const [first, ...more] = found
  const outside = found.filter(({ service }) =>
    objects.some(
      (object) =>
        object.metadata.name === service &&
        ['LoadBalancer', 'NodePort'].includes(filledAt(object, 'spec', 'type') ?? ''),
    ),
  )
  return more.length === 0 ? first : outside.length === 1 ? outside[0] : undefined
}

/** The values by which a chart takes an image of ours; empty where its values have no such place. */
const imageSets = ({ values }: FoundChart): readonly ChartSet[] => {
  const image = valueAt(values, 'image')
  if (!isRecord(image) || !('repository' in image)) return []
  return [
    { path: 'image.repository', to: 'image.repository' },
    { path: 'image.tag', to: 'image.tag' },
  ]
}

/** The values by which a chart's Ingress gets a name of ours; empty where they are not where most charts have them. */
const ingressSets = ({ values, hasIngress }: FoundChart): readonly ChartSet[] => {
  const ingress = valueAt(values, 'ingress')
  if (!hasIngress || !isRecord(ingress)) return []
  const host =
    'host' in ingress
      ? 'ingress.host'
      : 'hostname' in ingress
        ? 'ingress.hostname'
        : isRecord(valueAt(ingress, 'hosts', 0))
          ? 'ingress.hosts[0].host'
          : typeof valueAt(ingress, 'hosts', 0) === 'string'
            ? 'ingress.hosts[0]'
            : undefined
  if (host === undefined) return []
  return [
    ...(ingress['enabled'] === false ? [{ path: 'ingress.enabled', to: 'true' } as const] : []),
    { path: host, to: 'host' },
    ...besides(valueAt(ingress, 'hosts', 0), 'ingress.hosts[0]'),
  ]
}

/** What stands in a list's first entry beside its host: helm takes a list that is set in place of the one in the chart. */
const besides = (entry: unknown, path: string): readonly ChartSet[] =>
  isRecord(entry)
    ? Object.entries(entry)
        .filter(([key]) => key !== 'host')
        .flatMap(([key, value]) => scalarsOf(value, `${path}.${key}`))
    : []

const scalarsOf = (value: unknown, path: string): readonly ChartSet[] => {
  if (Array.isArray(value)) return value.flatMap((one: unknown, index) => scalarsOf(one, `${path}[${index}]`))
  if (isRecord(value)) return Object.entries(value).flatMap(([key, inner]) => scalarsOf(inner, `${path}.${key}`))
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? [{ path, to: 'as', as: value }]
    : []
}
