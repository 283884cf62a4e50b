import { describe, expect, it } from 'vitest'
import { makeCerts, nodeFrom } from '../../../../cluster/registry/certs.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'

const text = 'server = "http://kindup-registry-5001:5001"\n'
const path = '/etc/containerd/certs.d/localhost:5001/hosts.toml'
const reads = '/etc/containerd/config.toml:  config_path = "/etc/containerd/certs.d"\n'

/** Nodes whose containerd is told what stands here, by their name. */
const nodes = (told: Readonly<Record<string, string>>) => {
  const done: string[] = []
  const { engine } = standInEngine({
    containers: [
      nodeContainer('demo', 'control-plane'),
      nodeContainer('demo', 'worker'),
      nodeContainer('demo', 'external-load-balancer'),
    ],
    exec: async (container, [program = '', ...words], options) => {
      if (program !== 'grep') done.push([`${container}: ${program}`, ...words, options?.input ?? ''].join(' ').trim())
      return { stdout: program === 'grep' ? (told[container] ?? reads) : '', stderr: '', code: 0 }
    },
  })
  return { certs: makeCerts(() => Promise.resolve(engine), 'demo'), done }
}

const ours = `# Written by kindup, and taken away by it.\n${text}`
const asLines = (content: string): string => content.replaceAll(/^(?=.)/gm, `${path}:`)

describe('what nodes are told of registries', () => {
  it('is read by host, empty lines and a colon in the host included', () => {
    expect(nodeFrom(`${reads}${path}:# a\n${path}:\n${path}:server = "http://x:1"\n`)).toEqual({
      reads: true,
      hosts: new Map([['localhost:5001', '# a\n\nserver = "http://x:1"\n']]),
    })
    expect(nodeFrom('')).toEqual({ reads: false, hosts: new Map() })
  })

  it('is written to the nodes that lack it, and to no others', async () => {
    const { certs, done } = nodes({ 'demo-control-plane': reads + asLines(ours) })
    expect(await certs.lacking('localhost:5001', text)).toEqual(['demo-worker'])
    await certs.write('localhost:5001', text)
    expect(done).toEqual([`demo-worker: install -D -m 644 /dev/stdin ${path} ${ours}`.trim()])
  })

  it('is not taken from somebody else', async () => {
    const { certs, done } = nodes({ 'demo-worker': `${reads}${path}:server = "https://theirs.test"\n` })
    await expect(certs.write('localhost:5001', text)).rejects.toMatchObject({
      code: 'certs-taken',
      message: expect.stringMatching(/^demo-worker has .*localhost:5001/),
    })
    await certs.remove('localhost:5001')
    expect(done).toEqual([])
  })

  it('is no use where containerd does not look', async () => {
    const { certs } = nodes({ 'demo-worker': '/etc/containerd/config.toml:version = 2\n' })
    await expect(certs.write('docker.io', text)).rejects.toMatchObject({
      code: 'recreate-needed',
      message: expect.stringContaining('demo-worker'),
    })
  })

  it('goes again, and its folder where nothing else is in it', async () => {
    const { certs, done } = nodes({ 'demo-worker': reads + asLines(ours) })
    await certs.remove('localhost:5001')
    expect(done).toEqual([
      'demo-worker: rm -f /etc/containerd/certs.d/localhost:5001/hosts.toml',
      'demo-worker: rmdir --ignore-fail-on-non-empty /etc/containerd/certs.d/localhost:5001',
    ])
  })
})
