import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../../../config/load.ts'
import { farInclude } from '../../../../config/remote/far-include.ts'
import type { Remotes, Whole } from '../../../../config/remote/included.ts'
import type { Fetched, Refusal } from '../../../../config/source/fetched.ts'
import { partOf } from '../../../../config/remote/part-of.ts'
import { ConfigError } from '../../../../core/errors.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'kindup-included-')))
})
afterEach(() => rm(folder, { recursive: true }))

const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

const commit = 'c'.repeat(40)
let asked: string[]
let whole: Whole | undefined
/** Repositories as folders: `github.com/org/base` is in `far/base`. */
const remotes: Remotes = {
  fetch: (address) => {
    asked.push(address.url)
    const home = join(folder, 'far', address.url.split('/').at(-1) ?? '')
    const found: Fetched | Refusal = address.url.endsWith('/none')
      ? { message: 'git gets nothing of it.', hint: 'git ls-remote' }
      : { address, commit, folder: home, file: join(home, address.path), isKept: false }
    return Promise.resolve(found)
  },
  trust: (one) => {
    whole = one
    return Promise.resolve()
  },
}
beforeEach(() => {
  asked = []
  whole = undefined
})
const load = async () => (await loadConfig({ cwd: folder, file: 'here', env: {}, remotes })).config
const refused = async (): Promise<readonly string[]> => {
  const thrown = await load().catch((error: unknown) => error)
  if (!(thrown instanceof ConfigError)) throw thrown as Error
  return thrown.problems.map(
    ({ message, at }) => `${at?.file.replace(`${folder}/`, '')}:${at?.line}:${at?.column} ${message}`,
  )
}

describe('files of repositories elsewhere', () => {
  it('are layers whose paths lead into their repository, and may include more', async () => {
    await write({
      'far/base/deploy/base.yaml':
        'include: [../common.yaml, github.com/org/more//more.yaml@v1]\nservices: { web: { namespace: a, deploy: { manifests: [./web.yaml] } } }\n',
      'far/base/common.yaml': 'crds: [./crds]\ncluster: { workers: 3 }\n',
      'far/base/deploy/web.yaml': '',
      'far/base/crds/a.yaml': '',
      'far/more/more.yaml': 'addons: { metrics-server: true }\n',
      'here/kindup.yaml':
        'include: [github.com/org/base//deploy/base.yaml@v1, github.com/org/more//more.yaml@v1]\nname: a\ncluster: { workers: 1 }\n',
    })
    const config = await load()
    expect(config.crds).toEqual([join(folder, 'far/base/crds')])
    expect(config.services[0]?.deploy).toMatchObject({ paths: ['../far/base/deploy/web.yaml'] })
    expect(config.cluster.nodes.filter(({ role }) => role === 'worker')).toHaveLength(1)
    expect(config.addons.map(({ name }) => name)).toEqual(['metrics-server'])
    expect(asked).toEqual(['https://github.com/org/base', 'https://github.com/org/more'])
    expect(whole?.remotes.map(({ address }) => address.path)).toEqual(['deploy/base.yaml', 'more.yaml'])
    // What counts in the end, and no value that the file here has in its place.
    expect(partOf(whole!.tree, (file) => file.startsWith(join(folder, 'far/base')))).toEqual({
      crds: ['../far/base/crds'],
      services: { web: { namespace: 'a', deploy: { manifests: ['../far/base/deploy/web.yaml'] } } },
    })
  })

  it('have each mistake at its line, and lead neither out nor in a circle', async () => {
    await write({
      'far/base/base.yaml':
        '# one\ncluster: { wokers: 2 }\ninclude:\n  - ../../outer.yaml\n  - github.com/org/base//base.yaml\n',
      'outer.yaml': 'name: outer\n',
      'here/kindup.yaml': 'name: a\ninclude:\n  - github.com/org/base//base.yaml\n  - https://me:hush@git.test/none\n',
    })
    expect(await refused()).toEqual([
      'here/kindup.yaml:4:5 include: https://git.test/none: git gets nothing of it.',
      'far/base/base.yaml:2:12 cluster has no key "wokers".',
      'far/base/base.yaml:4:5 include: ../../outer.yaml is not in the repository.',
      'far/base/base.yaml:5:5 include: github.com/org/base//base.yaml goes round in a circle: base.yaml → base.yaml.',
    ])
  })

  it('are refused where nothing is fetched', async () => {
    await write({ 'kindup.yaml': 'name: a\ninclude: [github.com/org/base//base.yaml]\n' })
    await expect(loadConfig({ cwd: folder, env: {} })).rejects.toMatchObject({
      problems: [{ message: 'include: github.com/org/base//base.yaml: nothing is fetched here.' }],
    })
  })
})

it.each([
  ['github.com/org/repo//a/base.yaml@v1', { url: 'https://github.com/org/repo', path: 'a/base.yaml', ref: 'v1' }],
  ['github.com/org/repo/a', { url: 'https://github.com/org/repo', path: 'a' }],
  ['git@host.test:org/repo.git//a?ref=v1', { url: 'git@host.test:org/repo.git', path: 'a', ref: 'v1' }],
  ['https://git.test/org/repo.git//a', { url: 'https://git.test/org/repo.git', path: 'a' }],
  ['git.test/org/repo//base.yaml', { url: 'https://git.test/org/repo', path: 'base.yaml' }],
  ['https://raw.githubusercontent.com/org/repo/v1/a.yaml', { url: 'https://github.com/org/repo', path: 'a.yaml' }],
  ['https://git.test/kindup.yaml', { message: expect.stringContaining('a single one of the web') }],
  ['http://git.test/repo.git//a', { message: expect.stringContaining('not encrypted') }],
  ['oci://registry.test/base', { message: expect.stringContaining('from here and from git') }],
])('%s is from elsewhere', (text, expected) => {
  expect(farInclude(text)).toMatchObject(expected)
})

it.each([
  './base.yaml',
  '../shop/kindup.yaml',
  'conf.dev/shop/base.yaml',
  '/etc/base.yaml',
  'base.yaml',
  String.raw`C:\a.yaml`,
])('%s is a path', (text) => expect(farInclude(text)).toBeUndefined())
