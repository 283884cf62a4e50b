import { existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { main } from '../../scripts/main.ts'
import { builtPackage } from '../support/built.ts'
import manifest from '../../package.json' with { type: 'json' }

const root = fileURLToPath(new URL('../..', import.meta.url))
const hook = fileURLToPath(new URL('../support/loaded-modules.mjs', import.meta.url))

let folder: string
const dist = (...path: readonly string[]): string => join(folder, 'dist', ...path)

/** Without what Node itself reads. */
const environment = () => ({ PATH: folder, HOME: folder, KINDUP_CACHE: join(folder, 'cache'), NO_COLOR: '1' })

/** What the sources answer in this process: `starting.test.ts` starts them as one. */
const checkout = async (args: readonly string[]) => {
  const said = { stdout: '', stderr: '' }
  const keep = (name: keyof typeof said): Writable =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        said[name] += chunk.toString()
        done()
      },
    })
  const code = await main(args, {
    cwd: () => folder,
    env: environment(),
    stdin: {},
    stdout: keep('stdout'),
    stderr: keep('stderr'),
    signal: new AbortController().signal,
  })
  return { code, ...said }
}

/** Runs Node with nothing on the PATH, and tells what files it loaded. */
const node = async (args: readonly string[], input = '') => {
  const loaded = join(folder, 'loaded')
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', hook, ...args], {
    cwd: folder,
    encoding: 'utf8',
    input,
    env: { ...environment(), KINDUP_LOADED: loaded },
  })
  const files = (await readFile(loaded, 'utf8')).split('\n').filter((url) => url.startsWith('file:'))
  return { code: status, stdout, stderr, files }
}

/** A plan; images are looked at together, and warned about in any order. */
const planned = (stdout: string): object => {
  const plan = JSON.parse(stdout) as { readonly problems: readonly object[] }
  return { ...plan, problems: plan.problems.map((problem) => JSON.stringify(problem)).toSorted() }
}

// What `npm pack` packs and npm installs: the built folder, and beside it the dependencies alone.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-'))
  await cp(builtPackage(), folder, { recursive: true })
  await writeFile(join(folder, 'kindup.yaml'), 'name: shop\n')
  for (const name of Object.keys(manifest.dependencies)) {
    await mkdir(dirname(join(folder, 'node_modules', name)), { recursive: true })
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the package', () => {
  it.each([
    [['--version'], 0, 4],
    [['up', '--help'], 0, 4],
    [['up', '--wrong'], 2, 4],
    [['completion', 'zsh'], 0, 6],
    [['plan', '--json'], 0, 8],
  ])('answers %j from few files', async (args, code, most) => {
    const packed = await node([dist('scripts', 'kindup.mjs'), ...args])
    expect({ code: packed.code, stderr: code === 0 ? packed.stderr : '' }).toEqual({ code, stderr: '' })
    expect(packed.files.length).toBeLessThanOrEqual(most)
    const source = await checkout(args)
    expect(packed.stdout).toBe(source.stdout)
    expect(packed.stderr).toBe(source.stderr)
  })

  it('plans the reference example as the checkout does', async () => {
    const args = ['plan', '--json', '--config', join(root, 'kindup.yaml')]
    const [packed, source] = [await node([dist('scripts', 'kindup.mjs'), ...args]), await checkout(args)]
    expect(packed.code).toBe(0)
    expect(planned(packed.stdout)).toEqual(planned(source.stdout))
    expect(
      packed.files.filter((url) => !url.startsWith(new URL(`file://${folder}/`).href) && !url.includes(hook)),
    ).toEqual([])
  })

  it('takes a kindup.config.ts, and gives it its types', async () => {
    const file = join(folder, 'code.config.ts')
    await writeFile(
      file,
      "import { defineConfig } from 'kindup/config'\nexport default defineConfig({ name: 'coded' })\n",
    )
    const packed = await node([dist('scripts', 'kindup.mjs'), 'config', '--config', file, '--json'])
    expect(JSON.parse(packed.stdout)).toMatchObject({ config: { name: 'coded' } })
    const { types, default: module } = manifest.exports['./config']
    expect([existsSync(join(folder, types)), existsSync(join(folder, module))]).toEqual([true, true])
  })

  it('has what helm starts as one file', async () => {
    const rules = join(folder, 'rules.json')
    await writeFile(
      rules,
      JSON.stringify({
        rules: { cluster: 'shop', step: 'service/web', images: [], skip: [] },
        patches: [],
        kubectl: 'kubectl',
      }),
    )
    const objects = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n'
    const packed = await node([dist('services', 'helm', 'post-render.mjs'), rules], objects)
    const source = await node([join(root, 'services', 'helm', 'post-render.mjs'), rules], objects)
    expect({ code: packed.code, stderr: packed.stderr }).toEqual({ code: 0, stderr: '' })
    expect(packed.stdout).toBe(source.stdout)
    expect(packed.stdout).toContain('service')
    expect(packed.files.length).toBe(2)
  })

  it.each(['hosts', 'trust'])('has what sudo starts as one file: %s', async (room) => {
    const packed = await node([dist(room, 'elevated.js'), '--unknown'])
    const source = await node([join(root, room, 'elevated.ts'), '--unknown'])
    expect(packed.code).not.toBe(0)
    expect({ ...packed, files: 0 }).toEqual({ ...source, files: 0 })
    expect(packed.files.length).toBe(1)
  })

  it('writes a page of a run, with what it is made of, where the file has a mistake too', async () => {
    await node([dist('scripts', 'kindup.mjs'), 'up', '--set', 'clutser.workers=1', '--report', 'page.html'])
    const page = await readFile(join(folder, 'page.html'), 'utf8')
    expect(page).toContain('failed after')
    expect(page).toContain('clutser')
    expect(page).toContain('prefers-color-scheme')
    expect(await readFile(dist('app', 'page', 'live.js'), 'utf8')).toContain('fetch')
  })

  it('keeps the licences of all that was put in', async () => {
    const text = await readFile(dist('THIRD-PARTY-LICENSES'), 'utf8')
    for (const name of ['chalk', 'commander', 'dockerfile-ast', 'fast-wrap-ansi', 'semver', 'yaml', 'zod', 'zx'])
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'))
    expect(text).toContain('Permission is hereby granted')
  })
})
