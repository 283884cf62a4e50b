import { Resolver } from 'node:dns/promises'
import type { Check } from './check.ts'

const name = 'registry-1.docker.io'
/** A name server that needs longer makes every pull slow. */
const timeoutMs = 700

export const dnsCheck: Check = {
  id: 'dns',
  title: 'names of registries resolve',
  run: async ({ env, nameServers }) => {
    const proxy = env['HTTPS_PROXY'] ?? env['https_proxy']
    if (proxy) return { state: 'skipped', cause: 'Names are resolved by the proxy.' }
    // The system's own look-up cannot be ended, and a name server that is away would keep kindup waiting.
    const resolver = new Resolver({ timeout: timeoutMs, tries: 1 })
    if (nameServers) resolver.setServers(nameServers)
    const servers = resolver.getServers().join(', ') || 'no name server'
    const bound = setTimeout(() => resolver.cancel(), timeoutMs)
    try {
      const [address = ''] = await resolver.resolve4(name)
      return { state: 'ok', evidence: `${name} is ${address} (asked ${servers})` }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      return {
        state: 'warning',
        cause: `${name} does not resolve (${words[code] ?? code}): what is not on this machine cannot be pulled.`,
        evidence: `asked ${servers}`,
        fix: 'Look at the network, the VPN and the name servers in /etc/resolv.conf; offline, everything that is here already still works.',
      }
    } finally {
      clearTimeout(bound)
    }
  },
}

const words: Readonly<Record<string, string>> = {
  ECANCELLED: 'no answer in time',
  ETIMEOUT: 'no answer in time',
  ECONNREFUSED: 'nobody answers',
  ENOTFOUND: 'there is no such name',
}
