import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folders = ['scripts', 'addons', 'manifests', 'hosts', 'cluster', 'core'] as const
type Folder = (typeof folders)[number]

/** Who may import whom: scripts → addons → manifests → cluster, hosts → core. */
const allowed: Record<Folder, readonly Folder[]> = {
  scripts: folders,
  addons: ['addons', 'manifests', 'cluster', 'core'],
  manifests: ['manifests', 'cluster', 'core'],
  hosts: ['hosts', 'core'],
  cluster: ['cluster', 'core'],
  core: ['core'],
}

const sources = folders.flatMap((folder) =>
  globSync(`${folder}/**/*.{ts,mjs}`, { cwd: root, exclude: ['manifests/demo/**'] }),
)

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, target = '']) => target,
  )

const folderOf = (file: string): Folder | undefined => folders.find((folder) => file.startsWith(`${folder}/`))

describe('the house', () => {
  it('has sources to look at', () => {
    expect(sources.length).toBeGreaterThan(50)
  })

  it('has dependencies that point one way', () => {
    const wrong = sources.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('.'))
        .map((target) => relative(root, normalize(join(root, dirname(file), target))))
        .filter((target) => {
          const [from, to] = [folderOf(file), folderOf(target)]
          return from !== undefined && to !== undefined && !allowed[from].includes(to)
        })
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('starts processes in one file, and loads the Kubernetes client in one', () => {
    const importing = (name: RegExp) => sources.filter((file) => importsOf(file).some((target) => name.test(target)))
    expect(
      importing(/^(node:)?child_process$|^zx/).filter(
        (file) => !['scripts/build.ts', 'hosts/elevated.mjs'].includes(file),
      ),
    ).toEqual(['core/run.ts'])
    expect(importing(/^@kubernetes\/client-node$/)).toHaveLength(1)
  })

  it('ends the process nowhere, and prints only from scripts and core/print', () => {
    const containing = (words: RegExp, except: RegExp) =>
      sources.filter((file) => !except.test(file) && words.test(readFileSync(join(root, file), 'utf8')))
    expect(containing(/process\.exit\(/, /^$/)).toEqual([])
    expect(
      containing(
        /console\.|process\.std(out|err)/,
        /^scripts\/|^core\/print\/|^core\/ask\.ts|^hosts\/elevated\.ts|\.mjs$/,
      ),
    ).toEqual([])
  })

  it('has no file that is too long to read', () => {
    const long = sources
      .map((file) => [file, readFileSync(join(root, file), 'utf8').split('\n').length] as const)
      .filter(([, lines]) => lines > 250)
    expect(long).toEqual([])
  })
})
