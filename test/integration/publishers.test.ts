import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { locationOf } from '../../cluster/tools/locations.ts'
import { pinned } from '../../cluster/tools/versions.ts'
import { madeChart } from '../support/publishers/made-chart.ts'
import { publishers, type Publishers } from '../support/publishers/publishers.ts'
import { ociChart } from '../support/publishers/registry.ts'
import { release } from '../support/publishers/tools.ts'
import { realTool } from '../support/real-tools.ts'
import { connectProxy, type Proxy } from '../support/release-server.ts'
import { sandbox, type Ended, type Sandbox } from '../support/sandbox.ts'
import { trusting } from '../support/trusting.ts'
import { shop, type Shop } from './shop.ts'

// The publishers' own names, as they answer: only a proxy leads to them, and they speak TLS with an authority that is
// named in the environment. Bodies are long enough to break in the middle.

const padding = `# ${'x'.repeat(200_000)}\n`
const programs = {
  kind: `#!/bin/sh\necho kind v${pinned.kind}\n${padding}`,
  kubectl: `#!/bin/sh\necho '{"gitVersion": "v${pinned.kubectl}"}'\n${padding}`,
} as const
const build = locationOf('kind', pinned.kind, process)?.build ?? ''
const charts = [
  { repo: 'https://kubernetes-sigs.github.io/metrics-server/', name: 'widget', version: '1.2.3' },
  { repo: 'https://argoproj.github.io/argo-helm', name: 'gadget', version: '0.4.0' },
].map((chart) => ({ ...chart, archive: madeChart(chart.name, chart.version) }))
const pushed = ociChart('oci://ghcr.io/team/charts/gizmo', '2.0.0', madeChart('gizmo', '2.0.0'))

let at: Sandbox
let world: Publishers
let proxy: Proxy
beforeEach(async () => {
  at = await sandbox({ path: '/nowhere' })
  const inside = locationOf('helm', pinned.helm, process)?.inside ?? ''
  await at.write(`archive/${inside}`, `#!/bin/sh\nprintf v${pinned.helm}\n`, 0o755)
  // Not compressed away.
  await writeFile(at.path('archive', 'noise'), Buffer.from(Array.from({ length: 200_000 }, () => Math.random() * 256)))
  execFileSync('tar', ['-czf', '../helm.tgz', '.'], { cwd: at.path('archive') })
  const bodies = {
    kind: Buffer.from(programs.kind),
    kubectl: Buffer.from(programs.kubectl),
    helm: await readFile(at.path('helm.tgz')),
  }
  world = await publishers({
    releases: (['kind', 'kubectl', 'helm'] as const).map((name) => release(name, pinned[name], build, bodies[name])),
    charts,
    images: [pushed],
  })
  proxy = await connectProxy(undefined, { to: world.port })
  await writeFile(at.path('ca.pem'), world.ca)
})
afterEach(async () => {
  await proxy[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
  await at[Symbol.asyncDispose]()
})

const outside = () => ({
  HTTPS_PROXY: proxy.address,
  NODE_EXTRA_CA_CERTS: at.path('ca.pem'),
  SSL_CERT_FILE: at.path('ca.pem'),
})
const download = (): Promise<Ended> => trusting(world.ca, () => at.kindup(['tools', '--download', '--json'], outside()))
describe('the tools', () => {
  it('come from their publishers by the proxy alone, sent on from host to host, and once', async () => {
    // A process of its own: Node reads its authorities when it starts.
    const { code, stderr } = await at.start(['tools', '--download', '--json'], outside()).ended
    expect([code, stderr]).toEqual([0, expect.stringContaining(`kind ${pinned.kind}: 100 %`)])
    expect(world.asked.filter((line) => !line.includes('sha256')).toSorted()).toEqual(
      [
        `GET https://kind.sigs.k8s.io/dl/v${pinned.kind}/kind-${build}`,
        `GET https://github.com/kubernetes-sigs/kind/releases/download/v${pinned.kind}/kind-${build}`,
        `GET https://release-assets.githubusercontent.com/github-production-release-asset/${pinned.kind}/kind-${build}`,
        `GET https://dl.k8s.io/release/v${pinned.kubectl}/bin/${build.replace('-', '/')}/kubectl`,
        `GET https://cdn.dl.k8s.io/release/v${pinned.kubectl}/bin/${build.replace('-', '/')}/kubectl`,
        `GET https://get.helm.sh/helm-v${pinned.helm}-${build}.tar.gz`,
      ].toSorted(),
    )
    expect(new Set(proxy.tunnels)).toEqual(
      new Set([
        'kind.sigs.k8s.io:443',
        'github.com:443',
        'release-assets.githubusercontent.com:443',
        'dl.k8s.io:443',
        'cdn.dl.k8s.io:443',
        'get.helm.sh:443',
      ]),
    )
    const [asked, bytes] = [world.asked.length, world.bytes()]
    expect((await download()).code).toBe(0)
    expect([world.asked.length, world.bytes()]).toEqual([asked, bytes])
  })

  it.each([
    [503, {}],
    [429, { 'retry-after': '1' }],
  ])('come from servers that answer %i at first', async (status, headers) => {
    const first = ['kind.sigs.k8s.io', 'dl.k8s.io', 'get.helm.sh']
    world.trouble(({ host }, times) => (times === 0 && first.includes(host) ? { status, headers } : undefined))
    expect((await download()).code).toBe(0)
  })

  it('come over connections that break, and none goes back behind what it has', async () => {
    world.trouble(({ path }, times) => (!path.includes('sha256') && times < 2 ? { cutAt: 50_000 } : undefined))
    const { code, stdout } = await download()
    expect([code, stdout]).toEqual([0, expect.any(String)])
    for (const end of [`/${pinned.kind}/kind-${build}`, `helm-v${pinned.helm}-${build}.tar.gz`]) {
      const from = world.asked
        .filter((line) => line.split(' ')[1]?.endsWith(end))
        .map((line) => Number(/bytes=(\d+)-$/.exec(line)?.[1] ?? 0))
      expect(from.length).toBeGreaterThan(2)
      // How much of a part arrived before its connection broke is up to the machine; what arrived is never asked for again.
      expect(from).toEqual(from.toSorted((a, b) => a - b))
    }
  })

  it('are refused where a login page stands in the way, with what to do', async () => {
    world.trouble(() => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: Buffer.from('<html>Log in</html>'),
    }))
    const { code, stdout } = await download()
    expect([code, stdout]).toEqual([1, expect.stringContaining('holds no SHA-256')])
  })
})

const helm = realTool('helm4') ?? realTool('helm3')

describe.runIf(helm !== undefined)('charts', () => {
  let shopAt: Shop
  beforeEach(async () => {
    shopAt = await shop({ tools: { helm: helm ?? '' } })
    await shopAt.write(
      'kindup.yaml',
      `name: shop
hosts: { mode: none }
addons:
  widget: { chart: widget, repo: "${charts[0]?.repo}", version: 1.2.3, namespace: a }
  gadget: { chart: gadget, repo: "${charts[1]?.repo}", version: 0.4.0, namespace: b }
  gizmo: { chart: "oci://ghcr.io/team/charts/gizmo", version: 2.0.0, namespace: c }
`,
    )
  })
  afterEach(() => shopAt[Symbol.asyncDispose]())
  // The API of the cluster is on this machine.
  const up = (env: Readonly<Record<string, string>> = outside()): Promise<Ended> =>
    shopAt.kindup(['up', '--json'], { ...env, NO_PROXY: '127.0.0.1,localhost' })
  const all = ['widget', 'gadget', 'gizmo'].map((name) => [`addon/${name}`, 'created'])
  const results = async () => {
    const { stdout } = await up()
    const { steps } = JSON.parse(stdout) as { steps: readonly { id: string; result: string }[] }
    return steps.filter(({ id }) => id.startsWith('addon/')).map(({ id, result }) => [id, result])
  }

  it('come from repositories and registries by the proxy, and the next cluster asks nobody', async () => {
    expect(await results()).toEqual(expect.arrayContaining(all))
    expect(world.asked).toContain('GET https://kubernetes-sigs.github.io/metrics-server/index.yaml')
    expect(world.asked).toContain('GET https://ghcr.io/token')
    expect(world.asked.some((line) => line.includes('release-assets') && line.includes('gadget-0.4.0.tgz'))).toBe(true)
    const bytes = world.bytes()
    expect((await shopAt.run('down')).code).toBe(0)
    const offline = { HTTPS_PROXY: 'http://127.0.0.1:9' }
    expect((await shopAt.kindup(['plan'], offline)).stdout).toContain('addon/gizmo')
    expect((await up(offline)).code).toBe(0)
    expect(world.bytes()).toBe(bytes)
  })

  it('come from busy servers, and over connections that break', async () => {
    world.trouble(({ host, path }, times) => {
      if (times > 0) return undefined
      if (path.endsWith('/index.yaml')) return { status: 503 }
      if (host === 'github.com' || path.includes('/manifests/')) return { status: 429, headers: { 'retry-after': '0' } }
      return path.endsWith('.tgz') || path.includes('/blobs/') ? { cutAt: 100 } : undefined
    })
    expect(await results()).toEqual(expect.arrayContaining(all))
  })

  it('that nobody brings are said with what was tried', async () => {
    world.trouble(({ host }) => (host === 'kubernetes-sigs.github.io' ? { status: 403 } : undefined))
    const { code, stdout } = await up()
    expect([code, stdout]).toEqual([1, expect.stringMatching(/widget of .* could not be fetched: .*403/)])
  })
})
