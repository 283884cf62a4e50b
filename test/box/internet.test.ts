import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../support/real-cluster.ts'

// The internet in a box: `npm ci && npm run up` of this repository as it is, on a machine whose whole world is a server of
// ours that answers as the publishers do (test/support/publishers). The machine is a network, mount and process
// namespace with an engine of its own that holds no image; every name resolves to one address; TLS is by an authority
// that engine, nodes and kindup are told of in the environment.
//
// What it serves is a folder, KINDUP_BOX:  tools/kind tools/helm tools/kubectl   the programs
//                                          charts/NAME-VERSION.tgz               of the built-in add-ons
//                                          images/*.tar                          archives of `docker save`
// KINDUP_BOX_DOCKERD names the dockerd (default: the one on the PATH), KINDUP_BOX_DOCKERD_CONFIG a daemon.json to begin with.
//
// Where this differs from the world: the digest of a node image is its publisher's, and nothing made here has it, so
// KINDUP_NODE_IMAGES names the one in the box; a chart whose image digests the box cannot have holds them emptied; npm's
// packages come from npm's cache of this machine; Debian's from nowhere, so no engine is installed here (set-up.test.ts does).

const box = process.env['KINDUP_BOX'] ?? ''
const has = (program: string): string =>
  spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim()
const dockerd = process.env['KINDUP_BOX_DOCKERD'] ?? has('dockerd')
const config = process.env['KINDUP_BOX_DOCKERD_CONFIG'] ?? ''

const whyNot = (): string | undefined => {
  if (process.platform !== 'linux') return 'this is no Linux'
  if (process.getuid?.() !== 0) return 'only root makes a machine of namespaces'
  if (box === '') return 'KINDUP_BOX names no folder with tools, charts and images'
  for (const part of ['tools/kind', 'tools/helm', 'charts', 'images'])
    if (!existsSync(join(box, part))) return `${join(box, part)} is not there`
  if (dockerd === '') return 'there is no dockerd on the PATH, and KINDUP_BOX_DOCKERD names none'
  return ['unshare', 'ip', 'iptables', 'docker', 'git', 'npm']
    .map((name) => (has(name) === '' ? `there is no ${name}` : undefined))
    .find(Boolean)
}
const why = whyNot()
if (why !== undefined)
  console.warn(`SKIPPED: ${why}; \`npm ci && npm run up\` is not tried against publishers in a box.`)

/** What the box has to hold for the reference example; where something is missing the small one is made. */
const wanted = ['kindest', 'python', 'controller', 'certgen', 'metrics-server', 'argocd', 'redis']
const images = why === undefined ? readdirSync(join(box, 'images')) : []
const lacking = wanted.filter((part) => !images.some((name) => name.includes(part)))
if (why === undefined && lacking.length > 0)
  console.warn(
    `SKIPPED in part: ${box}/images lacks ${lacking.join(', ')}: test/fixtures/box is made instead of kindup.yaml.`,
  )

type Line = {
  readonly step: string
  readonly code: number
  readonly seconds: number
  readonly bytes: number
  readonly requests: number
  readonly stdout: string
  readonly stderr: string
  readonly why?: string
  readonly hosts?: readonly string[]
}

const rows = (process.env['KINDUP_BOX_ROWS'] ?? 'plain proxy mirror cut offline').split(' ')

describe.skipIf(why !== undefined)('npm ci && npm run up of this repository', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-internet-'))
    // As a stranger has it: a clone, and what npm installs.
    const run = (command: string, cwd: string): void => {
      const { status, stderr } = spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8' })
      if (status !== 0) throw new Error(`${command}: ${stderr}`)
    }
    run(`git clone --quiet --no-hardlinks '${root}' repo`, folder)
    const started = performance.now()
    run(`npm ci --prefer-offline --cache '${join(homedir(), '.npm')}'`, join(folder, 'repo'))
    console.warn(`npm ci: ${Math.round((performance.now() - started) / 1000)} s`)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const play = (row: string, file: string): Promise<ReadonlyMap<string, Line>> =>
    new Promise((resolve, reject) => {
      const work = join(folder, row)
      const inside = fileURLToPath(new URL('inside.ts', import.meta.url))
      const script = `mkdir -p '${work}' && cp -a '${join(folder, 'repo')}' '${work}/repo' && mount -t proc proc /proc && exec '${process.execPath}' '${inside}' '${box}' '${work}' '${row}' '${file}' '${dockerd}' '${config}'`
      const flags = [
        '--net',
        '--mount',
        '--propagation',
        'private',
        '--pid',
        '--fork',
        '--kill-child',
        'sh',
        '-c',
        script,
      ]
      const child = spawn('unshare', flags, { stdio: ['ignore', 'pipe', 'inherit'] })
      let text = ''
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
      child.on('error', reject)
      child.on('close', () => {
        const lines = text
          .split('\n')
          .filter((line) => line.startsWith('{'))
          .map((line) => JSON.parse(line) as Line)
        resolve(new Map(lines.map((line) => [line.step, line])))
      })
    })

  it.each(rows)('%s: up, up again with the world gone, down', async (row) => {
    const isWhole = lacking.length === 0 && row === 'plain'
    const file = isWhole ? '' : join('test', 'fixtures', 'box', 'kindup.yaml')
    const steps = await play(row, file)
    for (const [name, { code, seconds, bytes, requests }] of steps)
      if (seconds !== undefined)
        console.warn(
          `${row}  ${name.padEnd(6)}  exit ${code}  ${seconds} s  ${(bytes / 1e6).toFixed(1)} MB  ${requests} requests`,
        )
    const [up, again, down] = ['up', 'again', 'down'].map((name) => steps.get(name))
    expect([steps.get('failed')?.why, up?.code, up?.code === 0 ? '' : `${up?.stdout}${up?.stderr}`]).toEqual([
      undefined,
      0,
      '',
    ])
    const isOffline = row === 'offline'
    const fetched = isOffline ? steps.get('bundle') : up
    expect([fetched?.code, fetched?.code === 0 ? '' : fetched?.stderr]).toEqual([0, ''])
    expect(fetched?.bytes).toBeGreaterThan(100_000_000)
    expect(isOffline ? up?.bytes : 0).toBe(0)
    expect([again?.code, again?.bytes]).toEqual([0, 0])
    expect([down?.code, down?.bytes]).toEqual([0, 0])
    const hosts = steps.get('asked')?.hosts ?? []
    expect(hosts).toContain('registry-1.docker.io')
    expect(hosts.includes(row === 'mirror' ? 'mirror.example' : 'kind.sigs.k8s.io')).toBe(true)
  })
})
