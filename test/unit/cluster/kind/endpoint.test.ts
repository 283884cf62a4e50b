import { describe, expect, it } from 'vitest'
import { apiEndpoint, boundPorts, withRole } from '../../../../cluster/kind/endpoint.ts'
import { madeNode } from '../../../support/made-config.ts'
import { nodeContainer } from '../../../support/stand-in-engine.ts'

const api = (address: string, hostPort: number) => [{ address, hostPort, containerPort: 6443, protocol: 'tcp' }]

describe('apiEndpoint', () => {
  it('is the port of the control plane', () => {
    expect(apiEndpoint([nodeContainer('demo', 'worker'), nodeContainer('demo', 'control-plane')])).toBe(
      'https://127.0.0.1:34567',
    )
  })

  it('is the load balancer’s where there is one', () => {
    const balancer = nodeContainer('demo', 'external-load-balancer', { ports: api('127.0.0.1', 1111) })
    expect(apiEndpoint([nodeContainer('demo', 'control-plane'), balancer])).toBe('https://127.0.0.1:1111')
  })

  it('is where Docker Desktop says that it is bound', () => {
    const node = nodeContainer('demo', 'control-plane')
    const labels = { ...node.labels, 'desktop.docker.io/ports/6443/tcp': '10.0.1.7:6443' }
    expect(apiEndpoint([{ ...node, labels }])).toBe('https://10.0.1.7:6443')
  })

  it('puts an IPv6 address in brackets', () => {
    expect(apiEndpoint([nodeContainer('demo', 'control-plane', { ports: api('::1', 5) })])).toBe('https://[::1]:5')
  })

  it('names the machine of the engine where that is another one, whose own addresses lead nowhere from here', () => {
    const at = (address: string) => [nodeContainer('demo', 'control-plane', { ports: api(address, 5) })]
    expect(apiEndpoint(at('0.0.0.0'), 'build.test')).toBe('https://build.test:5')
    expect(apiEndpoint(at('127.0.0.1'), 'fd00::7')).toBe('https://[fd00::7]:5')
    expect(apiEndpoint(at('10.0.0.7'), 'build.test')).toBe('https://10.0.0.7:5')
  })

  it('is not known before a port is bound', () => {
    expect(apiEndpoint([])).toBeUndefined()
    expect(apiEndpoint([nodeContainer('demo', 'control-plane', { ports: [] })])).toBeUndefined()
    expect(apiEndpoint([nodeContainer('demo', 'control-plane', { ports: api('127.0.0.1', 0) })])).toBeUndefined()
  })
})

describe('boundPorts', () => {
  it('names what leads into the nodes, and not the API', () => {
    const worker = nodeContainer('demo', 'worker', {
      ports: [{ address: '127.0.0.1', hostPort: 40000, containerPort: 80, protocol: 'tcp' }],
    })
    expect(boundPorts([worker, nodeContainer('demo', 'control-plane')])).toEqual([
      { address: '127.0.0.1', hostPort: 40000, nodePort: 80, protocol: 'tcp' },
    ])
  })
})

describe('boundPorts of a file', () => {
  const worker = nodeContainer('demo', 'worker', {
    ports: [{ address: '0.0.0.0', hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
  })
  const port = { address: '127.0.0.1', hostPort: 80, nodePort: 80, protocol: 'tcp' as const }
  const node = { ...madeNode('worker'), container: 'demo-worker' }

  it('say which port of the file they stand for, where that is another', () => {
    const [found] = boundPorts([worker], { nodes: [{ ...node, ports: [{ ...port, bound: 8080 }] }] })
    expect(found).toMatchObject({ hostPort: 8080, written: 80 })
    expect(boundPorts([worker], { nodes: [{ ...node, ports: [{ ...port, hostPort: 0, bound: 8080 }] }] })).toEqual([
      { address: '0.0.0.0', hostPort: 8080, nodePort: 80, protocol: 'tcp' },
    ])
  })

  it("are reached at the engine's machine", () => {
    expect(boundPorts([worker], { host: 'build.test' })).toMatchObject([{ address: 'build.test' }])
  })
})

describe('withRole', () => {
  it('counts as people do', () => {
    const names = ['w10', 'w2', 'w'].map((name) => nodeContainer('x', 'worker', { name }))
    expect(withRole(names, 'worker').map(({ name }) => name)).toEqual(['w', 'w2', 'w10'])
  })
})
