import { describe, expect, it } from 'vitest'
import { portsOfNode } from '../../../../cluster/kind/ports-of-node.ts'
import { parsePort, showPort } from '../../../../config/parse/port.ts'

const ports = ['8080:80', '[::1]:8080:80', '[::]:53:53/udp']
  .map((text) => parsePort(text))
  .filter((port) => typeof port !== 'string')

describe('ports that a node is made with', () => {
  it.each([
    ['docker', undefined, ['8080:80']],
    ['docker', 'ipv4', ['8080:80']],
    ['docker', 'dual', ['8080:80', '[::1]:8080:80', '[::]:53:53/udp']],
    ['docker', 'ipv6', ['8080:80', '[::1]:8080:80', '[::]:53:53/udp']],
    ['podman', undefined, ['8080:80', '[::1]:8080:80', '[::]:53:53/udp']],
  ] as const)('are by IPv6 where somebody listens: %s, %s', (name, ipFamily, shown) => {
    const kind = ipFamily ? { networking: { ipFamily } } : {}
    expect(portsOfNode(ports, { kind }, { name }).map(showPort)).toEqual(shown)
  })
})
