import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realTool } from '../../../support/real-tools.ts'
import { resolveImages } from '../../../../cluster/images/resolve.ts'
import type { BuildConfig, ImageConfig } from '../../../../config/config.ts'
import { ConfigError } from '../../../../core/errors.ts'
import { makeRun } from '../../../../core/run.ts'
import { madeConfig, madeImage } from '../../../support/made-config.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindup-images-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const hasGit = realTool('git') !== undefined

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.test', ...args], {
    encoding: 'utf8',
  }).trim()

const buildOf = (context: string, more: Partial<BuildConfig> = {}): BuildConfig => ({
  context: join(folder, context),
  file: join(folder, context, 'Dockerfile'),
  args: {},
  ...more,
})

const web = (parts: Partial<ImageConfig> = {}): ImageConfig => madeImage('web', { build: buildOf('web'), ...parts })

const resolveAll = async (images: readonly ImageConfig[], env: Record<string, string> = {}) => {
  const warnings: string[] = []
  const found = await resolveImages(madeConfig({ folder, images }), {
    run: makeRun(),
    env,
    warn: (text) => warnings.push(text),
  })
  return { found, warnings }
}

const resolveOne = async (image: ImageConfig, env: Record<string, string> = {}) => {
  const { found, warnings } = await resolveAll([image], env)
  const [only] = found
  if (!only) throw new Error('not resolved')
  return { ...only, warnings }
}

const problemsOf = async (images: readonly ImageConfig[]) => {
  const error: unknown = await resolveAll(images).catch((thrown: unknown) => thrown)
  if (!(error instanceof ConfigError)) throw new Error(`no ConfigError but ${String(error)}`)
  return error.problems
}

const inputs = async (parts: Partial<BuildConfig> = {}, env: Record<string, string> = {}) =>
  (await resolveOne(web({ build: buildOf('web', parts) }), env)).inputs

describe('the inputs of an image', () => {
  beforeEach(() => {
    write('web/Dockerfile', 'FROM busybox\nCOPY . .')
    write('web/app.py', 'print()')
    write('web/notes.md', 'x')
  })
  it('change with contents, names, executable bits, links, arguments, target, platform and the Dockerfile', async () => {
    const seen = new Set([await inputs()])
    const differs = async (parts: Partial<BuildConfig> = {}, env: Record<string, string> = {}) => {
      const now = await inputs(parts, env)
      expect(seen.has(now)).toBe(false)
      seen.add(now)
    }
    await differs({ args: { A: '1' } })
    await differs({ target: 'x' })
    await differs({ platform: 'linux/arm64' })
    write('web/app.py', 'print(1)')
    await differs()
    write('web/app2.py', '')
    await differs()
    chmodSync(join(folder, 'web/app.py'), 0o755)
    await differs()
    symlinkSync('app.py', join(folder, 'web/link'))
    await differs()
    write('web/Dockerfile', 'FROM busybox:2\nCOPY . .')
    await differs()
    await differs({}, { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' })
  })

  it('stay the same in a fresh checkout, and when an ignored file changes', async () => {
    write('web/.dockerignore', '*.md\nlogs')
    const before = await inputs()
    utimesSync(join(folder, 'web/app.py'), 1, 1)
    write('web/notes.md', 'changed')
    write('web/logs/today/a.log', 'new')
    expect(await inputs()).toBe(before)
  })

  it('follow the ignore file of the Dockerfile instead of the one of the context', async () => {
    write('web/Dockerfile.dockerignore', 'notes.md')
    write('web/.dockerignore', 'app.py')
    const before = await inputs()
    write('web/notes.md', 'changed')
    expect(await inputs()).toBe(before)
    write('web/app.py', 'changed')
    expect(await inputs()).not.toBe(before)
  })

  it('hold what their base is made from, where the file builds it', async () => {
    write('base/Dockerfile', 'FROM busybox')
    write('web/Dockerfile', 'FROM team/base:dev')
    const base = madeImage('base', { name: 'team/base', tag: 'dev', build: buildOf('base') })
    const all = async () => (await resolveAll([web(), base])).found
    const [before] = await all()
    expect(before?.bases).toEqual(['base'])
    write('base/new', '')
    const [after] = await all()
    expect(after?.inputs).not.toBe(before?.inputs)
  })
})

describe('the tag of an image', () => {
  beforeEach(() => {
    write('web/Dockerfile', 'FROM busybox')
    write('other/file', '')
  })

  it('is the text, the hash of the inputs, or the version file', async () => {
    expect(await resolveOne(web({ tag: 'dev' }))).toMatchObject({ ref: 'web:dev', repository: 'web', tag: 'dev' })
    const hashed = await resolveOne(web({ tag: 'hash' }))
    expect(hashed.tag).toBe(hashed.inputs.slice(0, 12))
    write('version.txt', '9.9.9')
    expect(await resolveOne(web({ tag: 'version' }))).toMatchObject({ tag: '9.9.9' })
    write('web/version.txt', 'MAJOR_VERSION=1\nMINOR_VERSION=2\nPATCH_VERSION=3\n')
    expect(await resolveOne(web({ tag: 'version', name: 'localhost:5001/web' }))).toMatchObject({
      ref: 'localhost:5001/web:1.2.3',
    })
  })

  it.skipIf(!hasGit)('is the commit, with a hash of the contents while they differ from it', async () => {
    git('init', '-q')
    git('add', '.')
    git('commit', '-qm', 'x')
    const commit = git('rev-parse', 'HEAD').slice(0, 7)
    expect(await resolveOne(web({ tag: 'git' }))).toMatchObject({ tag: commit, warnings: [] })
    write('other/file', 'changed, and no part of the image')
    expect((await resolveOne(web({ tag: 'git' }))).tag).toBe(commit)
    write('web/new', '1')
    const first = (await resolveOne(web({ tag: 'git' }))).tag
    expect(first).toMatch(new RegExp(`^${commit}-dirty-[0-9a-f]{8}$`))
    write('web/new', '2')
    expect((await resolveOne(web({ tag: 'git' }))).tag).not.toBe(first)
  })

  it.skipIf(!hasGit)(
    'falls back to the hash outside a repository and before the first commit, and says so',
    async () => {
      const outside = await resolveOne(web({ tag: 'git' }))
      expect(outside.tag).toBe(outside.inputs.slice(0, 12))
      expect(outside.warnings).toEqual([expect.stringContaining('not a git repository')])
      git('init', '-q')
      expect((await resolveOne(web({ tag: 'git' }))).warnings).toEqual([expect.stringContaining('no commit yet')])
    },
  )

  it('falls back to the hash where git is not installed', async () => {
    const path = process.env['PATH']
    process.env['PATH'] = join(folder, 'nothing')
    try {
      expect((await resolveOne(web({ tag: 'git' }))).warnings).toEqual([
        expect.stringContaining('git is not installed'),
      ])
    } finally {
      process.env['PATH'] = path
    }
  })
})

describe('an image that is not built', () => {
  it('is the override, or stays what the manifests say', async () => {
    const { found } = await resolveAll([
      web({ ref: 'reg.test:5000/team/web:7' }),
      madeImage('ui', { ref: '', name: 'example/ui' }),
      madeImage('pinned', { ref: `web@sha256:${'0'.repeat(64)}` }),
    ])
    expect(found).toMatchObject([
      { ref: 'reg.test:5000/team/web:7', repository: 'reg.test:5000/team/web', tag: '7' },
      { ref: undefined, tag: undefined },
      // What a chart makes of repository and tag has to be something that can be found again.
      { ref: `web@sha256:${'0'.repeat(64)}`, repository: 'web', tag: 'latest' },
    ])
    expect(found[0]?.build).toBeUndefined()
  })

  it('is built after all where the variable that names another one is empty', async () => {
    write('web/Dockerfile', 'FROM scratch')
    const { build, ref, tag } = await resolveOne(web({ ref: '', tag: '1.2.3' }))
    expect([build?.context, ref, tag]).toEqual([join(folder, 'web'), 'web:1.2.3', '1.2.3'])
  })
})

describe('bases', () => {
  it('are the very images that the Dockerfile names, not others of the name', async () => {
    write('python/Dockerfile', 'FROM python:3.13')
    write('web/Dockerfile', 'FROM docker.io/library/python:k8s-dev\nCOPY --from=python:3.13 a b')
    write('api/Dockerfile', 'FROM python')
    const python = madeImage('python', { tag: 'k8s-dev', build: buildOf('python') })
    const { found } = await resolveAll([web(), python, madeImage('api', { build: buildOf('api') })])
    // A tag that somebody chose is part of the name.
    expect(found.map(({ bases }) => bases)).toEqual([['python'], [], []])
  })

  it('are meant by their bare name where their tag is worked out, and by no other tag', async () => {
    write('base/Dockerfile', 'FROM example/base')
    write('web/Dockerfile', 'FROM example/base AS a\nCOPY --from=example/base:latest a b\nFROM example/base:other')
    write('api/Dockerfile', 'FROM example/base:other')
    const base = madeImage('base', { name: 'example/base', tag: 'hash', build: buildOf('base') })
    const { found } = await resolveAll([web(), base, madeImage('api', { build: buildOf('api') })])
    expect(found.map(({ bases, basesByName }) => [bases, basesByName])).toEqual([
      [
        ['base'],
        [
          { key: 'base', reference: 'example/base' },
          { key: 'base', reference: 'example/base:latest' },
        ],
      ],
      [[], undefined],
      [[], undefined],
    ])
  })

  it('that go round are a problem with its place, at once', async () => {
    write('a/Dockerfile', 'FROM b:1')
    write('b/Dockerfile', 'FROM a:1')
    const problems = await problemsOf(['a', 'b'].map((key) => madeImage(key, { tag: '1', build: buildOf(key) })))
    expect(problems).toMatchObject([
      { message: 'Images are built from each other: a from b from a.', at: { file: 'images.a.build' } },
    ])
  })
})

describe('what is wrong with images', () => {
  it('is said all at once, with the place of each', async () => {
    write('b/readme', '')
    write('c/Dockerfile', 'FROM x')
    const problems = await problemsOf([
      madeImage('a', { build: buildOf('a') }),
      madeImage('b', { build: buildOf('b') }),
    ])
    expect(problems.map(({ at, message }) => `${at?.file}: ${message}`)).toEqual([
      `images.a.build: There is no folder ${folder}/a to build image a from.`,
      `images.b.build: There is no Dockerfile ${folder}/b/Dockerfile to build image b with.`,
    ])
    const tags = await problemsOf([
      madeImage('c', { build: buildOf('c'), tag: 'not a tag' }),
      madeImage('d', { build: buildOf('c'), tag: 'version' }),
    ])
    expect(tags.map(({ at }) => at?.file)).toEqual(['images.c.tag', 'images.d.tag'])
    expect(tags[1]?.message).toContain(join(folder, 'c', 'version.txt'))
  })
})
