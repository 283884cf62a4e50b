import { networkInterfaces } from 'node:os'
import { parseNetwork, overlap } from '../network/cidr.ts'
import { readKindNetwork } from '../network/kind-network.ts'
import { readRoutes } from '../network/routes.ts'
import { withEngine, type Check, type CheckDependencies } from './check.ts'

export const networkCheck: Check = {
  id: 'network',
  title: "no other network has kind's addresses",
  run: (dependencies) =>
    withEngine(dependencies, async (engine) => {
      const { host } = await engine.info()
      if (host !== undefined) return { state: 'skipped', cause: `The networks of ${host} cannot be seen from here.` }
      const [kind, others] = await Promise.all([readKindNetwork(engine, dependencies.run), networksHere(dependencies)])
      if (!kind) return { state: 'skipped', cause: 'There is no network kind yet: the first cluster makes it.' }
      const evidence = `kind has ${kind.subnets.join(', ')}`
      const own = new Set(others.filter(({ address }) => kind.gateways.includes(address ?? '')).map(({ over }) => over))
      if (kind.bridge !== undefined) own.add(kind.bridge)
      const clashing = others.filter(
        ({ to, over }) => !own.has(over) && kind.subnets.some((subnet) => clash(to, subnet)),
      )
      const [first] = clashing
      if (!first) return { state: 'ok', evidence }
      const said = [...new Set(clashing.map(({ to, over }) => `${to} over ${over}`))].join(', ')
      return {
        state: 'warning',
        cause: `Another network of this machine has addresses of kind's: ${said}. Pods and that network cannot reach each other (a VPN?).`,
        evidence,
        fix: [
          'With every cluster down, create the network again with other addresses:',
          `${engine.command} network rm kind && ${engine.command} network create -d bridge --subnet ${freeSubnet(others.map(({ to }) => to))} kind`,
        ].join('\n'),
      }
    }),
}

type Here = { readonly to: string; readonly over: string; readonly address?: string }

const networksHere = async (dependencies: CheckDependencies): Promise<readonly Here[]> => {
  const { interfaces = networkInterfaces, platform, proc = '/proc', run } = dependencies
  const addresses = Object.entries(interfaces()).flatMap(([over, list]) =>
    (list ?? []).flatMap(({ address, cidr, internal }) =>
      internal || cidr === null ? [] : [{ to: cidr, over, address }],
    ),
  )
  return [...addresses, ...(await readRoutes(platform, proc, run))]
}

/** A route to nearly everything (a VPN's default in two halves) takes nothing away: the bridge's own is closer. */
const clash = (to: string, subnet: string): boolean => {
  const [a, b] = [parseNetwork(to), parseNetwork(subnet)]
  if (!a || !b || a.prefix < 4) return false
  // Every link has the same local addresses.
  return overlap(a, b) && !to.toLowerCase().startsWith('fe80:')
}

/** A network of the private ranges that nothing here has. */
const freeSubnet = (taken: readonly string[]): string => {
  const candidates = [
    ...Array.from({ length: 12 }, (_, index) => `172.${20 + index}.0.0/16`),
    '10.213.0.0/16',
    '192.168.213.0/24',
  ]
  return candidates.find((candidate) => !taken.some((to) => clash(to, candidate))) ?? candidates[0]!
}
