import { describe, expect, it } from 'vitest'
import { infoFrom } from '../../../../cluster/engine/info.ts'
import { makeEngine } from '../../../../cluster/engine/command-line.ts'
import { dialects } from '../../../../cluster/engine/dialects.ts'
import { machineIn } from '../../../../cluster/engine/reach.ts'
import { standInRun, type Answer } from '../../../support/stand-in-run.ts'

const docker = (more: object = {}): string => JSON.stringify({ ServerVersion: '28.0.0', CgroupVersion: '2', ...more })

const info = (answers: Readonly<Record<string, Answer>>, env: Readonly<Record<string, string>> = {}, name = 'docker') =>
  makeEngine(
    dialects.find((dialect) => dialect.name === name)!,
    standInRun(answers).run,
    env,
  ).info()

const asked = (stdout: string) => ({ 'docker info --format {{json .}}': { stdout } })

describe('who made an engine', () => {
  it.each([
    [{ OperatingSystem: 'Docker Desktop', Name: 'docker-desktop' }, 'Docker Desktop'],
    [{ OperatingSystem: 'OrbStack', Name: 'orbstack' }, 'OrbStack'],
    [{ OperatingSystem: 'Ubuntu 24.04.3 LTS', Name: 'colima' }, 'Colima'],
    [{ OperatingSystem: 'Alpine Linux v3.22', Name: 'lima-rancher-desktop' }, 'Rancher Desktop'],
    [{ OperatingSystem: 'Rancher Desktop WSL Distribution' }, 'Rancher Desktop'],
    [{ OperatingSystem: 'Ubuntu 24.04 LTS', Name: 'lima-docker' }, 'lima'],
    [{ Name: 'box', ClientInfo: { Context: 'colima-work' } }, 'Colima'],
  ])('%o is %s, a guest with a kernel of its own', (said, product) => {
    expect(infoFrom('docker', docker(said), 'linux')).toMatchObject({ product, virtual: true })
  })

  it('is nobody for a daemon of the system, WSL2 for one beside Windows', () => {
    const plain = infoFrom('docker', docker({ OperatingSystem: 'Debian GNU/Linux 13', Name: 'box' }), 'linux')
    expect(plain).not.toHaveProperty('product')
    expect(plain).not.toHaveProperty('virtual')
    const wsl = { OperatingSystem: 'Ubuntu 24.04', KernelVersion: '6.6.87.2-microsoft-standard-WSL2' }
    expect(infoFrom('docker', docker(wsl), 'linux')).toMatchObject({ product: 'WSL2' })
    expect(infoFrom('docker', docker({ Name: 'box' }), 'darwin')).toMatchObject({ virtual: true })
  })
})

describe('what kind needs of a rootless engine', () => {
  it('is missed where systemd does not delegate it', () => {
    const rootless = { SecurityOptions: ['name=rootless'], CPUShares: false, MemoryLimit: true, PidsLimit: true }
    expect(infoFrom('docker', docker(rootless))).toMatchObject({ missingControllers: ['cpu'] })
    expect(infoFrom('docker', docker({ ...rootless, CPUShares: true }))).not.toHaveProperty('missingControllers')
    const podman = (cgroupControllers: readonly string[], isRootless: boolean) =>
      infoFrom('podman', JSON.stringify({ host: { cgroupControllers, security: { rootless: isRootless } } }))
    expect(podman(['memory', 'pids'], true)).toMatchObject({ missingControllers: ['cpu'] })
    expect(podman(['cpu', 'io', 'memory', 'pids'], true)).not.toHaveProperty('missingControllers')
    expect(podman([], false)).not.toHaveProperty('missingControllers')
  })
})

describe('how an engine is reached', () => {
  it.each([
    ['unix:///var/run/docker.sock', undefined],
    ['npipe:////./pipe/docker_engine', undefined],
    ['tcp://127.0.0.1:2375', undefined],
    ['tcp://localhost:2375', undefined],
    ['tcp://[::1]:2375', undefined],
    ['tcp://docker:2376', 'docker'],
    ['ssh://me@build.test:2222', 'build.test'],
    ['tcp://[fd00::7]:2376', 'fd00::7'],
    ['nonsense', undefined],
  ])('%s is on %s', (address, machine) => {
    expect(machineIn(address)).toBe(machine)
  })

  it('by DOCKER_HOST, at a CI service', async () => {
    expect(await info(asked(docker()), { DOCKER_HOST: 'tcp://docker:2375' })).toMatchObject({
      host: 'docker',
      reachedBy: 'DOCKER_HOST=tcp://docker:2375',
    })
  })

  it('by ssh, whose own names are looked up, and a tunnel of the user’s is this machine', async () => {
    const named = { ...asked(docker()), 'ssh -G box': { stdout: 'user me\nhostname build.test\nport 22\n' } }
    expect(await info(named, { DOCKER_HOST: 'ssh://me@box' })).toMatchObject({ host: 'build.test' })
    const tunnel = { ...asked(docker()), 'ssh -G box': { stdout: 'hostname 127.0.0.1\n' } }
    expect(await info(tunnel, { DOCKER_HOST: 'ssh://box' })).not.toHaveProperty('host')
    const without = { ...asked(docker()), 'ssh -G box': { missing: true as const } }
    expect(await info(without, { DOCKER_HOST: 'ssh://box' })).toMatchObject({ host: 'box' })
  })

  it('by a context that somebody made, and by those of products without a further question', async () => {
    const inspect = 'docker context inspect far --format {{.Endpoints.docker.Host}}'
    const far = asked(docker({ ClientInfo: { Context: 'far' } }))
    expect(await info({ ...far, [inspect]: { stdout: 'tcp://far.test:2376\n' } })).toMatchObject({
      host: 'far.test',
      reachedBy: 'context far, tcp://far.test:2376',
    })
    expect(await info({ ...far, [inspect]: { stdout: 'unix:///x.sock\n' } })).not.toHaveProperty('host')
    // No other command is known to this stand-in.
    for (const context of ['default', 'desktop-linux', 'orbstack', 'colima', 'rancher-desktop'])
      expect(await info(asked(docker({ ClientInfo: { Context: context } })))).toMatchObject({
        reachedBy: `context ${context}`,
      })
  })

  it('by podman’s connection, which leads into its virtual machine', async () => {
    const remote = { 'podman info --format {{json .}}': { stdout: '{"host":{"serviceIsRemote":true}}' } }
    const list = 'podman system connection list --format {{.Default}} {{.Name}} {{.URI}}'
    const found = (uri: string) => ({ ...remote, [list]: { stdout: `false other ssh://x\ntrue box ${uri}\n` } })
    const machine = await info(found('ssh://core@127.0.0.1:54321/run/podman.sock'), {}, 'podman')
    expect(machine).toMatchObject({ virtual: true, reachedBy: expect.stringContaining('connection box') })
    expect(machine).not.toHaveProperty('host')
    expect(
      await info({ ...found('ssh://core@far.test/x'), 'ssh -G far.test': { stdout: '' } }, {}, 'podman'),
    ).toMatchObject({ host: 'far.test' })
  })
})

it('tells how far its clock is off, as far as the answer’s own time allows', async () => {
  const at = (ms: number) => info(asked(docker({ SystemTime: new Date(Date.now() + ms).toISOString() })))
  expect((await at(-60_000)).aheadMs).toBeLessThan(-59_000)
  expect((await at(60_000)).aheadMs).toBeGreaterThan(59_000)
  expect((await info(asked(docker()))).aheadMs).toBeUndefined()
})

describe('what is asked first', () => {
  const version = (more: object = {}) => ({
    'docker version --format {{json .}}': {
      stdout: JSON.stringify({ Client: { ApiVersion: '1.51' }, Server: { Components: [{ Name: 'Engine' }] }, ...more }),
    },
  })
  const made = (answers: Readonly<Record<string, Answer>>, env: Readonly<Record<string, string>> = {}) => {
    const { run, asked: calls } = standInRun(answers)
    return { engine: makeEngine(dialects[0]!, run, env), calls }
  }

  it('is no more of docker than whether it answers, where, and for whom', async () => {
    const rootless = { Server: { Components: [{ Name: 'Engine' }, { Name: 'rootlesskit' }] } }
    const { engine, calls } = made(version(rootless), { DOCKER_HOST: 'tcp://far:2375' })
    const found = { rootless: true, host: 'far', reachedBy: 'DOCKER_HOST=tcp://far:2375' }
    expect(await engine.reach()).toEqual(found)
    expect(await engine.reach()).toEqual(found)
    expect(calls).toHaveLength(1)
  })

  it('is not asked again of one that has told more, and the way is looked for once', async () => {
    const inspect = 'docker context inspect far --format {{.Endpoints.docker.Host}}'
    const answers = {
      ...asked(docker({ ClientInfo: { Context: 'far' } })),
      [inspect]: { stdout: 'tcp://far.test:2376' },
    }
    const told = made(answers)
    await Promise.all([told.engine.info(), told.engine.info()])
    expect(await told.engine.reach()).toMatchObject({ rootless: false, host: 'far.test' })
    expect(told.calls).toHaveLength(2)
    const both = made({ ...answers, ...version({ Client: { ApiVersion: '1.51', Context: 'far' } }) })
    await both.engine.reach()
    expect(await both.engine.info()).toMatchObject({ host: 'far.test', version: '28.0.0' })
    expect(both.calls).toHaveLength(3)
  })
})
