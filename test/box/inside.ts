import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { locationOf } from '../../cluster/tools/locations.ts'
import { pinned } from '../../cluster/tools/versions.ts'
import { builtInCharts } from '../support/publishers/built-in-charts.ts'
import { heldIn } from '../support/publishers/archives.ts'
import { startDockerd } from '../support/own-dockerd.ts'
import { nameServer } from '../support/publishers/name-server.ts'
import { publishers, type Publishers } from '../support/publishers/publishers.ts'
import { digestOf } from '../support/publishers/registry.ts'
import { release } from '../support/publishers/tools.ts'
import { connectProxy } from '../support/release-server.ts'

// Runs in a network, mount and process namespace of its own: `internet.test.ts` starts it. What it finds it prints as
// lines of JSON; everything else goes to standard error.

const [box = '', work = '', row = 'plain', config = '', dockerd = '', dockerConfig = ''] = process.argv.slice(2)
const address = '10.203.0.1'
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

const must = (program: string, ...args: readonly string[]): string => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? stderr}`)
  return stdout
}

/** This namespace is a machine whose whole world is one address. */
const makeNetwork = (): void => {
  must('ip', 'link', 'set', 'lo', 'up')
  must('ip', 'link', 'add', 'world', 'type', 'bridge')
  must('ip', 'address', 'add', `${address}/24`, 'dev', 'world')
  must('ip', 'link', 'set', 'world', 'up')
  must('ip', 'route', 'add', 'default', 'dev', 'world')
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
  // Files of the machine that are this run's own: nobody outside sees them.
  const own = (path: string, text: string): void => {
    const file = join(work, path.replaceAll('/', '_'))
    writeFileSync(file, text)
    must('mount', '--bind', file, path)
  }
  own('/etc/resolv.conf', `nameserver ${address}\n`)
  own('/etc/hosts', '127.0.0.1 localhost\n')
  must('mount', '-t', 'tmpfs', 'tmpfs', '/run')
}

const programOf = (name: string): Buffer => readFileSync(join(box, 'tools', name))

const contents = () => {
  const build = locationOf('kind', pinned.kind, process)?.build ?? ''
  const stage = join(work, 'helm', build)
  mkdirSync(stage, { recursive: true })
  must('cp', join(box, 'tools', 'helm'), stage)
  must('tar', '-czf', join(work, 'helm.tgz'), '-C', join(work, 'helm'), build)
  const kubectl = existsSync(join(box, 'tools', 'kubectl'))
  return {
    releases: [
      release('kind', pinned.kind, build, programOf('kind')),
      release('helm', pinned.helm, build, readFileSync(join(work, 'helm.tgz'))),
      ...(kubectl ? [release('kubectl', pinned.kubectl, build, programOf('kubectl'))] : []),
    ],
    charts: builtInCharts(join(box, 'charts')),
    images: heldIn(join(box, 'images'), join(work, '..', 'images')),
  }
}

const main = async (): Promise<void> => {
  mkdirSync(work, { recursive: true })
  makeNetwork()
  const held = contents()
  const world = await publishers(held, { host: address, port: 443 })
  // By the proxy nothing resolves but what it is asked for; beside the mirror the tools' own hosts do not.
  const tools = ['kind.sigs.k8s.io', 'dl.k8s.io', 'get.helm.sh']
  const hidden = row === 'proxy' ? world.hosts : row === 'mirror' ? tools : []
  await using names = await nameServer(address, (name) => world.hosts.includes(name) && !hidden.includes(name))
  void names
  writeFileSync(join(work, 'ca.pem'), world.ca)
  const node = held.images.find(({ repository }) => repository === 'docker.io/kindest/node')
  if (!node) throw new Error('the box holds no kindest/node')
  // The way out that a company leaves open: no name resolves, and one address digs tunnels.
  const proxy = row === 'proxy' ? (await connectProxy(undefined, { to: world.port, at: address })).address : undefined
  const base = {
    PATH: `${join(work, 'repo', 'node_modules', '.bin')}:${join(work, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: join(work, 'home'),
    LANG: 'C.UTF-8',
    NO_COLOR: '1',
    NODE_EXTRA_CA_CERTS: join(work, 'ca.pem'),
    SSL_CERT_FILE: join(work, 'ca.pem'),
    ...(proxy === undefined
      ? {}
      : {
          HTTP_PROXY: proxy,
          HTTPS_PROXY: proxy,
          NO_PROXY: 'localhost,127.0.0.1,.local,10.0.0.0/8,172.16.0.0/12,.svc,.cluster.local',
        }),
    ...(row === 'mirror' ? { KINDUP_TOOLS_MIRROR: 'https://mirror.example/tools' } : {}),
    // The one thing that cannot be served under a published digest.
    KINDUP_NODE_IMAGES: `${node.tag.replace(/^v/, '')}=${digestOf(node.manifest)}`,
  }
  mkdirSync(base.HOME, { recursive: true })
  mkdirSync(join(work, 'bin'), { recursive: true })
  const docker = must('sh', '-c', 'command -v docker').trim()
  if (!existsSync(join(work, 'bin', 'docker'))) symlinkSync(docker, join(work, 'bin', 'docker'))
  const env = { ...process.env, ...base, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }
  await startDockerd({ work, dockerd, config: dockerConfig, env })

  const timed = async (name: string, command: string, more: Readonly<Record<string, string>> = {}) => {
    const [started, bytes, asked] = [performance.now(), world.bytes(), world.asked.length]
    const child = spawn('sh', ['-c', command], {
      cwd: join(work, 'repo'),
      env: { ...base, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.stderr.pipe(process.stderr)
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    say({
      step: name,
      code,
      seconds: Math.round((performance.now() - started) / 100) / 10,
      bytes: world.bytes() - bytes,
      requests: world.asked.length - asked,
      stdout: stdout.slice(-20_000),
      stderr: stderr.slice(-6_000),
    })
  }
  const flags = config === '' ? '' : ` --config '${config}'`
  try {
    if (row === 'cut') troubleIn(world)
    if (row === 'offline') {
      await timed('bundle', `npm run --silent bundle -- save ../box.kindup --json${flags}`)
      // Another machine: neither its engine nor its cache holds anything, and there is no world.
      must('docker', '--host', 'unix:///run/docker.sock', 'image', 'prune', '--all', '--force')
      rmSync(join(base.HOME, '.cache'), { recursive: true, force: true })
      world.trouble(() => ({ status: 503 }))
    }
    const bundle = row === 'offline' ? ' --bundle ../box.kindup' : ''
    await timed('up', `npm run --silent up -- --json${flags}${bundle}`)
    world.trouble(() => ({ status: 503 }))
    await timed('again', `npm run --silent up -- --json${flags}`)
    await timed('down', `npm run --silent down -- --json${flags}`)
    say({ step: 'asked', hosts: [...new Set(world.asked.map((line) => new URL(line.split(' ')[1] ?? '').host))] })
  } finally {
    await world[Symbol.asyncDispose]()
  }
}

/** Every large body breaks off once, after a megabyte, and every server is busy at first. */
const troubleIn = (world: Publishers): void => {
  const busy = new Set<string>()
  world.trouble(({ host, path, headers }, times) => {
    // A registry that asks for a token is not asked twice for one.
    if (path.startsWith('/v2/') && headers.authorization === undefined) return undefined
    if (!busy.has(host)) {
      busy.add(host)
      return { status: busy.size % 2 === 0 ? 429 : 503, headers: { 'retry-after': '1' } }
    }
    return times <= 1 && (path.includes('sha256:') || path.includes('release')) ? { cutAt: 1_000_000 } : undefined
  })
}

let failed = false
try {
  await main()
} catch (error) {
  say({ step: 'failed', why: error instanceof Error ? error.message : String(error) })
  failed = true
}
// It is the first process of its namespace: the engine and what it runs end with it.
process.stdout.write('', () => {
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(failed ? 1 : 0)
})
