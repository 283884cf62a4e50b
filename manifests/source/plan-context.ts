import type { ResolvedImage } from '../../cluster/images/images.ts'
import { ownRepository } from '../../config/adopt/own-repository.ts'
import { namedNodes, type NamedNode } from '../../cluster/nodes/may-run.ts'
import type { Config } from '../../config/config.ts'
import { addressOf } from '../../gitops/delivery.ts'
import type { Artifacts } from '../kinds/app-projects.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { groupOf } from '../kinds/kind.ts'
import { imageRules, type Providers } from '../problems/needs.ts'
import { ingressClassesOf, type IngressClasses } from '../problems/ingress-classes.ts'
import type { KnownSecret, KnownSecrets } from '../problems/secret-uses.ts'
import type { ImageRule } from '../transform/rules.ts'
import { configsOf, type Configs } from '../transform/config-digests.ts'
import { listenersOf, type Listener } from '../kinds/listeners.ts'
import type { DefinedKind } from '../kinds/built-in.ts'
import { servesLoadBalancers } from '../transform/load-balancer.ts'
import { broughtFor } from './brought.ts'
import { definedKinds } from './defined-kinds.ts'
import type { Rendered } from './rendered.ts'
import { kubernetesOf } from './kubernetes-version.ts'

/** What one deployable has to know of the whole plan. */
export type PlanContext = {
  readonly config: Config
  readonly images: readonly ImageRule[]
  readonly nodes: readonly NamedNode[]
  readonly kubernetes: string
  readonly secrets: readonly KnownSecret[]
  /** `group/Kind` → the step that brings it. */
  readonly providers: Providers
  /** `group/Kind` → the step without which its objects do nothing, where another one brings the kind. */
  readonly servers: Providers
  /** What the services of the plan have in ConfigMaps and Secrets. */
  readonly configs: Configs
  /** Whether a Service of type LoadBalancer gets an address. */
  readonly hasLoadBalancers: boolean
  /** What Gateways of the plan listen at. */
  readonly listeners: readonly Listener[]
  /** Host names that somebody uses: those of `hosts.extra`, and those that smoke tests ask. */
  readonly usedNames: readonly string[]
  /** The Ingress classes that the plan brings. */
  readonly classes: IngressClasses
  /** What projects of Argo CD have to permit, where Applications of the user read the working tree. */
  readonly artifacts?: Artifacts
  /** The kinds that a deployable finds defined when its chart is rendered, as far as that is known. */
  definedFor(id: string): readonly DefinedKind[]
  /** Whether something that is not rendered yet may bring kinds of this group. */
  mayBring(group: string): boolean
  /** The steps that are not rendered yet and may bring kinds of this group. */
  bringersOf(group: string): readonly string[]
}

/** The kinds that objects define: `group/Kind`. */
export const defines = (documents: readonly RenderedObject[] | undefined): readonly string[] =>
  definedKinds(documents ?? []).map(({ group, kind }) => `${group}/${kind}`)

export type Bringer = { readonly id: string; readonly kinds: readonly string[] | undefined }

/** What services have in ConfigMaps and Secrets. */
const configsOfAll = (deployables: readonly Deployable[], documentsOf: DocumentsOf): Configs =>
  Object.fromEntries(
    deployables.flatMap(({ id, of, namespace }) => {
      const objects = of.kind === 'service' ? (documentsOf(id) ?? []).map(({ object }) => object) : []
      return Object.entries(configsOf(objects, namespace))
    }),
  )

/** The objects of a step; undefined where nobody knows them yet. */
type DocumentsOf = (id: string) => readonly RenderedObject[] | undefined

/** `bringers`: every step with the kinds its objects define; undefined where nobody knows its objects yet. The first one of a kind counts. */
export const planContextOf = (
  {
    config,
    images,
    secrets,
  }: { readonly config: Config; readonly images: readonly ResolvedImage[]; readonly secrets?: KnownSecrets },
  deployables: readonly Deployable[],
  bringers: readonly Bringer[],
  documentsOf: DocumentsOf,
): PlanContext => {
  const providers = new Map<string, string>()
  const add = (id: string, kinds: readonly string[]) => {
    for (const kind of kinds) if (!providers.has(kind)) providers.set(kind, id)
  }
  for (const { id, kinds } of bringers) add(id, kinds ?? [])
  for (const { id, provides } of deployables) add(id, provides)
  const bringersOf = (group: string): readonly string[] =>
    deployables
      .filter((one) => bringers.some(({ id, kinds }) => id === one.id && !kinds) && mayHold(one, group))
      .map(({ id }) => id)
  return {
    config,
    images: imageRules(images),
    nodes: namedNodes(config.name, config.cluster.nodes),
    kubernetes: kubernetesOf(config),
    secrets: secrets?.known ?? [],
    providers,
    servers: new Map(deployables.flatMap(({ id, serves = [] }) => serves.map((kind) => [kind, id] as const))),
    configs: configsOfAll(deployables, documentsOf),
    hasLoadBalancers: config.cluster.existing?.givesAddresses || servesLoadBalancers(chartsOf(config)),
    listeners: listenersOf(
      deployables.flatMap(({ id, namespace }) => (documentsOf(id) ?? []).map(({ object }) => ({ object, namespace }))),
    ),
    usedNames: [...new Set([...config.hosts.extra, ...deployables.flatMap(namedFor)])],
    classes: ingressClassesOf(deployables.map(({ id }) => documentsOf(id))),
    ...artifactsOf(deployables, config),
    definedFor: (id) =>
      broughtFor(
        id,
        new Map(
          bringers.map((one) => {
            const documents = documentsOf(one.id)
            return [one.id, documents ? { documents } : {}]
          }),
        ),
      ),
    mayBring: (group) => bringersOf(group).length > 0,
    bringersOf,
  }
}

const artifactsOf = (deployables: readonly Deployable[], { folder }: Config): Pick<PlanContext, 'artifacts'> => {
  const delivery = deployables.find((one) => one.delivery?.application && !one.delivery.remote)?.delivery
  if (!delivery) return {}
  // Those of one cluster have their folder in the registry.
  const [top = '', cluster = ''] = delivery.repository.split('/')
  const { remotes } = ownRepository(folder)
  const address = `${addressOf({ ...delivery, repository: `${top}/${cluster}` })}/**`
  return { artifacts: { address, ...(remotes ? { remotes: [...remotes] } : {}) } }
}

/** Names that the file has for a service: those that it declares, and those that its smoke tests ask. Of an add-on they are its own. */
const namedFor = (deployable: Deployable): readonly string[] => [
  ...(deployable.of.kind === 'service' ? deployable.hosts.filter((host) => !host.includes('*')) : []),
  ...testedNames(deployable),
]

const testedNames = ({ smoke = [] }: Deployable): readonly string[] =>
  smoke.flatMap(({ host, url }) => host ?? (url === undefined ? undefined : URL.parse(url)?.hostname) ?? [])

const chartsOf = ({ addons, services }: Config): readonly string[] => [
  ...addons.flatMap(({ name, chart = '' }) => [name, chart]),
  ...services.flatMap(({ name, deploy }) => (deploy.kind === 'helm' ? [name, deploy.chart.chart] : [])),
]

/** What the sources that were collected say of the whole plan. */
export const planContextOfSources = (
  deps: {
    readonly config: Config
    readonly images: readonly ResolvedImage[]
    readonly secrets?: KnownSecrets
  },
  deployables: readonly Deployable[],
  sources: ReadonlyMap<string, Pick<Rendered, 'objects' | 'defines'>>,
): PlanContext =>
  planContextOf(
    deps,
    deployables,
    [...sources].map(([id, source]) => ({ id, kinds: source.objects && source.defines })),
    (id) => sources.get(id)?.objects,
  )

/** Of an add-on that kindup knows, what it brings is known, up to further groups of its project; of any other chart nothing is. */
const mayHold = ({ placementBy, provides }: Deployable, group: string): boolean =>
  placementBy === 'objects' || provides.some((kind) => projectOf(groupOf(kind)) === projectOf(group))

/** `fluxcd.io` of `source.toolkit.fluxcd.io` */
const projectOf = (group: string): string => group.split('.').slice(-2).join('.')
