import { type Identity } from '../../core/identity.ts'
import type { Config } from '../../config/config.ts'
import type { Problem } from '../../core/problem.ts'
import type { Port } from '../../core/step.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import { groupKind } from '../../manifests/kinds/kind.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'
import { knownObjects, type Reach } from './reach.ts'
import { boundTo, placeOf } from './where.ts'
import { didYouMean, nameHint } from '../../core/suggest.ts'
import { exposeLine } from '../../manifests/problems/load-balancers.ts'

type Tested = Pick<Deployable, 'id' | 'of' | 'smoke'>

/** A smoke test that can go nowhere, by its place in the list. */
export type Unreachable = { readonly index: number; readonly problem: Problem }

/** Smoke tests of a deployable that nothing leads to as the file stands: they would fail after everything was built. */
export const unreachableTests = (
  { id, of, smoke = [] }: Tested,
  rendered: Pick<Rendered, 'objects' | 'exposed' | 'hosts'> | undefined,
  reach: Reach,
  config: Config,
): readonly Unreachable[] => {
  const ports = plannedPorts(config)
  return smoke.flatMap((test, index) => {
    if (test.service !== undefined) return []
    const place = placeOf(test, { step: id, ports, ...reach })
    if (!('problem' in place)) return []
    return [{ index, problem: warning({ id, of }, index, config, place.problem, howTo(of, rendered, config)) }]
  })
}

/** Ports that smoke tests name and no node maps: something else may listen there, but it is not the cluster. */
export const portProblems = ({ id, of, smoke = [] }: Tested, config: Config): readonly Problem[] => {
  const ports = plannedPorts(config)
  return smoke.flatMap(({ service, port, tcp, host, url }, index) => {
    const asked = tcp ?? port ?? portOf(url)
    if (service !== undefined || asked === undefined || boundTo(asked, { ports })) return []
    // A port of another machine.
    if (tcp !== undefined && host !== undefined && !local.test(host)) return []
    const mapped = ports.filter(({ nodePort }) => nodePort !== 6443).map((one) => one.written ?? one.hostPort)
    const message = `A smoke test of ${id} asks port ${asked}, and no node maps it.`
    const hint =
      mapped.length > 0
        ? `Mapped are: ${mapped.join(', ')}. Add to a node, for more: ports: ["${asked}:30080"]`
        : `Add to a node: ports: ["${asked}:30080"] (and a Service with that node port), or ask inside the cluster: service: NAME`
    return [warning({ id, of }, index, config, message, hint)]
  })
}

/** The port that an address of this machine names; undefined where it names none, or is of another machine. */
const portOf = (url: string | undefined): number | undefined => {
  const { hostname = '', port = '' } = (url === undefined ? null : URL.parse(url)) ?? {}
  return port !== '' && local.test(hostname) ? Number(port) : undefined
}

const local = /^localhost$|^127\.|\.localhost$/

const warning = ({ id, of }: Tested, index: number, config: Config, message: string, hint: string): Problem => ({
  severity: 'warning',
  step: id,
  message,
  hint,
  at: config.at(['services', of.name ?? id, 'smoke', index]),
})

/** Hosts that smoke tests ask through the Ingress and that no object of the plan names: it answers 404 to them. */
export const hostProblems = (
  { id, of, smoke = [] }: Tested,
  reach: Reach,
  sources: ReadonlyMap<string, Pick<Rendered, 'objects' | 'exposed' | 'hosts' | 'brought'>>,
  config: Config,
): readonly Problem[] => {
  const asked = smoke.flatMap((test, index) => {
    const named = test.host ?? (test.url === undefined ? undefined : URL.parse(test.url)?.hostname)
    if (test.service !== undefined || test.tcp !== undefined || named === undefined || (test.status ?? 200) >= 400)
      return []
    const place = placeOf(test, { step: id, ports: plannedPorts(config), ...reach })
    return 'problem' in place || place.through !== 'ingress' ? [] : [{ index, host: named }]
  })
  if (asked.length === 0 || reach.catchAll) return []
  const written = JSON.stringify(
    [...sources.values()].flatMap((source) => [...(knownObjects(source) ?? []), ...(source.brought ?? [])]),
  )
  return asked.flatMap(({ index, host }) => {
    const isServed = reach.localHosts.includes(host) || written.includes(host) || isUnder(host, written)
    if (isServed || host === 'localhost') return []
    const message = `A smoke test of ${id} asks ${host}, and no Ingress of the plan is for that name.`
    const there = reach.hosts.length > 0 ? reach.hosts : reach.localHosts
    const hint = didYouMean(host, reach.localHosts, nameHint(host, there, 'No name is served at all.'))
    return [warning({ id, of }, index, config, message, hint)]
  })
}

/** Whether a wildcard, a pattern or a route for any name may take it. */
const isUnder = (host: string, written: string): boolean =>
  /HostRegexp|"kind":"(?:HTTPRoute|GRPCRoute|TLSRoute)"/.test(written) ||
  [...written.matchAll(/\*\.([\w.-]+)/g)].some(([, domain]) => host.endsWith(`.${domain}`))

/** The line that makes it reachable, and the one that does without. */
const howTo = (of: Identity, rendered: Parameters<typeof knownObjects>[0], config: Config): string => {
  const [service] = (knownObjects(rendered) ?? []).filter((object) => groupKind(object) === 'Service')
  const inside = `smoke:\n  - { service: ${service?.metadata.name ?? 'NAME'}, path: / }`
  const owner = `${of.kind} ${of.name}`
  const controller = config.cluster.nodes.some(({ ports }) => ports.some(({ nodePort }) => nodePort === 80))
  return service && controller
    ? `Add to ${owner}:\nexpose:\n${exposeLine(service, of)}\nOr ask it inside the cluster:\n${inside}`
    : `Ask it inside the cluster:\n${inside}`
}

/** Host ports as the file has them, or as they were settled. */
const plannedPorts = ({ cluster }: Config): readonly Port[] =>
  cluster.nodes.flatMap(({ ports }) =>
    ports.map(({ address, hostPort, nodePort, protocol, bound }) => ({
      address,
      hostPort: bound ?? hostPort,
      nodePort,
      protocol,
      written: hostPort,
    })),
  )
