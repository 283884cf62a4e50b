import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeEngine } from '../../cluster/engine/command-line.ts'
import { dialects } from '../../cluster/engine/dialects.ts'
import { findEngine } from '../../cluster/engine/find.ts'
import { makeKube } from '../../cluster/kube/make-kube.ts'
import type { Kube } from '../../cluster/kube/kube.ts'
import { takeLease } from '../../cluster/inventory/lease.ts'
import { makeInventory } from '../../cluster/inventory/make-inventory.ts'
import { headOf } from '../../cluster/registry/ask.ts'
import { withLine } from '../../cluster/tools/line.ts'
import { makeTools } from '../../cluster/tools/make-tools.ts'
import { StoppedError } from '../../core/errors.ts'
import { withFileLock } from '../../core/file-lock.ts'
import { assess } from '../../core/assess.ts'
import { isThere, processIdentity } from '../../core/process-identity.ts'
import { bindTo, boundSignal, inWords, type Waits } from '../../core/bound.ts'
import { makeRun, type Run } from '../../core/run.ts'
import { runPipe } from '../../core/run-pipe.ts'
import { poll, waitFor } from '../../core/wait.ts'
import { makePlan } from '../../core/plan.ts'
import { contextOf, walk } from '../../core/walk.ts'
import type { Alarm } from '../../core/within-time.ts'
import { runHook } from '../../services/hooks/run-hook.ts'
import { runSmoke } from '../../services/smoke/smoke.ts'
import { sandbox } from '../support/sandbox.ts'
import { standInEngine } from '../support/stand-in-engine.ts'
import { context, step } from '../support/steps.ts'

/** What a step works with here: programs that never end, and a port that accepts everybody and never answers. */
type World = {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly run: Run
  /** `127.0.0.1:41234` */
  readonly silent: string
  readonly kube: (user?: object) => Promise<Kube>
}

let world: World
let server: Server
const sockets = new Set<Socket>()

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-hanging-'))
  for (const program of ['docker', 'helm', 'kind', 'kubectl', 'login', 'stubborn']) {
    const file = join(folder, program)
    const deaf = program === 'stubborn' ? `trap 'touch "${file}.asked"' TERM\n` : ''
    await writeFile(
      file,
      `#!/bin/sh\n${deaf}echo $$ >"${file}.pid"\n${deaf === '' ? 'exec sleep 1000' : 'while :; do sleep 1000 & wait; done'}\n`,
    )
    await chmod(file, 0o755)
  }
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const silent = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` }
  world = {
    folder,
    env,
    run: makeRun({ env }),
    silent,
    kube: async (user = { token: 't' }) => {
      const kubeconfig = join(folder, 'kubeconfig')
      await writeFile(
        kubeconfig,
        JSON.stringify({
          clusters: [{ name: 'far', cluster: { server: `http://${silent}` } }],
          users: [{ name: 'me', user }],
          contexts: [{ name: 'far', context: { cluster: 'far', user: 'me' } }],
        }),
      )
      return makeKube({ kubeconfig, context: 'far' })
    },
  }
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  server.close()
  await rm(world.folder, { recursive: true })
})

const docker = dialects.find(({ name }) => name === 'docker')!
const engine = () => makeEngine(docker, world.run, world.env)
const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'dev', name: 'web' }
const smoke = { method: 'GET', headers: {}, timeoutMs: 60_000 }
const login = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './login', interactiveMode: 'Never' } }
const never = new AbortController().signal
const forgotten = { ...context(never), timeoutMs: 60_000 }

/** There is no word for it. */
const anything = /\./

/** Nobody hands a signal on here: that is what a step may forget. */
const hanging: Readonly<
  Record<
    string,
    {
      readonly program?: string
      readonly says: RegExp
      readonly work: () => Promise<unknown>
    }
  >
> = {
  'the engine, told to list': {
    program: 'docker',
    says: /`docker ps .*` has not ended/,
    work: () => engine().containers('x'),
  },
  'the engine, looked for': {
    program: 'docker',
    says: /`docker version .*` has not ended/,
    work: () => findEngine({ cluster: { engine: 'docker' } }, world.run, world.env)(),
  },
  'the engine, told to build': {
    program: 'docker',
    says: /`docker build .*` has not ended/,
    work: () => engine().build({ context: '.', file: 'Dockerfile', tag: 'x', labels: {}, args: {} }),
  },
  'a program in a node': {
    program: 'docker',
    says: /`docker exec .*` has not ended/,
    work: () => engine().exec('node', ['true']),
  },
  'images on their way into a node': {
    program: 'docker',
    says: /`docker save x` has not ended/,
    work: () => runPipe(['docker', 'save', 'x'], [['cat']], { env: world.env }),
  },
  helm: { program: 'helm', says: /`helm upgrade` has not ended/, work: () => world.run('helm', ['upgrade']) },
  kind: {
    program: 'kind',
    says: /`kind create cluster` has not ended/,
    work: () => world.run('kind', ['create', 'cluster'], { timeoutMs: 60_000 }),
  },
  'a program that does not end when it is asked to': {
    program: 'stubborn',
    says: /`stubborn` has not ended/,
    work: () => world.run('stubborn', []),
  },
  'a tool that is asked for its version': {
    program: 'kubectl',
    says: /kubectl version .*has not ended/,
    work: () =>
      makeTools({ want: { kind: 'path', kubectl: 'path', helm: 'path' }, run: world.run, env: world.env }).kubectl(),
  },
  'a hook': {
    program: 'helm',
    says: /`helm test` has not ended/,
    work: () => {
      const hook = {
        name: 'tests',
        run: ['helm', 'test'],
        in: world.folder,
        cluster: false,
        env: {},
        at: { file: 'k' },
      }
      return runHook(hook, { run: world.run, env: {}, secrets: [] }, forgotten)
    },
  },
  'a login program': {
    program: 'login',
    says: /login` has not ended/,
    work: async () => (await world.kube(login)).get(pod),
  },
  'the API, asked for an object': {
    says: /the API at http:.* has not answered/,
    work: async () => (await world.kube()).get(pod),
  },
  'the API, told to apply': {
    says: /the API at http:.* has not answered/,
    work: async () =>
      (await world.kube()).apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } }),
  },
  'the API, watched': {
    says: /the API at http:.* has not answered/,
    work: async () => {
      for await (const _ of (await world.kube()).watch(pod, never));
    },
  },
  'a Service, asked through the API': {
    says: /has not answered \(ask Service a\/b\)/,
    work: async () =>
      (await world.kube()).askService(
        { namespace: 'a', service: 'b', port: 80, secure: false, method: 'GET', path: '/', headers: {} },
        never,
      ),
  },
  'a log': {
    says: /has not answered \(read the log of Pod dev\/web\)/,
    work: async () => (await world.kube()).logs(pod, 1),
  },
  'the record': {
    says: /the API at http:.* has not answered/,
    work: async () => makeInventory(await world.kube()).entries(),
  },
  'the Lease': {
    says: /the API at http:.* has not answered/,
    work: async () =>
      takeLease(
        await world.kube(),
        { host: 'h', pid: 1, command: 'kindup up', startedAt: new Date() },
        { signal: never, waitMs: 60_000, report: () => undefined },
      ),
  },
  'a download': {
    says: /http:\/\/127.0.0.1.*\/kind has not sent all of it/,
    work: () => withLine({ env: {} }, ({ ask }) => ask(`http://${world.silent}/kind`, {}, async () => undefined)),
  },
  'a registry': {
    says: /the registry at 127.0.0.1:\d+ has not answered/,
    work: () => {
      const hostPort = Number(world.silent.split(':')[1])
      const container = { name: 'kindup-registry', port: 5000, hostPort }
      return headOf({ engine: standInEngine().engine, cluster: 'x', container, path: '/v2/' })
    },
  },
  'a smoke test': {
    says: /http:\/\/127.0.0.1:\d+\/ has not answered/,
    work: () => {
      const url = `http://${world.silent}/`
      const target = { step: 's', hosts: [], localHosts: [], catchAll: false, ports: [] }
      return runSmoke({ ...smoke, url }, target, forgotten)
    },
  },
  'a lock of a file': {
    says: /config\.lock is held by another program/,
    work: () => withFileLock(join(world.folder, 'config'), {}, async () => undefined),
  },
  'a wait whose look hangs': {
    program: 'docker',
    says: /`docker ps .*` has not ended/,
    work: () => {
      const probe = async () => ((await engine().containers('x')).length > 0 ? { done: 1 } : { waiting: 'none' })
      return waitFor('web', poll(probe, 1), { timeoutMs: 60_000, signal: never })
    },
  },
  'something that nobody can end': { says: anything, work: () => new Promise(() => undefined) },
}

/** A step that does the work, and when that hangs where it is meant to. */
const stuckAt = ({ program, says, work }: (typeof hanging)[string]) => {
  const { promise, resolve } = Promise.withResolvers<Waits>()
  const up = (): Promise<void> =>
    bindTo(never, async ({ waits }) => {
      resolve(waits)
      await work()
    })
  const hangs = async (): Promise<void> => {
    const waits = await promise
    // Nobody tells when a program has begun.
    const isHanging = async (): Promise<boolean> =>
      (says.test(inWords(waits)) || says === anything) && hasBegun(program)
    while (!(await isHanging())) await pause(1)
  }
  return { stuck: step('stuck', { up }), hangs }
}

const pidOf = async (program: string): Promise<string> =>
  readFile(join(world.folder, `${program}.pid`), 'utf8').catch(() => '')
const hasBegun = async (program: string | undefined): Promise<boolean> =>
  program === undefined || (await pidOf(program)) !== ''

const left = async (program: string | undefined): Promise<boolean> => {
  if (program === undefined) return false
  const pid = Number(await pidOf(program))
  return process.platform === 'linux' ? (await processIdentity(pid)) !== undefined : isThere(pid)
}

const planOf = (...steps: readonly ReturnType<typeof step>[]) =>
  makePlan(steps, new Map(steps.map(({ id }) => [id, { state: 'absent' as const }])), [])

describe.each(Object.entries(hanging))('a step that waits for %s', (name, one) => {
  beforeEach(async () => {
    if (name === 'a lock of a file') await writeFile(join(world.folder, 'config.lock'), 'of somebody else')
  })

  it('ends at its time, says so, and leaves no program behind', async () => {
    const { stuck, hangs } = stuckAt(one)
    const alarm: Alarm = (ring) => (void hangs().then(ring), () => undefined)
    const { failed } = await walk(planOf(stuck), { signal: never, timeoutMs: 200, alarm })
    const message = expect.stringMatching(new RegExp(`^stuck was not done after 0.2 s.*${one.says.source}`))
    expect(failed).toMatchObject([{ id: 'stuck', error: { code: 'timed-out', message } }])
    expect(await left(one.program)).toBe(false)
  })

  it('ends when it is stopped', async () => {
    const stop = new AbortController()
    const { stuck, hangs } = stuckAt(one)
    const alarm: Alarm = () => () => undefined
    const walking = walk(planOf(stuck), { signal: stop.signal, timeoutMs: 200, alarm })
    await hangs()
    stop.abort(new StoppedError())
    const { failed } = await walking
    expect(failed).toEqual([expect.objectContaining({ id: 'stuck', error: expect.any(StoppedError) })])
    expect(await left(one.program)).toBe(false)
  })
})

it('asks how a step stands for as long as a step may take, and no longer', async () => {
  const options = { signal: never, timeoutMs: 400 }
  const stuck = step('stuck', { status: async () => (await engine().containers('x'), { state: 'ready' }) })
  const statuses = await assess([stuck], ({ id }) => contextOf(options, id))
  expect(statuses.get('stuck')).toMatchObject({
    state: 'broken',
    why: expect.stringMatching(/^stuck was not done after 0.4 s: `docker ps .*` has not ended\.$/),
  })
  expect(await left('docker')).toBe(false)
})

it('lets no step of several end what another one waits for, and ends it with the last', async () => {
  const find = findEngine({ cluster: { engine: 'docker' } }, world.run, world.env)
  const first = new AbortController()
  const gone = walk(planOf(step('first', { up: async () => void (await find()) })), {
    signal: first.signal,
    timeoutMs: 60_000,
  })
  while (!(await hasBegun('docker'))) await pause(1)
  const second = new AbortController()
  const waits = Promise.withResolvers<AbortSignal | undefined>()
  const up = async (): Promise<void> => {
    const found = find()
    waits.resolve(boundSignal())
    await found
  }
  const staying = walk(planOf(step('second', { up })), { signal: second.signal, timeoutMs: 60_000 })
  const stays = await waits.promise
  first.abort(new StoppedError())
  await gone
  expect(await left('docker')).toBe(true)
  expect(stays?.aborted).toBe(false)
  second.abort(new StoppedError())
  await staying
  expect(await left('docker')).toBe(false)
})

it('leaves no program behind, not even one that does not end when asked to, at the second signal', async () => {
  await using at = await sandbox({ path: `${world.folder}:${process.env['PATH'] ?? ''}` })
  await rename(join(world.folder, 'stubborn'), join(world.folder, 'docker'))
  await at.write('kindup.yaml', 'name: hanging\n')
  const running = at.start(['up'])
  while (!(await hasBegun('stubborn'))) await pause(1)
  running.kill('SIGINT')
  // The first one was heard when the program was asked to end, which it notes.
  while (!existsSync(join(world.folder, 'stubborn.asked'))) await pause(1)
  running.kill('SIGINT')
  expect(await running.ended).toMatchObject({ code: null })
  while (await left('stubborn')) await pause(1)
})
