import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const hook = fileURLToPath(new URL('../support/loaded-modules.mjs', import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Started = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Files of the checkout, as paths from its root; packages by their names. */
  readonly own: readonly string[]
  readonly packages: readonly string[]
}

/** Runs Node on these words in a process of its own, and tells what it loaded. */
const started = async (...args: readonly string[]): Promise<Started> => {
  const file = join(folder, 'loaded')
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', hook, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: folder, HOME: folder, KINDUP_CACHE: join(folder, 'cache'), KINDUP_LOADED: file, NO_COLOR: '1' },
  })
  const paths = (await readFile(file, 'utf8'))
    .split('\n')
    .filter((url) => url.startsWith('file:'))
    .map((url) => fileURLToPath(url).slice(root.length).replaceAll('\\', '/'))
  return {
    code: status,
    stdout,
    stderr,
    own: paths.filter((path) => !path.startsWith('node_modules/') && !path.startsWith('test/')),
    packages: [...new Set(paths.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []))],
  }
}

const kindup = (...args: readonly string[]): Promise<Started> => started('scripts/kindup.mjs', ...args)

/** All that stands between the words of the command line and its flags. */
const light = ['chalk', 'commander', 'fast-string-truncated-width', 'fast-string-width', 'fast-wrap-ansi']

/** Flags are read with little more than the flags: no configuration, no cluster, no process. */
const expectLight = ({ own, packages }: Started): void => {
  expect(packages.filter((name) => !light.includes(name))).toEqual([])
  expect(own.filter((path) => /^(?:addons|cluster)\/|^manifests\/(?!image-edit\/version-part)/.test(path))).toEqual([])
  expect(own.length).toBeLessThanOrEqual(32)
}

describe('starting', () => {
  it('knows the help of every command by its flags alone', async () => {
    const all = await kindup('--help')
    const names = [...all.stdout.matchAll(/^ {2}(?!help )([a-z]+)(?:\|[a-z]+)? .*$/gm)].map(([, name]) => name ?? '')
    expect(names).toContain('up')
    expect(names.length).toBeGreaterThan(14)
    // In one process: each adds its own file and nothing else.
    const script = `
      const { main } = await import('./scripts/main.ts')
      for (const name of ${JSON.stringify(names)}) await main([name, '--help'])`
    const helped = await started('--input-type=module', '-e', script)
    for (const name of names) expect(helped.stdout).toContain(`kindup ${name}`)
    expectLight({ ...helped, own: helped.own.filter((path) => !/^scripts\/flags\/(?!flags)/.test(path)) })
  })

  it.each([
    ['a wrong flag', ['up', '--wrong'], 2],
    ['a command that nobody knows', ['upp'], 2],
    ['the help of a command below a command', ['image', 'set', '--help'], 0],
    ['the version', ['--version'], 0],
    ['completion', ['completion', 'bash'], 0],
  ])('answers %s by the flags alone', async (_what, args, code) => {
    const run = await kindup(...args)
    expect({ code: run.code, stderr: code === 0 ? run.stderr : '' }).toEqual({ code, stderr: '' })
    expectLight(run)
  })
})
