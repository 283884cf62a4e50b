import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, type LoadOptions } from '../../../config/load.ts'
import { subjectOf } from '../../../config/subject.ts'
import { ConfigError } from '../../../core/errors.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'kindup-layers-')))
})
afterEach(() => rm(folder, { recursive: true }))

const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}
const load = async (options: Partial<LoadOptions> = {}) =>
  (await loadConfig({ cwd: folder, env: {}, ...options })).config
const refused = async (options: Partial<LoadOptions> = {}) => {
  const thrown = await load(options).then(
    () => new Error('it was accepted'),
    (error: unknown) => error,
  )
  if (!(thrown instanceof ConfigError)) throw thrown as Error
  return thrown.problems.map(({ message, hint = '', at }) => ({
    at: `${at?.file.replace(`${folder}/`, '')}${at?.line === undefined ? '' : `:${at.line}:${at.column}`}`,
    text: `${message} ${hint}`.trim().replaceAll(folder, ''),
  }))
}

describe('a file over others', () => {
  it('merges maps, and replaces lists and values, as helm does; null takes a key away', async () => {
    await write({
      'base.yaml':
        'name: base\ncluster: { workers: 2, registry: true }\naddons: { metrics-server: true, argocd: { host: a.test } }\n',
      'more.yaml': 'cluster: { workers: 3 }\nhosts: { extra: [a.test, b.test] }\n',
      'kindup.yaml':
        'include: [./base.yaml, ./more.yaml]\nname: shop\naddons: { argocd: null }\nhosts: { extra: [c.test] }\n',
    })
    const config = await load()
    expect(config.name).toBe('shop')
    expect(config.cluster.nodes.filter(({ role }) => role === 'worker')).toHaveLength(3)
    expect(config.cluster.registry).toBeTruthy()
    expect(config.addons.map(({ name }) => name)).toEqual(['metrics-server'])
    expect(config.hosts.extra).toEqual(['c.test'])
    expect(config.files?.map((file) => file.replace(`${folder}/`, ''))).toEqual([
      'kindup.yaml',
      'base.yaml',
      'more.yaml',
      'kindup.local.yaml',
    ])
  })

  it('starts each relative path at the folder of the file it stands in', async () => {
    await write({
      'shop/kindup.yaml': [
        'name: shop',
        'crds: [./crds]',
        'cluster: { nodes: [{ role: control-plane, mounts: ["./data:/data:ro", "data:/bare"] }], kind: { nodes: [{ role: worker, extraMounts: [{ hostPath: ./data, containerPath: /raw }] }] } }',
        'images: { base: { build: ./base }, other: { build: { context: ./web, file: ./web/Dockerfile.dev, secrets: { npmrc: ~/.npmrc, key: ./key } } } }',
        'secrets: { it: { from: { envFile: ./it.env, files: [./a.txt] } } }',
        'addons: { own: { chart: ./charts/own, values: [./own.yaml] }, far: { chart: far, repo: "https://charts.example.org" } }',
        'services:',
        '  web:',
        '    deploy: { helm: { chart: ./charts/web, values: ["./values/{name}.yaml"] }, patches: [{ path: ./patch.yaml }] }',
        '    hooks: { before: [{ name: test, run: [npm, test] }, { name: lint, run: [npm, run, lint], in: ./web }] }',
        '  plain: { deploy: { manifests: [./k8s/*.yaml] } }',
        '  over: { deploy: { kustomize: ./overlay } }',
        '  itself: { deploy: { helm: { chart: . } } }',
        'hosts: { file: ./hosts }',
      ].join('\n'),
      'shop/Chart.yaml': 'name: itself\nversion: 1.0.0\n',
      'shop/crds/a.yaml': '',
      'shop/data/x': '',
      'shop/base/Dockerfile': 'FROM scratch\n',
      'shop/web/Dockerfile.dev': 'FROM scratch\n',
      'home/.npmrc': 'token',
      'shop/key': 'k',
      'shop/it.env': 'A=b\n',
      'shop/a.txt': 'a',
      'shop/charts/own/Chart.yaml': 'name: own\nversion: 1.0.0\n',
      'shop/own.yaml': '',
      'shop/charts/web/Chart.yaml': 'name: web\nversion: 1.0.0\n',
      'shop/values/web.yaml': '',
      'shop/patch.yaml': 'kind: Deployment\nmetadata: { name: web }\n',
      'shop/k8s/a.yaml': '',
      'shop/overlay/kustomization.yaml': 'resources: []\n',
      'here/kindup.yaml': 'include: [../shop/kindup.yaml]\nname: here\n',
    })
    const config = await load({ file: 'here', env: { HOME: join(folder, 'home') } })
    const shop = join(folder, 'shop')
    expect(config.folder).toBe(join(folder, 'here'))
    expect(config.crds).toEqual([join(shop, 'crds')])
    expect(config.cluster.nodes[0]?.mounts.map(({ hostPath }) => hostPath)).toEqual([
      join(shop, 'data'),
      join(shop, 'data'),
    ])
    expect(config.cluster.kind).toEqual({
      nodes: [{ role: 'worker', extraMounts: [{ hostPath: join(shop, 'data'), containerPath: '/raw' }] }],
    })
    const builds = Object.fromEntries(config.images.map(({ key, build }) => [key, build]))
    expect(builds['base']?.context).toBe(join(shop, 'base'))
    expect(builds['other']).toMatchObject({
      context: join(shop, 'web'),
      file: join(shop, 'web/Dockerfile.dev'),
      secrets: [
        { id: 'npmrc', file: join(folder, 'home/.npmrc') },
        { id: 'key', file: join(shop, 'key') },
      ],
    })
    expect(config.secrets[0]?.from).toMatchObject({
      envFile: join(shop, 'it.env'),
      files: { 'a.txt': join(shop, 'a.txt') },
    })
    expect(config.hosts.file).toBe(join(shop, 'hosts'))
    const [web, plain, over, itself] = config.services
    expect(itself?.deploy).toMatchObject({ chart: { chart: shop } })
    expect(web?.deploy).toMatchObject({ kind: 'helm', chart: { chart: join(shop, 'charts/web') } })
    expect(JSON.stringify(web?.deploy)).toContain('"../shop/values/{name}.yaml"')
    expect(web?.hooks.before.map((hook) => hook.in)).toEqual([shop, join(shop, 'web')])
    expect(plain?.deploy).toMatchObject({ paths: ['../shop/k8s/*.yaml'] })
    expect(over?.deploy).toMatchObject({ folder: '../shop/overlay' })
    expect(JSON.stringify(config.addons)).toContain(join(shop, 'own.yaml'))
    expect(JSON.stringify(config.addons)).toContain('"chart":"far"')
  })

  it('has each mistake at its line in its own file, and file by file', async () => {
    await write({
      'base.yaml': 'cluster:\n  wokers: 2\n',
      'kindup.yaml': 'include: [./base.yaml]\nname: shop\nhosts: { mode: sometimes }\n',
      'kindup.local.yaml': '# mine\naddons: { argocd: 7 }\n',
    })
    expect((await refused()).map(({ at }) => at)).toEqual([
      'kindup.yaml:3:16',
      'base.yaml:2:3',
      'kindup.local.yaml:2:19',
    ])
  })

  it('says what cannot be included, once and where', async () => {
    await write({
      'a.yaml': 'include: [./b.yaml]\n',
      'b.yaml': 'include:\n  - ./a.yaml\n',
      'sub/kindup.yaml': 'name: sub\n',
      'kindup.yaml':
        'name: shop\ninclude:\n  - ./a.yaml\n  - ./none.yaml\n  - ./sub\n  - https://me:hush@example.org/kindup.yaml\n  - 7\n',
    })
    expect(await refused()).toEqual([
      { at: 'kindup.yaml:4:5', text: 'include: ./none.yaml: there is no file /none.yaml.' },
      { at: 'kindup.yaml:5:5', text: 'include: ./sub: there is no file /sub. Did you mean sub/kindup.yaml?' },
      {
        at: 'kindup.yaml:6:5',
        text: 'include: https://example.org/kindup.yaml: files are included from git repositories, and this is a single one of the web. For example: include: [github.com/org/repo//base.yaml@v1]',
      },
      { at: 'kindup.yaml:7:5', text: 'include[4] must be the path of a file. For example: include: [./base.yaml]' },
      {
        at: 'b.yaml:2:5',
        text: 'include: ./a.yaml goes round in a circle: a.yaml → b.yaml → a.yaml. Take one of them away.',
      },
    ])
  })

  it('ends at a circle that goes over links, and at links that lead nowhere', async () => {
    await write({
      'sub/kindup.yaml': 'name: sub\ninclude: [./link/kindup.yaml]\n',
      'x.yaml': 'name: x\ninclude: [./loop/a.yaml]\n',
    })
    await symlink('.', join(folder, 'sub/link'))
    await symlink('loop', join(folder, 'loop'))
    expect(await refused({ file: 'sub' })).toEqual([
      {
        at: 'sub/kindup.yaml:2:11',
        text: 'include: ./link/kindup.yaml goes round in a circle: kindup.yaml → link/kindup.yaml. Take one of them away.',
      },
    ])
    expect(await refused({ file: 'x.yaml' })).toEqual([
      { at: 'x.yaml:2:11', text: 'include: ./loop/a.yaml cannot be read (ELOOP).' },
    ])
  })

  it.each([
    ['holds what no path holds', '"a\\0b.yaml"', /cannot be read \(ERR_INVALID_ARG_VALUE\)/],
    ['is too long', `${'x'.repeat(5000)}.yaml`, /cannot be read \(ENAMETOOLONG\)/],
    ['is made of a variable that is not set', '"${NOPE}/base.yaml"', /variable NOPE is not set/],
    ['is no text', './bytes.yaml', /is not UTF-8/],
  ])('says at its place that a path %s', async (_what, path, said) => {
    await write({ 'kindup.yaml': `name: a\ninclude: [${path}]\n` })
    await writeFile(join(folder, 'bytes.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xff]))
    const [problem, ...more] = await refused()
    expect(more).toEqual([])
    expect(problem?.text).toMatch(said)
    expect(problem?.at).toMatch(/^(?:kindup\.yaml:2:\d+|bytes\.yaml:1:4)$/)
  })

  it('reads a file once that several include', async () => {
    const files = Array.from({ length: 24 }, (_, n) => [`${n}.yaml`, `include: [./${n + 1}.yaml, ./${n + 1}.yaml]\n`])
    await write({
      ...Object.fromEntries(files),
      '24.yaml': 'hosts: { extra: [a.test] }\n',
      'kindup.yaml': 'name: a\ninclude: [./0.yaml]\n',
    })
    const asked: string[] = []
    const config = await load({
      files: (file) => {
        asked.push(file)
        return readFileSync(file)
      },
    })
    expect(config.hosts.extra).toEqual(['a.test'])
    expect(asked).toHaveLength(26)
  })

  it.each(['include=[./other.yaml]', 'profiles.ci.name=b'])(
    'refuses what is set too late to count: %s',
    async (set) => {
      await write({ 'kindup.yaml': 'name: a\n' })
      const [problem] = await refused({ set: [set] })
      expect(problem?.text).toContain('is read before what is set.')
    },
  )

  it('wants no variable of a layer whose value another one gives', async () => {
    await write({
      'base.yaml': 'name: "${NOBODY_SET_IT}"\n',
      'kindup.yaml': 'include: [./base.yaml]\nname: shop\n',
    })
    expect((await load()).name).toBe('shop')
  })
})

describe('the local file', () => {
  it('lies over everything else, and may have all its lines commented out', async () => {
    await write({
      'kindup.yaml': 'name: shop\ncluster: { workers: 2 }\nprofiles: { big: { cluster: { workers: 4 } } }\n',
      'kindup.local.yaml': 'cluster: { workers: 1 }\n',
    })
    const workers = async (options: Partial<LoadOptions> = {}) =>
      (await load(options)).cluster.nodes.filter(({ role }) => role === 'worker').length
    expect(await workers({ profiles: ['big'] })).toBe(1)
    expect(await workers({ set: ['cluster.workers=5'] })).toBe(5)
    await write({ 'kindup.local.yaml': '# cluster: { workers: 1 }\n' })
    expect(await workers()).toBe(2)
    await write({
      'kindup.local.yaml': `${'#'.repeat(40)}\r\n# mine\r\n${'#'.repeat(40)}\r\ncluster: { workers: 3 }\r\n`,
    })
    expect(await workers()).toBe(3)
  })

  it('hides no name where it cannot be read', async () => {
    await write({ 'kindup.yaml': 'name: shop\n', 'kindup.local.yaml': '' })
    await writeFile(join(folder, 'kindup.local.yaml'), Buffer.from([0xff, 0xfe, 0x61, 0x00]))
    expect(await refused()).toEqual([
      { at: 'kindup.local.yaml:1:1', text: '/kindup.local.yaml is UTF-16. Save it as UTF-8.' },
    ])
    expect(await subjectOf({ cwd: folder, env: {} })).toEqual({ name: 'shop' })
  })

  it('may name the cluster, for whoever asks for nothing else too', async () => {
    await write({ 'kindup.yaml': 'name: shop\n', 'kindup.local.yaml': 'name: mine\nservices: 7\n' })
    expect(await subjectOf({ cwd: folder, env: {} })).toEqual({ name: 'mine' })
  })
})

describe('profiles', () => {
  const file = [
    'name: shop',
    'addons: { argocd: true }',
    'profiles:',
    '  ci: { addons: { argocd: false } }',
    '  small:',
    '    cluster: { workers: 0 }',
    '',
  ].join('\n')

  it('lie over the file in the order of their flags', async () => {
    await write({ 'kindup.yaml': file })
    expect((await load({ profiles: ['ci', 'small'] })).addons).toEqual([])
    expect((await load()).addons).toHaveLength(1)
  })

  it('are named by the nearest where there is none of that name', async () => {
    await write({ 'kindup.yaml': file })
    expect(await refused({ profiles: ['smal'] })).toEqual([
      { at: '--profile smal', text: '--profile smal: the file has no such profile. Did you mean small?' },
    ])
  })

  it('are checked though nobody chose them', async () => {
    await write({ 'kindup.yaml': file.replace('workers', 'workres') })
    expect((await refused()).map(({ at }) => at)).toEqual(['kindup.yaml:6:16'])
  })

  it('may lie in the files below and above, each over the one before', async () => {
    await write({
      'base.yaml': 'profiles: { ci: { cluster: { workers: 3 }, hosts: { mode: none } } }\n',
      'kindup.yaml': 'include: [./base.yaml]\nname: shop\nprofiles: { ci: { cluster: { workers: 2 } } }\n',
    })
    const config = await load({ profiles: ['ci'] })
    expect(config.hosts.mode).toBe('none')
    expect(config.cluster.nodes.filter(({ role }) => role === 'worker')).toHaveLength(2)
  })
})

it('tells which of its texts stand in none of its files', async () => {
  await write({
    'kindup.yaml': 'name: shop\nsecrets: { it: { from: { literals: { A: "x${DB}", B: in-the-file } } } }\n',
  })
  const config = await load({
    env: { DB: 'hunter22', OTHER: 'not-named' },
    set: ['cluster.engine=docker', 'secrets.it.from.literals.C=of-a-flag', 'hosts.extra=[flag.test]'],
  })
  expect(config.given?.()).toEqual(['hunter22', 'of-a-flag'])
})
