import { isIP } from 'node:net'

export type ServerNames = { readonly names: readonly string[]; readonly addresses: readonly string[] }

const isDnsName = (name: string): boolean =>
  name.length <= 253 &&
  /^(\*\.)?([a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?$/.test(name)

/**
 * What a certificate names: each host, a wildcard beside it for those that come later, each domain with all names
 * below it, and this machine. Browsers refuse a wildcard right below a top-level name (`*.localhost`), so it stands for none.
 */
export const serverNames = (hosts: readonly string[], domains: readonly string[]): ServerNames => {
  const written = hosts.map((host) => host.toLowerCase().replace(/\.$/, '')).filter((host) => host !== '')
  const ips = written.filter((host) => isIP(host) !== 0)
  const exact = written.filter((host) => isIP(host) === 0)
  const below = domains.flatMap((domain) => {
    const name = domain.toLowerCase().replace(/^\*\./, '').replace(/\.$/, '')
    return [name, `*.${name}`]
  })
  const beside = exact.flatMap((host) => {
    const parent = host.split('.').slice(1)
    return parent.length > 1 ? [`*.${parent.join('.')}`] : []
  })
  const names = [...new Set(['localhost', ...exact, ...below, ...beside])].filter(isDnsName)
  return {
    names: names.toSorted(),
    addresses: [...new Set(['127.0.0.1', '::1', ...ips])].toSorted(),
  }
}
