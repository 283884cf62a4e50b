import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { delimiter } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { locationOf } from '../../cluster/tools/locations.ts'
import { pinned } from '../../cluster/tools/versions.ts'
import { selfSigned } from '../support/api-server/self-signed.ts'
import { connectProxy, releaseServer, type ReleaseServer } from '../support/release-server.ts'
import { sandbox, type Ended, type Sandbox } from '../support/sandbox.ts'
import { trusting } from '../support/trusting.ts'

type Names = 'kind' | 'kubectl' | 'helm'
type Shown = {
  readonly proxy: string | null
  readonly mirror: string | null
  readonly tools: readonly {
    readonly name: Names
    readonly from: string
    readonly path: string
    readonly why: string
  }[]
}

const versions = { kind: 'echo kind v9.9.9', kubectl: `echo '{"gitVersion": "v1.36.4"}'`, helm: 'printf v4.9.9' }
/** Where the publisher has it for the machine that runs this, as a path on the mirror. */
const pathOf = (name: Names, ending = ''): string => {
  const location = locationOf(name, pinned[name], process)
  if (!location) throw new Error(`nobody builds ${name} for ${process.platform} ${process.arch}`)
  return location.url.replace('https:/', '') + ending
}

// A home without tools, and a mirror that speaks TLS with an authority of its own.
describe('kindup tools', () => {
  let at: Sandbox
  let server: ReleaseServer
  const certificates = selfSigned()
  beforeEach(async () => {
    at = await sandbox({ path: '/nowhere' })
    await writeFile(at.path('ca.pem'), certificates.ca)
    server = await releaseServer(certificates)
    const inside = locationOf('helm', pinned.helm, process)?.inside ?? ''
    await at.write(`archive/${inside}`, `#!/bin/sh\n${versions.helm}\n`, 0o755)
    execFileSync('tar', ['-czf', '../helm.tgz', '.'], { cwd: at.path('archive') })
    server.release(pathOf('kind'), Buffer.from(`#!/bin/sh\n${versions.kind}\n`))
    server.release(pathOf('kubectl'), Buffer.from(`#!/bin/sh\n${versions.kubectl}\n`), { ending: '.sha256' })
    server.release(pathOf('helm'), await readFile(at.path('helm.tgz')))
  })
  afterEach(async () => {
    await server[Symbol.asyncDispose]()
    await at[Symbol.asyncDispose]()
  })

  const told = () => ({ KINDUP_TOOLS_MIRROR: server.base, NODE_EXTRA_CA_CERTS: at.path('ca.pem') })
  const tools = (args: readonly string[], env: Readonly<Record<string, string>> = told()): Promise<Ended> => {
    const run = () => at.kindup(['tools', ...args], env)
    return 'NODE_EXTRA_CA_CERTS' in env ? trusting(certificates.ca, run) : run()
  }
  /** As a process of its own: Node reads NODE_EXTRA_CA_CERTS when it starts. */
  const started = (args: readonly string[]): Promise<Ended> => at.start(['tools', ...args], told()).ended
  const shown = ({ stdout }: Ended): Shown => JSON.parse(stdout) as Shown
  const sources = (ended: Ended) => shown(ended).tools.map(({ name, from }) => [name, from])

  it('says what would be downloaded, and asks nobody', async () => {
    const ended = await tools(['--json'])
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(shown(ended)).toMatchObject({ mirror: server.base, proxy: null, cache: at.path('cache', 'tools') })
    expect(shown(ended).tools[0]).toEqual({
      name: 'kind',
      version: pinned.kind,
      path: null,
      from: 'download',
      why: 'there is none on this machine',
      download: {
        url: server.base + pathOf('kind'),
        checksum: server.base + pathOf('kind', '.sha256sum'),
        to: at.path('cache', 'tools', 'kind', pinned.kind, 'kind'),
      },
    })
    expect(server.asked).toEqual([])
    expect(existsSync(at.path('cache'))).toBe(false)
  })

  it('--download gets all of them over TLS, in parallel, and the next run needs nobody', async () => {
    const first = await started(['--download', '--json'])
    expect(first.stderr).toContain(`kind ${pinned.kind}: 100 %`)
    expect([first.code, sources(first)]).toEqual([
      0,
      [
        ['kind', 'cache'],
        ['kubectl', 'cache'],
        ['helm', 'cache'],
      ],
    ])
    for (const { path, name } of shown(first).tools)
      expect(execFileSync(path, { encoding: 'utf8' })).toBe(execFileSync('sh', ['-c', versions[name]]).toString())
    expect(server.asked).toHaveLength(6)
    await server[Symbol.asyncDispose]()
    expect(sources(await tools(['--download', '--json']))).toEqual(sources(first))
    server = await releaseServer()
  })

  it('lists what is on the PATH, with what is wrong there', async () => {
    await at.write('old/helm', '#!/bin/sh\nprintf v3.1.0\n', 0o755)
    await at.write('bin/kind', `#!/bin/sh\n${versions.kind}\n`, 0o755)
    const PATH = [at.path('old'), at.path('bin')].join(delimiter)
    const { stdout, code } = await tools([], { ...told(), PATH })
    expect(code).toBe(0)
    expect(stdout).toContain(`kind     9.9.9   path      ${at.path('bin', 'kind')}`)
    expect(stdout).toContain(`${at.path('old', 'helm')} is 3.1.0, and 3.16.4 or newer is needed`)
    expect(stdout).toContain('kindup tools --download')
  })

  it('exits 1 where the file wants what is not there', async () => {
    await at.write('kindup.yaml', 'name: a\ntools: { helm: path }\n')
    const ended = await tools(['--json'])
    expect([ended.code, sources(ended)[2]]).toEqual([1, ['helm', 'missing']])
    expect(await tools([])).toMatchObject({ code: 1, stderr: expect.stringContaining('https://helm.sh') as string })
  })

  it('two at once download once', async () => {
    const both = await Promise.all([started(['--download', '--json']), started(['--download', '--json'])])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(server.asked).toHaveLength(6)
  })

  it('goes on where a killed run was', async () => {
    const body = Buffer.from(`#!/bin/sh\n${versions.kind}\n`)
    const part = at.path('cache', 'tools', 'kind', pinned.kind, 'kind.part')
    server.instead(pathOf('kind'), (request, response) => {
      if (request.headers.range === undefined)
        return response.writeHead(200, { 'content-length': body.length }).write(body.subarray(0, 5))
      return response
        .writeHead(206, { 'content-range': `bytes 5-${body.length - 1}/${body.length}` })
        .end(body.subarray(5))
    })
    const killed = at.start(['tools', '--download'], told())
    await expect.poll(() => readFile(part, 'utf8').catch(() => '')).toBe('#!/bi')
    killed.kill('SIGKILL')
    await killed.ended
    expect(existsSync(part.replace('.part', '.lock'))).toBe(true)
    expect(await tools(['--download'])).toMatchObject({ code: 0 })
    expect(server.asked.filter((path) => path.startsWith(`${pathOf('kind')} `))).toEqual([`${pathOf('kind')} bytes=5-`])
  })

  it('stops at Ctrl-C and leaves no lock', async () => {
    server.instead(pathOf('kind'), (_request, response) => void response.writeHead(200).write('x'))
    const running = at.start(['tools', '--download'], told())
    await running.shown(`kind ${pinned.kind}:`)
    running.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
    expect(existsSync(at.path('cache', 'tools', 'kind', pinned.kind, 'kind.lock'))).toBe(false)
  })

  it('refuses an authority that nobody trusts, and says how to name it', async () => {
    const { code, stderr } = await tools(['--download'], { KINDUP_TOOLS_MIRROR: server.base })
    expect([code, stderr]).toEqual([1, expect.stringMatching(/certificate is not trusted[^]*NODE_EXTRA_CA_CERTS=/)])
    expect(server.asked).toEqual([])
  })

  it('refuses to be sent on to where anybody can change what comes', async () => {
    await using open = await releaseServer()
    open.put('/sum', 'f'.repeat(64))
    server.instead(pathOf('kind', '.sha256sum'), (_request, response) =>
      response.writeHead(302, { location: `${open.base}/sum` }).end(),
    )
    const { code, stderr } = await tools(['--download'])
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`sends on to ${open.base}/sum, which anybody on the way can change`),
    ])
  })

  it('refuses what was changed on the way', async () => {
    server.instead(pathOf('kind'), (_request, response) => response.end('#!/bin/sh\necho evil\n'))
    const { code, stderr } = await tools(['--download', '--json'])
    expect([code, stderr]).toEqual([1, expect.not.stringContaining('    at ')])
    expect(existsSync(at.path('cache', 'tools', 'kind', pinned.kind, 'kind'))).toBe(false)
  })

  it('goes through a proxy, and past it where NO_PROXY says so', async () => {
    await using proxy = await connectProxy()
    const env = { ...told(), HTTPS_PROXY: proxy.address }
    const first = await tools(['--download', '--json'], env)
    expect([first.code, shown(first).proxy]).toEqual([0, proxy.address])
    const host = new URL(server.base).host
    expect(new Set(proxy.tunnels)).toEqual(new Set([host]))
    proxy.tunnels.length = 0
    const past = { ...env, NO_PROXY: 'localhost', KINDUP_CACHE: at.path('other') }
    expect(await tools(['--download'], past)).toMatchObject({ code: 0 })
    expect(proxy.tunnels).toEqual([])
  })

  it('logs in at a proxy that wants to know who asks, and shows the login to nobody', async () => {
    await using proxy = await connectProxy('me:let-me-in')
    const without = await tools(['--download'], { ...told(), HTTPS_PROXY: proxy.address })
    expect([without.code, without.stderr]).toEqual([
      1,
      expect.stringMatching(/the proxy wants to know who asks \(407\)[^]*USER:PASSWORD/),
    ])
    const HTTPS_PROXY = proxy.address.replace('//', '//me:let-me-in@')
    const within = await tools(['--download', '--json'], { ...told(), HTTPS_PROXY })
    expect(within.code).toBe(0)
    expect(within.stdout + within.stderr).not.toContain('let-me-in')
    expect(proxy.tunnels.length).toBeGreaterThan(0)
  })

  it('a proxy that is no address is said, with exit 2', async () => {
    const { code, stderr } = await tools(['--download'], { ...told(), HTTPS_PROXY: 'ftp://proxy' })
    expect([code, stderr]).toEqual([2, expect.stringContaining('HTTPS_PROXY is ftp://proxy')])
  })

  it('plan, status, render and doctor download nothing', async () => {
    await at.write('chart/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 1.0.0\n')
    await at.write(
      'kindup.yaml',
      'name: a\nhosts: { mode: none }\nservices:\n  web: { namespace: web, deploy: { helm: { chart: ./chart } } }\n',
    )
    for (const args of [['plan'], ['status'], ['render', '--out', 'out'], ['doctor'], ['tools']])
      await at.kindup(args, told())
    expect(server.asked).toEqual([])
    expect(existsSync(at.path('cache', 'tools'))).toBe(false)
  })
})
