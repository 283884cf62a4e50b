import { describe, expect, it } from 'vitest'
import { hostsFrom, makeCerts } from '../../../../cluster/registry/certs.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'

const text = 'server = "http://kindup-registry-5001:5001"\n'
const path = '/etc/containerd/certs.d/localhost:5001/hosts.toml'
/** What the containerd of kind 0.33 says: its folders are its own, and it does not name them. */
const recent = { version: 'v2.3.4', path: '' }

/** Nodes whose containerd is told what stands here, by their name. */
const nodes = (told: Readonly<Record<string, string>>, containerd = recent) => {
  const done: string[] = []
  const { engine } = standInEngine({
    containers: [
      nodeContainer('demo', 'control-plane'),
      nodeContainer('demo', 'worker'),
      nodeContainer('demo', 'external-load-balancer'),
    ],
    exec: async (container, [program = '', ...words], options) => {
      const answer = (stdout: string) => ({ stdout, stderr: '', code: 0 })
      if (program === 'grep') return answer(told[container] ?? '')
      if (program === 'containerd')
        return answer(
          words[0] === '--version'
            ? `containerd github.com/containerd/containerd/v2 ${containerd.version} 0123abc\n`
            : `[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = '${containerd.path}'\n`,
        )
      done.push([`${container}: ${program}`, ...words, options?.input ?? ''].join(' ').trim())
      return answer('')
    },
  })
  return { certs: makeCerts(() => Promise.resolve(engine), 'demo'), done }
}

const ours = `# Written by kindup, and taken away by it.\n${text}`
const asLines = (content: string): string => content.replaceAll(/^(?=.)/gm, `${path}:`)

describe('what nodes are told of registries', () => {
  it('is read by host, empty lines and a colon in the host included', () => {
    expect(hostsFrom(`${path}:# a\n${path}:\n${path}:server = "http://x:1"\n`)).toEqual(
      new Map([['localhost:5001', '# a\n\nserver = "http://x:1"\n']]),
    )
    expect(hostsFrom('')).toEqual(new Map())
  })

  it('is written to the nodes that lack it, and to no others', async () => {
    const { certs, done } = nodes({ 'demo-control-plane': asLines(ours) })
    expect(await certs.lacking('localhost:5001', text)).toEqual(['demo-worker'])
    await certs.write('localhost:5001', text)
    expect(done).toEqual([`demo-worker: install -D -m 644 /dev/stdin ${path} ${ours}`.trim()])
  })

  it('is not taken from somebody else', async () => {
    const { certs, done } = nodes({ 'demo-worker': `${path}:server = "https://theirs.test"\n` })
    await expect(certs.write('localhost:5001', text)).rejects.toMatchObject({
      code: 'certs-taken',
      message: expect.stringMatching(/^demo-worker has .*localhost:5001/),
    })
    await certs.remove('localhost:5001')
    expect(done).toEqual([])
  })

  it('is not written where a folder of somebody else comes first', async () => {
    const { certs } = nodes({ 'demo-worker': `${path.replace(':5001', '_5001_')}:server = "https://theirs.test"\n` })
    await expect(certs.write('localhost:5001', text)).rejects.toMatchObject({ code: 'certs-taken' })
  })

  it.each([
    ['v1.7.24', '', 'nowhere'],
    ['v2.1.4', '', 'nowhere'],
    ['v2.3.4', '/srv/certs', 'only into /srv/certs'],
  ])('is no use where containerd %s does not look: config_path is "%s"', async (version, folder, where) => {
    const { certs, done } = nodes({}, { version, path: folder })
    await expect(certs.write('docker.io', text)).rejects.toMatchObject({
      code: 'recreate-needed',
      message: expect.stringContaining(`demo-control-plane, demo-worker looks for registries ${where}`),
    })
    expect(done).toEqual([])
  })

  it.each([
    ['v2.0.2', '/etc/containerd/certs.d'],
    ['v2.3.4', '/srv/certs:/etc/containerd/certs.d'],
    // Nobody knows of it: it is not refused for that.
    ['unknown', ''],
  ])('is written where containerd %s looks, or may: config_path is "%s"', async (version, folder) => {
    const { certs, done } = nodes({}, { version, path: folder })
    await certs.write('localhost:5001', text)
    expect(done).toHaveLength(2)
  })

  it('goes again, and its folder where nothing else is in it', async () => {
    const { certs, done } = nodes({ 'demo-worker': asLines(ours) })
    await certs.remove('localhost:5001')
    expect(done).toEqual([
      'demo-worker: rm -f /etc/containerd/certs.d/localhost:5001/hosts.toml',
      'demo-worker: rmdir --ignore-fail-on-non-empty /etc/containerd/certs.d/localhost:5001',
    ])
  })
})
