import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cgroupCheck } from '../../../../cluster/checks/cgroup.ts'
import { runChecks } from '../../../../cluster/checks/check.ts'
import { diskCheck } from '../../../../cluster/checks/disk.ts'
import { engineCheck } from '../../../../cluster/checks/engine.ts'
import { hostsCheck } from '../../../../cluster/checks/hosts.ts'
import { allChecks, hostChecks } from '../../../../cluster/checks/index.ts'
import { inotifyCheck } from '../../../../cluster/checks/inotify.ts'
import { kubeconfigCheck } from '../../../../cluster/checks/kubeconfig.ts'
import { memoryCheck } from '../../../../cluster/checks/memory.ts'
import { nameCheck } from '../../../../cluster/checks/name.ts'
import { toolCheck } from '../../../../cluster/checks/tool.ts'
import { pinned } from '../../../../cluster/tools/versions.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'
import { madeEngine, noEngine, dependencies } from './surroundings.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-checks-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('all of them', () => {
  test('have ids of their own, and those of up are among those of doctor', () => {
    const ids = allChecks.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining(hostChecks.map(({ id }) => id)))
  })

  test('an engine that is away is told once, with the way out', async () => {
    const checks = [engineCheck, nameCheck, cgroupCheck, memoryCheck]
    const outcomes = await runChecks(checks, dependencies({ engine: noEngine, config: madeConfig() }))
    expect(outcomes.map(({ id, state, fix }) => [id, state, fix])).toEqual([
      ['engine', 'failed', 'start it'],
      ['name', 'skipped', undefined],
      ['cgroup', 'skipped', undefined],
      ['memory', 'skipped', undefined],
    ])
  })

  test('the engine is asked about itself once', async () => {
    let asked = 0
    const engine = madeEngine()
    const info = () => ((asked += 1), engine.info())
    const { name, command, containers, volume } = engine
    const counting = { name, command, containers, volume, info } as typeof engine
    await runChecks([engineCheck, cgroupCheck, memoryCheck], dependencies({ engine: async () => counting }))
    expect(asked).toBe(1)
  })

  test('a defect is thrown and not reported as a trouble of the machine', async () => {
    const broken = dependencies({ engine: () => Promise.reject(new TypeError('x is undefined')) })
    await expect(runChecks([engineCheck], broken)).rejects.toThrow('x is undefined')
  })
})

test('the engine says what it is', async () => {
  expect(await engineCheck.run(dependencies())).toEqual({
    state: 'ok',
    evidence: 'docker 29.0.0: 8 CPUs, 16.0 GiB, cgroup v2; the first of docker, podman, nerdctl that answers',
  })
})

test('a tool that will be downloaded is a warning, one that must be there and is not a failure', async () => {
  const env = { PATH: folder, KINDUP_CACHE: join(folder, 'cache') }
  expect(await toolCheck('kind').run(dependencies({ env }))).toMatchObject({
    state: 'warning',
    cause: `kind ${pinned.kind} will be downloaded by the first run that needs it: no kind is on the PATH.`,
  })
  const config = madeConfig({ tools: { kind: 'path', kubectl: 'auto', helm: 'auto' } })
  expect(await runChecks([toolCheck('kind')], dependencies({ env, config }))).toMatchObject([{ state: 'failed' }])
  await writeFile(join(folder, 'kind'), '#!/bin/sh\necho kind v0.33.0 go1.26.8 linux/amd64\n')
  await chmod(join(folder, 'kind'), 0o755)
  expect(await toolCheck('kind').run(dependencies({ env, config }))).toEqual({
    state: 'ok',
    evidence: `0.33.0 (${join(folder, 'kind')})`,
  })
})

const probeName = (engine: ReturnType<typeof madeEngine>) =>
  runChecks([nameCheck], dependencies({ config: madeConfig(), engine: async () => engine }))

describe('the name', () => {
  const node = { name: 'demo-control-plane', labels: {}, running: true, ports: [] }

  test('is free where nothing has it', async () => {
    expect(await probeName(madeEngine())).toMatchObject([{ state: 'ok', evidence: 'demo: free' }])
  })

  test('is taken by a cluster that kindup did not make', async () => {
    expect(await probeName(madeEngine({ containers: [node] }))).toMatchObject([
      { state: 'failed', cause: 'There is a kind cluster demo that kindup did not make.' },
    ])
  })

  test('is skipped without a file', async () => {
    expect(await nameCheck.run(dependencies())).toMatchObject({ state: 'skipped' })
  })
})

test.for([
  [1, '1.36', 'warning'],
  [1, '1.34', 'ok'],
  [2, '1.36', 'ok'],
] as const)('cgroup v%s and Kubernetes %s: %s', async ([cgroupVersion, kubernetes, state]) => {
  const config = madeConfig()
  const result = await cgroupCheck.run(
    dependencies({
      config: { ...config, cluster: { ...config.cluster, kubernetes } },
      engine: async () => madeEngine({ info: { cgroupVersion } }),
    }),
  )
  expect(result.state).toBe(state)
})

const probeMemory = (nodes: number, gib: number) =>
  memoryCheck.run(
    dependencies({
      config: madeConfig({ nodes: Array.from({ length: nodes }, () => madeNode('worker')) }),
      engine: async () => madeEngine({ info: { memoryBytes: gib * 2 ** 30 } }),
    }),
  )

test('memory is measured by the nodes', async () => {
  expect(await probeMemory(1, 2)).toMatchObject({ state: 'ok' })
  expect(await probeMemory(3, 2)).toMatchObject({ state: 'warning', evidence: '2.0 GiB for 3 nodes' })
  expect(await probeMemory(3, 3)).toMatchObject({ state: 'ok' })
})

test('the disk is looked at where the cache will be', async () => {
  const env = { KINDUP_CACHE: join(folder, 'not', 'there', 'yet') }
  expect((await diskCheck.run(dependencies({ env }))).evidence).toMatch(/^\d+\.\d GiB free for .*yet$/)
})

test('low limits of the kernel are named with the command that raises them', async () => {
  await mkdir(join(folder, 'sys', 'fs', 'inotify'), { recursive: true })
  await writeFile(join(folder, 'sys', 'fs', 'inotify', 'max_user_watches'), '524288\n')
  await writeFile(join(folder, 'sys', 'fs', 'inotify', 'max_user_instances'), '128\n')
  expect(await inotifyCheck.run(dependencies({ proc: folder }))).toMatchObject({
    state: 'warning',
    evidence: 'fs.inotify.max_user_watches 524288, fs.inotify.max_user_instances 128 (this machine)',
    fix: 'sudo sysctl -w fs.inotify.max_user_instances=512',
  })
  await writeFile(join(folder, 'sys', 'fs', 'inotify', 'max_user_instances'), '512\n')
  expect(await inotifyCheck.run(dependencies({ proc: folder }))).toMatchObject({ state: 'ok' })
  expect(await inotifyCheck.run(dependencies({ platform: 'darwin' }))).toMatchObject({ state: 'skipped' })
})

test.for([
  [true, false, 'ok'],
  [false, true, 'ok'],
  [false, false, 'warning'],
] as const)('a hosts file: written by us %s, through sudo %s: %s', async ([writable, elevated, state]) => {
  const hosts = { file: '/etc/hosts', mayWrite: async () => writable, needsElevation: async () => elevated }
  expect((await hostsCheck.run(dependencies({ hosts }))).state).toBe(state)
})

test('no hosts file is no trouble', async () => {
  expect(await hostsCheck.run(dependencies())).toMatchObject({ state: 'skipped' })
})

test('a kubeconfig is fine when it is not there, and named with its place when it is broken', async () => {
  const kubeconfigFile = join(folder, 'deep', 'config')
  expect(await kubeconfigCheck.run(dependencies({ kubeconfigFile }))).toEqual({ state: 'ok', evidence: kubeconfigFile })
  await mkdir(join(folder, 'deep'))
  await writeFile(kubeconfigFile, 'current-context: prod\n')
  expect(await kubeconfigCheck.run(dependencies({ kubeconfigFile }))).toMatchObject({
    evidence: `${kubeconfigFile}, current context prod`,
  })
  await writeFile(kubeconfigFile, 'contexts: {')
  expect(await runChecks([kubeconfigCheck], dependencies({ kubeconfigFile }))).toMatchObject([
    { state: 'failed', cause: expect.stringContaining(`${kubeconfigFile}:1:`) as string },
  ])
})
