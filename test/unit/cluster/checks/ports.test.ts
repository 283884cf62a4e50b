import { createSocket } from 'node:dgram'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { portsCheck } from '../../../../cluster/checks/ports.ts'
import type { PortConfig } from '../../../../config/config.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'
import { madeEngine, noEngine, dependencies } from './surroundings.ts'

let folder = ''
const server = createServer()
let port = 0
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-ports-'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve))
  await rm(folder, { recursive: true })
})

const wanting = (parts: Partial<PortConfig> = {}) =>
  madeConfig({
    nodes: [
      {
        ...madeNode('control-plane'),
        ports: [{ address: '127.0.0.1', hostPort: port, nodePort: 80, protocol: 'tcp', ...parts }],
      },
    ],
  })
const refusal = () => new EnvironmentError('command-missing', 'There is no program.')
const closed = () => new Promise((resolve) => server.close(resolve))

test('a port that nobody has is free, with an engine or without', async () => {
  await closed()
  const free = { state: 'ok', evidence: `127.0.0.1:${port}` }
  expect(await portsCheck.run(dependencies({ config: wanting() }))).toEqual(free)
  expect(await portsCheck.run(dependencies({ config: wanting(), engine: noEngine }))).toEqual(free)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

test.runIf(process.platform === 'linux')('a taken port is told with the program that has it', async () => {
  expect(await portsCheck.run(dependencies({ config: wanting() }))).toMatchObject({
    state: 'failed',
    cause: expect.stringMatching(
      new RegExp(String.raw`^127\.0\.0\.1:${port} is taken by \S.* \(process ${process.pid}\)\.$`),
    ) as string,
    fix: expect.stringContaining('onPortConflict: fallback') as string,
  })
})

test('where nobody tells who has it, the command that would is named', async () => {
  const none = dependencies({ config: wanting(), proc: folder, run: () => Promise.reject(refusal()) })
  expect((await portsCheck.run(none)).cause).toContain(`another program (sudo lsof -nP -i :${port} tells which)`)
})

test('lsof tells it where the kernel has no tables', async () => {
  const program = join(folder, 'lsof')
  await writeFile(program, '#!/bin/sh\nprintf "p812\\ncnginx\\nf6\\n"\n')
  await chmod(program, 0o755)
  const { run } = dependencies()
  const mac = dependencies({
    config: wanting(),
    proc: folder,
    run: (_lsof, args, options) => run(program, args, options),
  })
  expect((await portsCheck.run(mac)).cause).toContain('is taken by nginx (process 812)')
})

test('a container that publishes the port is named before the proxy that serves it', async () => {
  const command = join(folder, 'engine')
  await writeFile(command, `#!/bin/sh\nprintf 'db\\t5432/tcp\\nweb\\t0.0.0.0:1->1/tcp, 127.0.0.1:${port}->80/tcp\\n'\n`)
  await chmod(command, 0o755)
  const probe = await portsCheck.run(dependencies({ config: wanting(), engine: async () => madeEngine({ command }) }))
  expect(probe.cause).toBe(`127.0.0.1:${port} is taken by the container web.`)
})

test('a port of our own running cluster is no trouble', async () => {
  const ports = [{ address: '127.0.0.1', hostPort: port, containerPort: 80, protocol: 'tcp' }]
  const node = { name: 'demo-control-plane', labels: {}, running: true, ports }
  const probe = (running: boolean, paused: { paused?: true } = {}) =>
    portsCheck.run(
      dependencies({
        config: wanting(),
        engine: async () => madeEngine({ containers: [{ ...node, running, ...paused }] }),
      }),
    )
  expect(await probe(true)).toMatchObject({ state: 'ok' })
  expect(await probe(false)).toMatchObject({ state: 'failed' })
  expect(await probe(false, { paused: true })).toMatchObject({ state: 'ok' })
})

test('with fallback a taken port is only a warning', async () => {
  const config = wanting()
  const lenient = { ...config, cluster: { ...config.cluster, onPortConflict: 'fallback' as const } }
  expect(await portsCheck.run(dependencies({ config: lenient }))).toMatchObject({ state: 'warning' })
})

test('UDP ports are bound as UDP, and an address that is not here is said', async () => {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const udp = { protocol: 'udp' as const, hostPort: socket.address().port }
  expect((await portsCheck.run(dependencies({ config: wanting(udp) }))).state).toBe('failed')
  await new Promise<void>((resolve) => socket.close(resolve))
  expect((await portsCheck.run(dependencies({ config: wanting(udp) }))).state).toBe('ok')
  // 192.0.2.0/24 is for documentation: no machine has it.
  expect((await portsCheck.run(dependencies({ config: wanting({ address: '192.0.2.1' }) }))).cause).toBe(
    `192.0.2.1 is no address of this machine (192.0.2.1:${port}).`,
  )
})

test('any free port (0) is never taken, and without a file nothing is looked at', async () => {
  expect(await portsCheck.run(dependencies({ config: wanting({ hostPort: 0 }) }))).toMatchObject({ state: 'ok' })
  expect(await portsCheck.run(dependencies())).toMatchObject({ state: 'skipped' })
})
