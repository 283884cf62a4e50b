import type { Candidate } from './candidates.ts'
import { servicesOf } from './application-services.ts'
import { imageSets, ingressSets } from './chart-sets.ts'
import { valuesFilesFor } from './chart-values.ts'
import type { DraftService } from './draft.ts'
import { draftImage } from './draft-image.ts'
import type { Found, FoundChart, FoundImage } from './found.ts'
import type { Match } from './match-images.ts'
import { freeName, isLabel } from './names.ts'
import { asWritten } from './paths.ts'
import { webService } from './web-service.ts'

type Proposed = { readonly services: readonly DraftService[]; readonly used: ReadonlySet<FoundImage> }

/** The services, each with its image where it is the only one that it runs. */
export const proposeServices = (
  candidates: readonly Candidate[],
  matches: readonly Match[],
  images: readonly FoundImage[],
  found: Found,
  project: string,
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
        const { environments, namespace } = service
        return {
          name: named(service.name),
          from: candidate.from,
          ...(image === undefined ? {} : { image: draftImage(image, match?.repository ?? image.repository) }),
          deploy: {
            kind: 'helm',
            chart: asWritten(candidate.chart.folder),
            values: service.values.map(asWritten),
            sets: image === undefined ? [] : imageSets(candidate.chart),
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
    if ('chart' in candidate && own.length === 0 && unmatched.length > 1 && imageSets(candidate.chart).length > 0) {
      // One chart for all: whatever is built here and has no other place is a release of it.
      return unmatched.map((image) => {
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
  const namespaces = new Set(objects.objects.flatMap(({ metadata }) => metadata.namespace ?? []))
  const [namespace = ''] = namespaces
  const environments = objects.environments.map((one) => one.name)
  const expose = candidate.hasIngress || objects.renames ? undefined : webService(objects.objects)
  return {
    name,
    from: candidate.from,
    ...(match === undefined ? {} : { image: draftImage(match.image, match.repository) }),
    deploy: { kind: objects.kind, paths: objects.paths, skip },
    environments,
    ...(environments.length === 0 && namespaces.size === 1 && isLabel(namespace) && namespace !== 'default'
      ? { namespace }
      : {}),
    ...(expose === undefined ? {} : { expose }),
  }
}
