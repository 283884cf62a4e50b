import { execFileSync } from 'node:child_process'
import { chmod, lstat, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { defaultKubeconfigFile } from '../../../../cluster/kubeconfig/default-file.ts'
import {
  addToKubeconfig,
  hasEntries,
  readCurrentContext,
  removeFromKubeconfig,
} from '../../../../cluster/kubeconfig/kubeconfig.ts'
import { realTool } from '../../../support/real-tools.ts'
import { fromKind } from './shapes.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-kubeconfig-'))
})
afterEach(() => rm(folder, { recursive: true }))

const { signal } = new AbortController()
const file = () => join(folder, 'config')
const add = (name: string, path = file()) => addToKubeconfig({ file: path, name, kubeconfig: fromKind(name), signal })
const remove = (name: string, path = file()) => removeFromKubeconfig({ file: path, name, signal })

test('a file is made with mode 0600, told about, and gone afterwards', async () => {
  const path = join(folder, 'home', '.kube', 'config')
  expect(await hasEntries(path, 'x')).toBe(false)
  expect(await add('x', path)).toEqual({ previousContext: undefined, created: true })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await hasEntries(path, 'x')).toBe(true)
  expect(await hasEntries(path, 'x', fromKind('x'))).toBe(true)
  expect(await hasEntries(path, 'x', fromKind('x', 7443))).toBe(false)
  expect(await readCurrentContext(path)).toBe('kind-x')
  expect(await remove('x', path)).toEqual({ said: [] })
  expect(await remove('x', path)).toEqual({ said: [] })
  expect(await readdir(join(folder, 'home', '.kube'))).toEqual([])
})

test('a file that was there keeps its mode and, in the end, its bytes: mark, line ends and bad bytes included', async () => {
  const bytes = Buffer.from(
    '\u00ef\u00bb\u00bf# \u00ff\u00fe\r\ncurrent-context: d\u00c3\u00a9v # \u00e9\r\ncontexts: []',
    'latin1',
  )
  await writeFile(file(), bytes)
  await chmod(file(), 0o640)
  expect(await add('x')).toEqual({ previousContext: 'dév', created: false })
  expect(await add('x')).toEqual({ previousContext: 'dév', created: false })
  expect((await stat(file())).mode & 0o777).toBe(0o640)
  await remove('x')
  expect((await readFile(file())).equals(bytes)).toBe(true)
  expect(await readdir(folder)).toEqual(['config'])
})

test('an empty file stays, and a link stays a link', async () => {
  await writeFile(join(folder, 'real'), '')
  await symlink('real', file())
  await add('x')
  expect((await lstat(file())).isSymbolicLink()).toBe(true)
  await remove('x')
  expect(await readFile(join(folder, 'real'), 'utf8')).toBe('')
})

test('clusters that come at the same moment are all there', async () => {
  const names = ['one', 'two', 'three', 'four', 'five']
  await Promise.all(names.map((name) => add(name)))
  for (const name of names) expect(await hasEntries(file(), name)).toBe(true)
  await Promise.all(names.map((name) => remove(name)))
  expect(await readdir(folder)).toEqual([])
})

test('the lock of kubectl is respected', async () => {
  await writeFile(`${file()}.lock`, '', { mode: 0 })
  let added = false
  const adding = add('x').then(() => (added = true))
  await expect(readFile(file())).rejects.toThrow('ENOENT')
  expect(added).toBe(false)
  await rm(`${file()}.lock`)
  expect(await adding).toBe(true)
})

test('a broken file is refused with its place and not touched', async () => {
  await writeFile(file(), 'clusters: [\n')
  const attempts = [() => add('x'), () => remove('x'), () => readCurrentContext(file()), () => hasEntries(file(), 'x')]
  for (const attempt of attempts)
    await expect(attempt()).rejects.toMatchObject({
      code: 'kubeconfig',
      message: expect.stringContaining(`${file()}:2:1`) as string,
    })
  expect(await readFile(file(), 'utf8')).toBe('clusters: [\n')
  expect(await readdir(folder)).toEqual(['config'])
})

test('a folder in place of the file is an error that names it', async () => {
  await expect(add('x', folder)).rejects.toMatchObject({
    code: 'kubeconfig',
    message: expect.stringContaining(folder) as string,
  })
})

test('the file is the one that kubectl writes to', async () => {
  const [one, two] = [join(folder, 'one'), join(folder, 'two')]
  expect(defaultKubeconfigFile({ HOME: '/home/me', USERPROFILE: '/home/me' })).toBe('/home/me/.kube/config')
  expect(defaultKubeconfigFile({ KUBECONFIG: `:${one}:${two}:` })).toBe(two)
  await writeFile(one, '')
  expect(defaultKubeconfigFile({ KUBECONFIG: `${folder}:${one}:${two}` })).toBe(one)
  expect(defaultKubeconfigFile({ KUBECONFIG: two })).toBe(two)
})

const kubectl = realTool('kubectl')
const run = (...args: string[]): string =>
  execFileSync(kubectl ?? '', ['config', '--kubeconfig', file(), ...args], { encoding: 'utf8' }).trim()

describe.skipIf(kubectl === undefined)('with the real kubectl', () => {
  test.for([
    [
      'block style',
      'apiVersion: v1\nkind: Config\nclusters: []\ncontexts:\n- name: prod\n  context: {cluster: prod}\n',
    ],
    ['JSON', '{"apiVersion": "v1", "kind": "Config", "contexts": [{"name": "prod", "context": {"cluster": "prod"}}]}'],
  ] as const)('it reads what was added to %s', async ([, before]) => {
    await writeFile(file(), before)
    await add('x')
    expect(run('current-context')).toBe('kind-x')
    expect(run('get-contexts', '-o', 'name').split('\n')).toEqual(['kind-x', 'prod'])
    expect(run('view', '--minify', '-o', 'jsonpath={.clusters[0].cluster.server}')).toBe('https://127.0.0.1:6443')
  })

  test('what it writes again in between survives, and ours is found', async () => {
    await writeFile(file(), 'current-context: prod\ncontexts:\n# mine\n- name: prod\n  context: {cluster: prod}\n')
    await add('x')
    await add('y')
    run('set-context', 'late', '--cluster', 'prod')
    expect(await remove('x')).toEqual({ said: [] })
    expect(run('get-contexts', '-o', 'name').split('\n')).toEqual(['kind-y', 'late', 'prod'])
    await remove('y')
    expect(run('get-contexts', '-o', 'name').split('\n')).toEqual(['late', 'prod'])
    expect(run('current-context')).toBe('prod')
    expect(await readFile(file(), 'utf8')).not.toContain('kind-')
  })

  test('a file that was made and that it wrote again is gone afterwards', async () => {
    await add('x')
    run('set-context', 'kind-x', '--namespace', 'dev')
    await remove('x')
    expect(await readdir(folder)).toEqual([])
  })
})
