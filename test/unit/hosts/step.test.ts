import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Context } from '../../../core/step.ts'
import { askForElevation, editElevated, elevatedCommand, isElevationGranted } from '../../../hosts/elevate.ts'
import { hostsStep } from '../../../hosts/step.ts'
import { CommandError, type Run } from '../../../core/run.ts'

let folder = ''
let warnings: string[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-hosts-step-'))
  warnings = []
})
afterEach(() => rm(folder, { recursive: true }))

const ctx: Context = {
  signal: new AbortController().signal,
  timeoutMs: 120_000,
  report: () => undefined,
  warn: (text) => void warnings.push(text),
}
const noRun: Run = (program) => Promise.reject(new Error(`${program} was not expected`))
const step = (hosts: readonly string[], more: Partial<Parameters<typeof hostsStep>[0]> = {}) =>
  hostsStep({
    name: 'x',
    file: join(folder, 'hosts'),
    mode: 'file',
    extra: [],
    hosts: async () => hosts,
    run: noRun,
    ...more,
  })

const failing =
  (stderr: string): Run =>
  () =>
    Promise.reject(new CommandError('command-failed', stderr, { command: 'sudo', exitStatus: 1, stdout: '', stderr }))
const recorded =
  (calls: unknown[][]): Run =>
  async (...call) => {
    calls.push(call)
    return { stdout: '', stderr: '', code: 0 }
  }

test('it makes the names resolve, is then ready, and takes them away again', async () => {
  const file = join(folder, 'hosts')
  await writeFile(file, '127.0.0.1 localhost')
  expect(await step(['a.local']).status(ctx)).toEqual({ state: 'absent' })
  await step(['a.local']).up(ctx)
  expect(await step(['a.local']).status(ctx)).toEqual({ state: 'ready' })
  expect(await step(['b.local']).status(ctx)).toEqual({ state: 'changed', what: 'adds b.local; removes a.local' })
  await step([]).down(ctx)
  await step([]).down(ctx)
  expect(await readFile(file, 'utf8')).toBe('127.0.0.1 localhost')
  expect(warnings).toEqual([])
})

test('wildcards under which no name is known are said where all else is ready', async () => {
  const one = step([], { wildcards: () => ['*.z.local', '*.a.local', '*.z.local'] })
  expect(await one.status(ctx)).toEqual({
    state: 'ready',
    note: 'no name is written under *.a.local, *.z.local: name those that you need in hosts.extra',
  })
  expect(await step([], { wildcards: () => [] }).status(ctx)).toEqual({ state: 'ready' })
})

test('names that stay out, and names that lead elsewhere, are said', async () => {
  await writeFile(
    join(folder, 'hosts'),
    '10.0.0.1 a.local\n# kindup y begin\n127.0.0.1 b.local # kindup y\n# kindup y end\n',
  )
  await step(['a.local', 'b.local', 'api.example.com', '*.c.local']).up(ctx)
  expect(warnings).toEqual([
    expect.stringContaining('api.example.com is not in the hosts file'),
    expect.stringContaining('*.c.local is not in the hosts file'),
    expect.stringContaining(`a.local already leads to 10.0.0.1 (${join(folder, 'hosts')}:1)`),
    expect.stringContaining(`b.local is also a name of cluster y (${join(folder, 'hosts')}:3)`),
  ])
})

test('names lead to the machine of the engine where that is another one, and follow it', async () => {
  const file = join(folder, 'hosts')
  await step(['a.local'], { address: '10.0.0.7' }).up(ctx)
  expect(await readFile(file, 'utf8')).toContain('10.0.0.7 a.local # kindup x')
  expect(await step(['a.local'], { address: '10.0.0.7' }).status(ctx)).toEqual({ state: 'ready' })
  expect(await step(['a.local']).status(ctx)).toMatchObject({ state: 'changed' })
  await step(['a.local']).up(ctx)
  expect(await readFile(file, 'utf8')).toContain('127.0.0.1 a.local # kindup x')
  expect(warnings).toEqual([])
})

test('no names is ready without a file, and mode none touches nothing', async () => {
  expect(await step([]).status(ctx)).toEqual({ state: 'ready' })
  const off = step(['a.local'], { mode: 'none' })
  expect(await off.status(ctx)).toEqual({ state: 'ready' })
  await off.up(ctx)
  await off.down(ctx)
  await expect(readFile(join(folder, 'hosts'))).rejects.toThrow('ENOENT')
})

test('without permission for a file that is not the platform’s, up goes on and says what to add', async () => {
  const file = join(folder, 'missing', 'hosts')
  expect(await step(['a.local'], { file }).up(ctx)).toBe('unchanged')
  expect(warnings).toEqual([expect.stringMatching(/No write permission for [^]*127\.0\.0\.1 a\.local$/)])
})

test('a folder in place of the file is unknown, with the reason', async () => {
  await mkdir(join(folder, 'hosts'))
  expect(await step(['a.local']).status(ctx)).toMatchObject({ state: 'unknown' })
})

describe('elevation', () => {
  test('asks on the terminal only where it is told to', async () => {
    const calls: unknown[][] = []
    expect(await askForElevation(recorded(calls))).toBe(true)
    expect(await isElevationGranted(recorded(calls))).toBe(true)
    expect(calls).toMatchObject([
      ['sudo', ['-v'], { terminal: true }],
      ['sudo', ['-n', 'true'], {}],
    ])
    expect(calls[1]?.[2]).not.toHaveProperty('terminal')
  })

  test('runs the one program with the request on its standard input and no other argument', async () => {
    const calls: unknown[][] = []
    await editElevated(recorded(calls), 'x', ['a.local'])
    expect(calls).toMatchObject([
      [
        'sudo',
        ['-n', process.execPath, expect.stringMatching(/hosts[/\\]elevated\.ts$/)],
        { input: '{"name":"x","hosts":["a.local"]}' },
      ],
    ])
  })

  test('passes the address on where it is another', async () => {
    const calls: unknown[][] = []
    await editElevated(recorded(calls), 'x', ['a.local'], '10.0.0.7')
    expect(calls[0]?.[2]).toMatchObject({ input: '{"name":"x","hosts":["a.local"],"address":"10.0.0.7"}' })
  })

  test('a refusal of sudo is an answer, a failure of the program an error', async () => {
    expect(await editElevated(failing('sudo: a password is required'), 'x', [])).toBe(false)
    await expect(editElevated(failing('hosts: EROFS: read-only file system'), 'x', [])).rejects.toThrow('EROFS')
  })

  test('the command to paste is one line for a shell', () => {
    expect(elevatedCommand('x', ['a.local', 'b.local'])).toMatch(
      /^echo '\{"name":"x","hosts":\["a\.local","b\.local"\]\}' \| sudo \S.*elevated\.ts'?$/,
    )
  })
})
