import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gitIgnored } from '../../../../gitops/tree/git-ignored.ts'

/**
 * `KINDUP_PROPERTY_RUNS=10000 npx vitest run --project unit test/unit/gitops/tree --testTimeout 7200000` tries as many trees; each starts git once.
 * 10,000 on 2026-11-27, seed 20261126, git 2.39: the same as `git check-ignore` (1,637 s at load 3 to 42, and 1,755 before at 10 to 25). The 2,108th had found a fault of `**` before.
 */
const numRuns = Number(process.env['KINDUP_PROPERTY_RUNS'] ?? 25)

const hasGit = spawnSync('git', ['--version']).status === 0
const environment = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  XDG_CONFIG_HOME: '/dev/null',
}
const git = (root: string, args: readonly string[], input = ''): string =>
  spawnSync('git', ['-C', root, ...args], { input, encoding: 'utf8', env: environment }).stdout

const names = ['a', 'b', 'ab', 'a.txt', 'b.log', 'c d', '.x', 'é', 'a[b]', '#c', '!d', 'A', 'foo']
const name = fc.constantFrom(...names)
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
const piece = fc.oneof(
  { weight: 6, arbitrary: name },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      '*',
      '**',
      '?',
      '*.txt',
      'a*',
      '*b',
      '[ab]',
      '[!a]',
      '[^b-z]',
      'a[[:alpha:]]',
      '[]a]',
      '\\#c',
      '\\!d',
      'a\\b',
      'f**o',
      '[a-',
      '[[:no:]]',
      'a[\\]]',
      '*.*',
      '***',
      'é?',
      'c\\ d',
    ),
  },
)
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '', '!', '!', '#'),
    fc.constantFrom('', '', '/', '**/'),
    fc.array(piece, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', '', '/', '/**', ' ', '\\ ', '\r', '//'),
  )
  .map(([sign, start, parts, end]) => `${sign}${start}${parts.join('/')}${end}`)
const rules = fc.array(pattern, { minLength: 1, maxLength: 6 }).map((lines) => lines.join('\n'))
const tree = fc.record({
  files: fc.uniqueArray(path, { minLength: 1, maxLength: 14 }),
  ignores: fc.dictionary(
    fc.oneof(
      fc.constant(''),
      path.map(dirname).map((one) => (one === '.' ? '' : one)),
    ),
    rules,
    { minKeys: 1, maxKeys: 3, noNullPrototype: true },
  ),
  exclude: fc.option(rules, { nil: undefined }),
})

describe.skipIf(!hasGit)('what git leaves out', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kindup-ignored-'))
    git(root, ['init', '--quiet'])
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  it('is what `git check-ignore` names, whatever the rules', () => {
    let nth = 0
    fc.assert(
      fc.property(tree, ({ files, ignores, exclude = '' }) => {
        const folder = join(root, `t${nth++}`)
        mkdirSync(join(folder, '.git', 'info'), { recursive: true })
        // A repository without a start of git: what a fresh one has.
        for (const [file, text] of [
          ['HEAD', 'ref: refs/heads/main\n'],
          ['config', '[core]\n\trepositoryformatversion = 0\n'],
          ['info/exclude', exclude],
        ] as const)
          writeFileSync(join(folder, '.git', file), text)
        for (const below of ['objects', 'refs']) mkdirSync(join(folder, '.git', below))
        const made = files.filter((file) => write(join(folder, file), ''))
        for (const [below, text] of Object.entries(ignores)) write(join(folder, below, '.gitignore'), text)
        const paths = [...new Set(made.flatMap((file) => [file, ...foldersOf(file)]))]
        const said = git(folder, ['check-ignore', '-z', '--stdin'], paths.join('\0'))
        const ignored = gitIgnored(folder)
        const isFolder = (one: string): boolean => made.some((file) => file.startsWith(`${one}/`))
        expect(paths.filter((one) => ignored.by(one, isFolder(one)) !== undefined).toSorted()).toEqual(
          said
            .split('\0')
            .filter((one) => one !== '')
            .toSorted(),
        )
        rmSync(folder, { recursive: true })
      }),
      { numRuns },
    )
  })

  it('is nothing that a pattern of any number of folders brings back', () => {
    for (const file of ['a/b/c', 'a/d.log']) write(join(root, file), '')
    writeFileSync(join(root, '.gitignore'), '*\n!**/*\n*.log\n')
    expect(['a', 'a/b', 'a/b/c', 'a/d.log'].map((one) => gitIgnored(root).by(one, !/[.c]/.test(one))?.line)).toEqual([
      undefined,
      undefined,
      undefined,
      3,
    ])
  })

  it.each([
    ['2', 'sha1'],
    ['4', 'sha1'],
    ['2', 'sha256'],
    ['4', 'sha256'],
  ])('is nothing that is tracked, by an index of version %s with %s', (version, hash) => {
    rmSync(join(root, '.git'), { recursive: true })
    git(root, ['init', '--quiet', `--object-format=${hash}`])
    for (const file of ['keep/a/forced.txt', 'keep/a/other.txt', 'keep/b.txt', 'plain.txt']) write(join(root, file), '')
    writeFileSync(join(root, '.gitignore'), 'keep/\n')
    execFileSync('git', ['-C', root, 'add', '--force', 'keep/a/forced.txt', 'plain.txt'], { env: environment })
    git(root, ['update-index', '--index-version', version])
    const ignored = gitIgnored(root)
    expect(ignored.by('keep/a/forced.txt', false)).toBeUndefined()
    expect(ignored.by('keep/a', true)).toBeUndefined()
    expect(ignored.by('keep/b.txt', false)).toEqual({ file: join(root, '.gitignore'), line: 1, text: 'keep/' })
    expect(ignored.matches('keep/a/other.txt')).toBe(true)
    expect(ignored.matches('plain.txt')).toBe(false)
  })
})

const foldersOf = (file: string): readonly string[] => {
  const parts = file.split('/').slice(0, -1)
  return parts.map((_part, index) => parts.slice(0, index + 1).join('/'))
}

/** False where a file is where a folder would have to be. */
const write = (file: string, text: string): boolean => {
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    return true
  } catch {
    return false
  }
}
