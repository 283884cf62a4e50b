import { spawnSync } from 'node:child_process'
import { copyFile, cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stopByAdapter, stopNode } from '../support/debug-protocols.ts'
import { realCluster, root, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'

/** What the image is made of, by the clients of the registries on this machine: an image has no network while it is built. */
const make = (
  cwd: string,
  env: Readonly<Record<string, string>>,
  program: string,
  ...args: readonly string[]
): void => {
  const { status, stderr, error } = spawnSync(program, args, { cwd, env: { ...process.env, ...env }, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`)
}

const isLinux = process.platform === 'linux'

describe.skipIf(!isLinux || whyNoCluster([], ['python:3.13-slim']) !== undefined)('a debugger that is let in', () => {
  let cluster: RealCluster
  let folder = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-debug-'))
    const context = join(folder, 'context')
    await cp(join(root, 'test/fixtures/debug'), folder, { recursive: true })
    await mkdir(context)
    for (const file of ['Dockerfile', 'app.js', 'app.py', 'opened.py'])
      await copyFile(join(folder, file), join(context, file))
    await copyFile(process.execPath, join(context, 'node'))
    await mkdir(join(context, 'lib'))
    // Not in every image of Debian.
    const libatomic = /libatomic\S* => (\S+)/.exec(spawnSync('ldd', [process.execPath], { encoding: 'utf8' }).stdout)
    if (libatomic?.[1] !== undefined) await copyFile(libatomic[1], join(context, 'lib/libatomic.so.1'))
    const python = ['--python-version', '3.13', '--only-binary', ':all:', '--target', join(context, 'py')]
    make(folder, {}, 'python3', '-m', 'pip', 'install', '--quiet', ...python, 'debugpy')
    const go = { CGO_ENABLED: '0', GOFLAGS: '-mod=mod', GOBIN: context }
    make(folder, go, 'go', 'install', 'github.com/go-delve/delve/cmd/dlv@v1.27.2')
    make(folder, go, 'go', 'build', '-gcflags', 'all=-N -l', '-o', join(context, 'program'), '.')
    cluster = await realCluster('kindup-e2e-debug', join(folder, 'kindup.yaml'))
    const { error } = await cluster.json<{ readonly error?: { readonly message: string } }>(['up'])
    if (error) throw new Error(error.message)
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  /** With the debugger of a service at a port of this machine. */
  const debugging = async (service: string, runtime: string, work: (port: number) => Promise<void>): Promise<void> => {
    const debug = cluster.start(['debug', service, '--json'])
    const [found, address] = [await debug.printed('"runtime":'), await debug.printed('"address":')]
    expect(found).toContain(`"${runtime}"`)
    await work(Number(/:(\d+)"/.exec(address)?.[1]))
    debug.kill('SIGINT')
    expect((await debug.ended).code).toBe(0)
  }

  it('stops Node.js, which had none open, at a line', () =>
    debugging('node', 'node', async (port) => {
      expect(await stopNode(port, { path: '/app/app.js', line: 3 })).toBe('tick')
    }))

  it('goes on with the pod that comes after the one that was there', () =>
    debugging('node', 'node', async (port) => {
      expect(await stopNode(port, { path: '/app/app.js', line: 3 })).toBe('tick')
      cluster.kubectl('--namespace', 'debug', 'delete', 'pod', '--selector', 'app=node')
      cluster.kubectl('--namespace', 'debug', 'rollout', 'status', 'deployment/node', '--timeout', '120s')
      expect(await stopNode(port, { path: '/app/app.js', line: 3 })).toBe('tick')
    }))

  it.each([
    ['python', '/app/app.py', 8],
    ['opened', '/app/opened.py', 9],
  ])('stops Python by debugpy (%s)', (service, path, line) =>
    debugging(service, 'python', async (port) => {
      expect(await stopByAdapter(port, { justMyCode: false }, { path, line })).toBe('tick')
    }),
  )

  it('stops Go by Delve', () =>
    debugging('go', 'go', async (port) => {
      const spot = { path: join(folder, 'main.go'), line: 9 }
      expect(await stopByAdapter(port, { mode: 'remote' }, spot)).toBe('main.tick')
    }))

  it('says of a Go program without one what to put into its image', async () => {
    const ran = await cluster.kindup(['debug', 'plain'])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('dlv exec /usr/local/bin/program --headless --listen=127.0.0.1:40000')
  })
})
