import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { clockCheck } from '../../../../cluster/checks/clock.ts'
import { cpusCheck } from '../../../../cluster/checks/cpus.ts'
import { diskCheck } from '../../../../cluster/checks/disk.ts'
import { engineCheck } from '../../../../cluster/checks/engine.ts'
import { enginesCheck } from '../../../../cluster/checks/engines.ts'
import { inotifyCheck } from '../../../../cluster/checks/inotify.ts'
import { nameCheck } from '../../../../cluster/checks/name.ts'
import { rootlessCheck } from '../../../../cluster/checks/rootless.ts'
import type { Engine, EngineInfo } from '../../../../cluster/engine/engine.ts'
import { EngineUnreachable, type Trouble } from '../../../../cluster/engine/unreachable.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'
import { dependencies } from './surroundings.ts'

const engineWith = (info: Partial<EngineInfo>, parts: Parameters<typeof standInEngine>[0] = {}) => ({
  engine: async () => standInEngine({ info, ...parts }).engine,
})

describe('the engine', () => {
  it('is told with who made it, how it was reached and why it is taken', async () => {
    const info = { product: 'Colima', reachedBy: 'context colima', rootless: true }
    expect((await engineCheck.run(dependencies(engineWith(info)))).evidence).toMatch(
      /^docker 28\.0\.0 \(Colima, context colima\): 2 CPUs, .* rootless; the first of docker, podman, nerdctl/,
    )
    const config = madeConfig()
    const chosen = { ...config, cluster: { ...config.cluster, engine: 'docker' as const } }
    expect((await engineCheck.run(dependencies({ config: chosen }))).evidence).toContain('cluster.engine says docker')
    const env = { KIND_EXPERIMENTAL_PROVIDER: 'docker' }
    expect((await engineCheck.run(dependencies({ env }))).evidence).toContain('KIND_EXPERIMENTAL_PROVIDER=docker')
  })

  it('that answers slowly is a warning', async () => {
    expect(await engineCheck.run(dependencies(engineWith({ answeredMs: 9_000 })))).toMatchObject({
      state: 'warning',
      cause: expect.stringContaining('took 9.0 s'),
    })
    expect(await engineCheck.run(dependencies(engineWith({ answeredMs: 900 })))).toMatchObject({ state: 'ok' })
  })
})

describe('what can be done about an engine that does not answer', () => {
  let etc = ''
  beforeEach(async () => {
    etc = await mkdtemp(join(tmpdir(), 'kindup-etc-'))
    await mkdir(join(etc, 'proc'))
  })
  afterEach(() => rm(etc, { recursive: true }))

  const trouble = (engine: Trouble['engine'], kind: Trouble['kind']): Trouble => ({
    engine,
    kind,
    cause: kind,
    hints: [],
  })
  const none = (['docker', 'podman', 'nerdctl'] as const).map((engine) => trouble(engine, 'missing'))
  const repairFor = async (
    troubles: readonly Trouble[],
    {
      release = '',
      platform = 'linux',
      env = {},
      group = '',
      groups = [],
    }: {
      release?: string
      platform?: string
      env?: Readonly<Record<string, string>>
      group?: string
      groups?: readonly number[]
    } = {},
  ) => {
    await writeFile(join(etc, 'os-release'), release)
    await writeFile(join(etc, 'group'), group)
    const asked = dependencies({
      engine: () => Promise.reject(new EngineUnreachable('No engine answers.', troubles, ['start it'])),
      platform,
      env,
      etc,
      groups,
      proc: join(etc, 'proc'),
    })
    const { state, repair } = await engineCheck.run(asked)
    expect(state).toBe('failed')
    return repair && { ...repair, steps: repair.steps.map((step) => ('command' in step ? step.command.join(' ') : '')) }
  }

  it.each([
    ['Debian', 'ID=debian\nVERSION_ID="13"\n'],
    ['Ubuntu', 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n'],
    ['Mint', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n'],
  ])('installs Docker on %s with apt-get', async (_name, release) => {
    expect(await repairFor(none, { release, env: { USER: 'me' } })).toEqual({
      title: 'install Docker with apt-get, and start it',
      steps: [
        'apt-get update',
        'apt-get install --yes --install-recommends docker.io',
        'service docker start',
        'usermod -aG docker me',
      ],
      newGroup: 'docker',
    })
  })

  it.each([
    ['Fedora', 'ID=fedora\n', 'dnf install --assumeyes moby-engine /usr/bin/docker'],
    ['Arch', 'ID=arch\n', 'pacman --sync --needed --noconfirm docker'],
    ['Manjaro', 'ID=manjaro\nID_LIKE=arch\n', 'pacman --sync --needed --noconfirm docker'],
    ['openSUSE', 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', 'zypper --non-interactive install docker'],
  ])(
    'installs it on %s by its own packages, and starts it with systemd where that runs',
    async (_name, release, install) => {
      await mkdir(join(etc, 'run', 'systemd', 'system'), { recursive: true })
      expect((await repairFor(none, { release }))?.steps).toEqual([install, 'systemctl enable --now docker'])
    },
  )

  it('installs it in WSL like on its distribution, with or without systemd', async () => {
    const env = { WSL_DISTRO_NAME: 'Ubuntu', USER: 'me' }
    const steps = async () => (await repairFor(none, { release: 'ID=ubuntu\n', env }))?.steps
    expect(await steps()).toContain('service docker start')
    await mkdir(join(etc, 'run', 'systemd', 'system'), { recursive: true })
    expect(await steps()).toContain('systemctl enable --now docker')
  })

  it('installs it on macOS with brew where there is one, with half of the machine for Colima', async () => {
    await writeFile(join(etc, 'brew'), '', { mode: 0o755 })
    const repair = await repairFor(none, { platform: 'darwin', env: { PATH: etc } })
    expect(repair?.steps).toEqual([
      'brew install docker colima',
      expect.stringMatching(/^colima start --cpu [1-9]\d* --memory [2-8]$/),
    ])
    expect(await repairFor(none, { platform: 'darwin', env: { PATH: '/nowhere' } })).toBeUndefined()
  })

  it('installs nothing where nobody knows how, and no Docker for who wants another engine', async () => {
    expect(await repairFor(none, { release: 'ID=rocky\nID_LIKE="rhel centos fedora"\n' })).toBeUndefined()
    expect(await repairFor(none, { platform: 'win32' })).toBeUndefined()
    expect(await repairFor([trouble('podman', 'missing')], { release: 'ID=debian\n' })).toBeUndefined()
  })

  it('starts what is installed, and never what an address of the user leads to', async () => {
    const stopped = [trouble('docker', 'stopped'), trouble('podman', 'missing')]
    expect((await repairFor(stopped))?.steps).toEqual(['service docker start'])
    expect(await repairFor(stopped, { env: { DOCKER_HOST: 'tcp://build:2375' } })).toBeUndefined()
    expect((await repairFor([trouble('podman', 'stopped')], { platform: 'darwin' }))?.steps).toEqual([
      'podman machine start',
    ])
  })

  it.each([
    ['who is in no such group', 'docker:x:998:you\n', [], ['service docker start', 'usermod -aG docker me'], 'docker'],
    ['whose session began before', 'docker:x:998:you,me\n', [], ['service docker start'], 'docker'],
    ['who is in it', 'docker:x:998:you,me\n', [998], ['service docker start'], undefined],
    ['of an engine without that group', 'wheel:x:10:me\n', [10], ['service docker start'], undefined],
  ])('starts it for a user %s', async (_who, group, groups, steps, newGroup) => {
    const repair = await repairFor([trouble('docker', 'stopped')], { env: { USER: 'me' }, group, groups })
    expect([repair?.steps, repair?.newGroup]).toEqual([steps, newGroup])
  })

  it('lets the user into the group of the socket', async () => {
    const forbidden = [trouble('docker', 'forbidden')]
    expect((await repairFor(forbidden, { env: { USER: 'me' } }))?.steps).toEqual(['usermod -aG docker me'])
    expect(await repairFor([trouble('docker', 'slow')])).toBeUndefined()
  })
})

describe('two engines at once', () => {
  const marker = {
    'dev.kindup.deed': 'true',
    'dev.kindup.cluster': 'demo',
    'dev.kindup.config': '/nowhere/kindup.yaml',
  }
  const podman = () => standInEngine({ name: 'podman' })

  it('are both named', async () => {
    const missing = new EngineUnreachable(
      'no',
      [{ engine: 'nerdctl', kind: 'missing', cause: 'no program', hints: [] }],
      [],
    )
    const others = async () => [
      { engine: podman().engine },
      { engine: standInEngine({ name: 'nerdctl' }).engine, failure: missing },
    ]
    expect(await enginesCheck.run(dependencies({ others }))).toEqual({
      state: 'ok',
      evidence: 'podman: answers too; nerdctl: no program',
    })
  })

  it('the cluster in the one that is not taken is found, with the way out', async () => {
    const { engine, world } = podman()
    world.volumes.set('kindup-demo', marker)
    const others = async () => [{ engine }]
    const config = madeConfig()
    const probe = await nameCheck.run(dependencies({ config, others, ...engineWith({}) }))
    expect(probe).toMatchObject({
      state: 'failed',
      cause: 'The cluster demo is in podman, and docker is taken now: both answer.',
      fix: expect.stringContaining('KIND_EXPERIMENTAL_PROVIDER=podman kindup up'),
    })
    const said = { ...config, cluster: { ...config.cluster, engine: 'docker' as const } }
    expect(await nameCheck.run(dependencies({ config: said, others, ...engineWith({}) }))).toMatchObject({
      state: 'ok',
    })
  })

  it('one that hangs is told', async () => {
    const slow = new EngineUnreachable('no', [{ engine: 'podman', kind: 'slow', cause: 'it hangs', hints: [] }], [])
    const others = async () => [{ engine: podman().engine, failure: slow }]
    expect(await enginesCheck.run(dependencies({ others }))).toMatchObject({ state: 'warning' })
  })
})

describe('a rootless engine', () => {
  const probe = (info: Partial<EngineInfo>) => rootlessCheck.run(dependencies(engineWith(info, { name: 'podman' })))

  it('without cgroup delegation is refused by name, with the way out', async () => {
    const found = await probe({ rootless: true, missingControllers: ['cpu'] })
    expect(found).toMatchObject({
      state: 'failed',
      cause: 'systemd does not give podman the cgroup controllers that kind needs: cpu.',
      fix: expect.stringContaining('sudo tee /etc/systemd/system/user@.service.d/delegate.conf'),
    })
    expect(found.repair?.steps.at(1)).toMatchObject({
      asRoot: true,
      input: '[Service]\nDelegate=cpu cpuset io memory pids\n',
    })
  })

  it('on cgroup v1 is refused, and with all it needs it is fine', async () => {
    expect(await probe({ rootless: true, cgroupVersion: 1 })).toMatchObject({ state: 'failed' })
    expect(await probe({ rootless: true })).toMatchObject({ state: 'ok' })
    expect(await probe({ rootless: false, missingControllers: ['cpu'] })).toMatchObject({ state: 'ok' })
  })
})

test.each([
  [1, 1, 'warning'],
  [2, 3, 'ok'],
  [2, 12, 'warning'],
  [0, 3, 'ok'],
])('%i CPUs for %i nodes: %s', async (cpus, nodes, state) => {
  const config = madeConfig({ nodes: Array.from({ length: nodes }, () => madeNode('worker')) })
  expect(await cpusCheck.run(dependencies({ config, ...engineWith({ cpus }) }))).toMatchObject({ state })
})

describe('the clock', () => {
  const virtual = { virtual: true, product: 'Docker Desktop' }

  it.each([
    [{ aheadMs: 0 }, 'ok', undefined],
    [{ aheadMs: 1500 }, 'ok', undefined],
    [{ ...virtual, aheadMs: -90_000 }, 'warning', 'Restart Docker Desktop.'],
    [{ aheadMs: 60_000 }, 'warning', 'Let both machines ask a time server: timedatectl set-ntp true'],
  ])('%o: %s', async (info, state, fix) => {
    const found = await clockCheck.run(dependencies(engineWith(info)))
    expect([found.state, found.fix]).toEqual([state, fix])
  })

  it('is read in a node where the engine does not tell, and skipped where there is none', async () => {
    const exec = async () => ({ stdout: `${Date.now() - 30_000}\n`, stderr: '', code: 0 })
    const containers = [nodeContainer('demo', 'control-plane')]
    expect(await clockCheck.run(dependencies(engineWith(virtual, { exec, containers })))).toMatchObject({
      state: 'warning',
      cause: expect.stringMatching(/30\.\d s behind/),
    })
    expect(await clockCheck.run(dependencies(engineWith(virtual)))).toMatchObject({ state: 'skipped' })
  })
})

describe('file watches', () => {
  const exec: Engine['exec'] = async () => ({ stdout: '8192\n128\n', stderr: '', code: 0 })

  it('are read in a node where the engine has a kernel of its own, and skipped without one', async () => {
    const containers = [nodeContainer('demo', 'control-plane')]
    const found = await inotifyCheck.run(dependencies(engineWith({ virtual: true }, { exec, containers })))
    expect(found).toMatchObject({
      state: 'warning',
      evidence: 'fs.inotify.max_user_watches 8192, fs.inotify.max_user_instances 128 (node demo-control-plane)',
    })
    // It is not this machine's kernel that would have to change.
    expect(found.repair).toBeUndefined()
    expect(await inotifyCheck.run(dependencies(engineWith({ virtual: true })))).toMatchObject({ state: 'skipped' })
  })
})

test('the disk of the engine is looked at where it is this machine’s', async () => {
  const dataRoot = '/var'
  const env = { KINDUP_CACHE: '/tmp/nowhere' }
  const evidence = async (info: Partial<EngineInfo>) =>
    (await diskCheck.run(dependencies({ env, ...engineWith({ dataRoot, ...info }) }))).evidence
  expect(await evidence({})).toContain(` GiB free for ${dataRoot}`)
  expect(await evidence({ virtual: true })).not.toContain(`free for ${dataRoot}`)
  expect(await evidence({ host: 'build.test' })).not.toContain(`free for ${dataRoot}`)
})
