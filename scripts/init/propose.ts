import { gatewayKinds } from '../../addons/gateway/index.ts'
import { builtinAddons } from '../../config/builtin-addons.ts'
import { isPublicName } from '../../hosts/names.ts'
import { groupKind } from '../../manifests/kinds/kind.ts'
import { isOfSets, setService } from './application-sets.ts'
import { candidatesOf, type Candidate } from './candidates.ts'
import { imageKey, keyOf, type DraftService } from './draft-service.ts'
import { fluxServices, isOfFlux } from './flux-folders.ts'
import { type Draft, type DraftAddon, draftImage } from './draft.ts'
import type { Found, FoundImage } from './found.ts'
import { basesOf, imagesOf, matchImages, type Match } from './match-images.ts'
import { freeName, inOrder } from './names.ts'
import { notesOn, notesOnFetching } from './notes.ts'
import { asWritten, folderOf } from './paths.ts'
import { proposeServices } from './propose-services.ts'
import { remoteServices } from './tools/remote-services.ts'
import type { Tried } from './try-out.ts'
import { listed } from './listed.ts'

/** What to write for what was found, before anybody is asked; `tried` is what came of an earlier proposal. */
export const propose = (found: Found, name: string, tried?: Tried): Draft => {
  const fluxFolders = found.fluxFolders.filter(
    ({ folder }) => !tried?.without.has(folder) && !tried?.without.has(folderOf(folder)),
  )
  const flux = fluxServices(fluxFolders)
  const wantedSets = found.sets && setService(found.sets)
  const [ofSets] = wantedSets ? withoutWrong([wantedSets], tried).filter(({ from }) => !tried?.without.has(from)) : []
  const sets = ofSets && found.sets
  const every = candidatesOf(found, name)
  const fetching = every.filter((one) => isFetching(one) && !isOfFlux(one.from, fluxFolders))
  const candidates = every
    .filter((one) => !isFetching(one))
    .filter(({ from }) => !tried?.without.has(from) && !isOfFlux(from, fluxFolders) && !isOfSets(from, sets))
    .map((candidate) => ({
      ...candidate,
      repositories: [...new Set([...candidate.repositories, ...(tried?.runs.get(candidate.from) ?? [])])],
    }))
  const images = imagesOf(found).filter((image) => !tried?.unbuilt.has(imageKey(draftImage(image, undefined))))
  const matches = matchImages(images, candidates)
  const other = proposeServices(candidates, matches, images, found, name, tried?.single)
  const proposed = { ...other, services: [...flux.services, ...(ofSets ? [ofSets] : []), ...other.services] }
  const converted = proposed.services.length === 0 ? found.compose?.converted : undefined
  const local = converted?.services ?? agreed(proposed.services)
  const far = remoteServices(found, local).filter(({ from }) => !tried?.without.has(from))
  const wanted = withoutWrong([...local, ...far], tried).map((service) => withExposed(service, tried))
  const { services: all, environments, notes } = apart(wanted, environmentsOf(candidates, wanted))
  const services = all.map((service) => withOne(service, environments, tried))
  const used = new Set([...proposed.used, ...images.filter((image) => isAmong(image, converted?.services ?? []))])
  return {
    name,
    workers: 1,
    ...(found.kind === undefined ? {} : { kind: found.kind }),
    addons: addonsFor(candidates, services, found, sets),
    environments,
    crds: found.crds,
    images: looseImages(
      images.filter((image) => !used.has(image)),
      matches,
      services,
      basesOf(found),
    ),
    services,
    ...(converted === undefined ? {} : { secrets: converted.secrets, files: converted.files }),
    domain: `${name}.localhost`,
    publicHosts: [...new Set(candidates.flatMap(({ hosts }) => hosts))].filter(isPublicName),
    notes: [...flux.notes, ...notes, ...notesOnFetching(found, fetching), ...notesOn(found, services, tried)],
  }
}

/** Kustomize fetches into the folder itself, which nobody asked for yet. */
const isFetching = (one: Candidate): boolean => 'objects' in one && one.objects.charts === 'far'

const withoutWrong = (services: readonly DraftService[], tried: Tried | undefined): readonly DraftService[] => {
  const kept = services.filter((service) => !tried?.wrong.has(keyOf(service)))
  if (kept.length === services.length) return services
  const names = new Set(kept.map(({ name }) => name))
  return kept.map(({ needs, ...rest }) => {
    const left = needs?.filter((need) => names.has(need))
    return { ...rest, ...(left !== undefined && left.length > 0 && { needs: left }) }
  })
}

/** What belongs to the whole cluster is written in one environment. */
const withOne = (service: DraftService, all: Draft['environments'], tried: Tried | undefined): DraftService => {
  const names = service.environments.length > 0 ? service.environments : all.map(({ name }) => name)
  return tried?.once.has(keyOf(service)) === true ? { ...service, environments: names.slice(0, 1) } : service
}

/** What a chart leaves to a load balancer is known once it is rendered. */
const withExposed = (service: DraftService, tried: Tried | undefined): DraftService => {
  const expose = tried?.balanced.get(service.name) ?? []
  return service.expose !== undefined || service.hostPorts !== undefined || expose.length === 0
    ? service
    : { ...service, expose }
}

/** Whether one of the services is built from the same. */
const isAmong = (image: FoundImage, services: readonly DraftService[]): boolean => {
  const { context, file, target } = draftImage(image, undefined)
  return services.some(
    ({ image: own }) =>
      own?.context === context && own.file === file && (target === undefined || own.target === target),
  )
}

const environmentsOf = (candidates: readonly Candidate[], services: readonly DraftService[]): Draft['environments'] => {
  const named = candidates.flatMap((candidate) => ('objects' in candidate ? candidate.objects.environments : []))
  return inOrder(services.flatMap(({ environments }) => environments)).map((name) => {
    const namespace =
      named.find((one) => one.name === name && one.namespace !== undefined)?.namespace ??
      services.map(({ namespaces }) => namespaces?.[name]).find((one) => one !== undefined)
    const [short] = shortsOf(services, name)
    return {
      name,
      ...(namespace === undefined || namespace === name ? {} : { namespace }),
      ...(short === undefined ? {} : { short }),
    }
  })
}

const shortsOf = (services: readonly DraftService[], environment: string): ReadonlySet<string> =>
  new Set(
    services.flatMap(({ deploy }) => (deploy.kind === 'helm' ? (deploy.release?.shorts?.[environment] ?? []) : [])),
  )

/** One variable says it for all: services that shorten an environment in different ways are called as they are. */
const agreed = (services: readonly DraftService[]): readonly DraftService[] =>
  services.map((service) => {
    const { deploy } = service
    if (deploy.kind !== 'helm' || deploy.release?.shorts === undefined) return service
    if (Object.keys(deploy.release.shorts).every((name) => shortsOf(services, name).size === 1)) return service
    const { release: _release, ...rest } = deploy
    return { ...service, deploy: rest }
  })

const hasRoutes = (candidate: Candidate): boolean =>
  'objects' in candidate && candidate.objects.objects.some((object) => gatewayKinds.includes(groupKind(object)))

const addonsFor = (
  candidates: readonly Candidate[],
  services: readonly DraftService[],
  found: Found,
  sets: Found['sets'],
): readonly DraftAddon[] => {
  const withIngress = candidates.find(({ hasIngress }) => hasIngress)
  const exposed = services.find(({ expose }) => expose !== undefined)
  const scaled = candidates.find(({ hasAutoscaler }) => hasAutoscaler)
  const argocd = found.gitops.find(({ tool }) => tool === 'argocd')
  const flux = found.gitops.find(({ tool }) => tool === 'flux')
  return [
    addon(
      // Most repositories were written for it; routes of the Gateway API it does not serve.
      candidates.some(hasRoutes) ? 'gateway' : 'ingress-nginx',
      candidates.some(hasRoutes) || withIngress !== undefined || exposed !== undefined || argocd !== undefined,
      withIngress === undefined ? 'host names lead to services through it' : `${withIngress.from} has an Ingress`,
    ),
    addon(
      'metrics-server',
      scaled !== undefined,
      scaled === undefined ? 'for `kubectl top` and autoscalers' : `${scaled.from} has an autoscaler`,
    ),
    {
      ...addon(
        'argocd',
        argocd !== undefined,
        argocd === undefined ? 'GitOps' : `for ${asWritten(argocd.files[0] ?? '')}`,
        true,
      ),
      ...(sets?.charts ? { set: { [String.raw`configs.cm.kustomize\.buildOptions`]: '--enable-helm' } } : {}),
    },
    {
      ...addon('flux', flux !== undefined, flux === undefined ? 'GitOps' : `for ${asWritten(flux.files[0] ?? '')}`),
      ...(found.fluxFolders.some(({ generates }) => generates) ? { set: { 'sourceWatcher.create': true } } : {}),
    },
  ].filter(({ name }) => Object.hasOwn(builtinAddons, name))
}

const addon = (name: string, on: boolean, why: string, hasHost = false): DraftAddon => ({ name, on, why, hasHost })

/** Images that are built for no service alone: several of one service, or none that anything names. */
const looseImages = (
  images: readonly FoundImage[],
  matches: readonly Match[],
  services: readonly DraftService[],
  bases: ReturnType<typeof basesOf>,
): Draft['images'] => {
  const taken = new Set(services.map(({ name }) => name))
  return images.map((image) => {
    const match = matches.find((one) => one.image === image)
    const key = freeName(image.name, taken)
    taken.add(key)
    const base = bases.get(image)
    return {
      key,
      ...draftImage(image, match?.repository ?? image.repository ?? base?.repository),
      ...(base?.tag === undefined || match !== undefined ? {} : { tag: base.tag }),
      ...(match === undefined && base !== undefined && { isBase: true as const }),
      ...(match === undefined && base === undefined && services.length > 0 ? { unused: true } : {}),
      why:
        match === undefined
          ? base === undefined
            ? 'nothing that is deployed names it yet'
            : `${base.by} is built from it`
          : `${match.candidate.from === '.' ? match.candidate.name : match.candidate.from} runs it`,
    }
  })
}

type Apart = Pick<Draft, 'services' | 'environments' | 'notes'>

/** Environments that have namespaces of their own. Of several with one namespace the first stays: in one cluster each would write the objects of the other. */
const apart = (services: readonly DraftService[], environments: Draft['environments']): Apart => {
  const groups = [...Map.groupBy(environments, ({ name, namespace }) => namespace ?? name)]
  const left = groups.flatMap(([, [, ...others]]) => others.map(({ name }) => name))
  if (left.length === 0) return { services, environments, notes: [] }
  const isLeft = (name: string): boolean => left.includes(name)
  const gone = services.filter(({ environments: own }) => own.length > 0 && own.every(isLeft))
  return {
    environments: environments.filter(({ name }) => !isLeft(name)),
    services: services
      .filter((service) => !gone.includes(service))
      .map((service) => ({ ...service, environments: service.environments.filter((name) => !isLeft(name)) })),
    notes: groups.flatMap(([namespace, [first, ...others]]) =>
      first === undefined || others.length === 0
        ? []
        : [
            `The environment${others.length === 1 ? '' : 's'} ${listed(others.map(({ name }) => name))} ${others.length === 1 ? 'is' : 'are'} left out: in the namespace ${namespace} is ${first.name} already, and a cluster has it once.`,
          ],
    ),
  }
}
