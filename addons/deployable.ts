import { identified, idOf } from '../core/identity.ts'
import { builtinAddons, type Retired } from '../config/builtin-addons.ts'
import type { AddonConfig, Config, Labels } from '../config/config.ts'
import type { ValuesLayer } from '../config/chart-config.ts'
import type { Deployable } from '../manifests/deployable.ts'
import { fillIn, portValues } from '../services/fill.ts'
import { certificateName } from '../manifests/tls-objects.ts'
import { tlsId } from '../services/tls/head.ts'
import type { AddOn } from './addon.ts'
import { placementOf } from './placement.ts'

/** One section of `addons:` for an add-on that kindup knows, as what the deploy step takes. */
export const deployableOf = (addOn: AddOn, section: AddonConfig, config: Config): Deployable => {
  const { placement, host } = section
  const namespace = section.namespace ?? addOn.namespace
  const url = host === undefined ? undefined : ingressUrl(config, host)
  const retired = section.chart === undefined ? builtinAddons[addOn.name]?.retired : undefined
  const servesTls = config.tls !== undefined && addOn.serveTls !== undefined
  return {
    ...identified({ kind: 'addon', name: addOn.name }),
    title: broughtTitle(addOn.title, section),
    namespace,
    source: {
      kind: 'helm',
      chart: chartOf(addOn, section),
      release: section.release ?? addOn.name,
      values: [
        { file: addOn.values, at: { file: addOn.values } },
        ...(addOn.fromConfig ? [{ values: addOn.fromConfig(config, placement) }] : []),
        ...(config.tls && addOn.serveTls ? [{ values: addOn.serveTls(namespace, certificateName) }] : []),
        ...userValues(section, config),
        ...(host !== undefined && url !== undefined && addOn.host ? [{ values: addOn.host(host, url) }] : []),
        ...placed(addOn, placement, config),
      ],
    },
    // It looks for the certificate when it begins, and then again only from time to time.
    needs: [...neededBy(section, config), ...(addOn.needs?.(config) ?? []), ...(servesTls ? [tlsId] : [])],
    ...(placement ? { placement } : {}),
    placementBy: 'values',
    patches: [],
    skip: [],
    provides: addOn.provides,
    ...(addOn.serves ? { serves: addOn.serves } : {}),
    hosts: host === undefined ? [] : [host],
    expose: [],
    apiServices: addOn.apiServices ?? [],
    revision: addOn.revision,
    at: config.at(['addons', section.name]),
    ...(addOn.beforeRemoval ? { beforeRemoval: addOn.beforeRemoval } : {}),
    ...(addOn.facts ? { facts: addOn.facts(namespace, url) } : {}),
    ...verifyOf(addOn.verify?.(namespace, url), retired),
  }
}

/** What runs after a deploy that changed something: there it is said too that no further release will come. */
const verifyOf = (
  verify: Deployable['verify'],
  retired: Retired | undefined,
): { readonly verify?: NonNullable<Deployable['verify']> } => {
  if (!retired) return verify ? { verify } : {}
  return {
    verify: async (cluster, ctx) => {
      await verify?.(cluster, ctx)
      ctx.warn(`${retired.why} ${retired.instead}`)
    },
  }
}

/** What nobody wrote into the file is there for something that somebody did. */
const broughtTitle = (title: string, { broughtBy }: AddonConfig): string =>
  broughtBy === undefined ? title : `${title}, for ${broughtBy}`

/** The user's own layers, in the order of the contract: values files, then `set`. */
export const userValues = (section: AddonConfig, config: Config): readonly ValuesLayer[] => [
  ...section.values.map((file, index) => ({ file, at: config.at(['addons', section.name, 'values', index]) })),
  ...(Object.keys(section.set).length > 0 ? [{ set: fillIn(section.set, portValues(config)) }] : []),
]

/** `needs` names add-ons by their name, everything else by step id. */
export const neededBy = (section: AddonConfig, config: Config): readonly string[] =>
  section.needs.map((need) =>
    config.addons.some(({ name }) => name === need) ? idOf({ kind: 'addon', name: need }) : need,
  )

// A chart of the user's own (a mirror, an archive, a checkout) has a version and repository of its own.
const chartOf = (addOn: AddOn, { chart, repo, version }: AddonConfig) =>
  chart === undefined
    ? { ...addOn.chart, ...(repo === undefined ? {} : { repo }), ...(version === undefined ? {} : { version }) }
    : { chart, ...(repo === undefined ? {} : { repo }), ...(version === undefined ? {} : { version }) }

const placed = (addOn: AddOn, placement: Labels | undefined, config: Config): readonly ValuesLayer[] => {
  if (!placement) return []
  // What the file forces (the node that maps the ports) stays beside what the placement asks.
  const forced = addOn.fromConfig ? [{ values: addOn.fromConfig(config, placement) }] : []
  return [{ values: addOn.place(placementOf(config, placement)) }, ...forced]
}

/** Where a host name answers: the host port that leads to the ingress, named unless it is the usual one or not settled yet. */
const ingressUrl = (config: Config, host: string): string => {
  const [scheme, usual] = config.tls ? (['https', 443] as const) : (['http', 80] as const)
  const mapped = config.cluster.nodes
    .flatMap(({ ports }) => ports)
    .find(({ nodePort, protocol }) => nodePort === usual && protocol === 'tcp')
  const port = mapped?.bound ?? mapped?.hostPort
  return `${scheme}://${host}${port === undefined || port === usual || port === 0 ? '' : `:${port}`}`
}
