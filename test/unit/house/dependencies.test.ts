import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folders = [
  'scripts',
  'app',
  'addons',
  'services',
  'manifests',
  'gitops',
  'hosts',
  'trust',
  'cluster',
  'config',
  'core',
] as const
type Folder = (typeof folders)[number]

/** Who may import whom: scripts → app → addons → services → manifests → gitops → cluster → config → core, and app → hosts → core, and services → trust → core. */
const allowed: Record<Folder, readonly Folder[]> = {
  scripts: folders,
  app: ['app', 'addons', 'services', 'manifests', 'gitops', 'hosts', 'trust', 'cluster', 'config', 'core'],
  addons: ['addons', 'services', 'manifests', 'gitops', 'cluster', 'config', 'core'],
  services: ['services', 'manifests', 'gitops', 'trust', 'cluster', 'config', 'core'],
  manifests: ['manifests', 'gitops', 'cluster', 'config', 'core'],
  gitops: ['gitops', 'cluster', 'config', 'core'],
  hosts: ['hosts', 'core'],
  trust: ['trust', 'core'],
  cluster: ['cluster', 'config', 'core'],
  config: ['config', 'core'],
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

const importedBy = (file: string): string[] =>
  importsOf(file)
    .filter((target) => target.startsWith('.'))
    .map((target) => relative(root, normalize(join(root, dirname(file), target))))

/** A way from a room back to itself, or nothing. Rooms are whatever `roomOf` makes of files. */
const circle = (files: readonly string[], roomOf: (file: string) => string): readonly string[] => {
  const ways = Map.groupBy(
    files.flatMap((file) =>
      importedBy(file)
        .filter((to) => files.includes(to) && roomOf(to) !== roomOf(file))
        .map((to) => [roomOf(file), roomOf(to)] as const),
    ),
    ([from]) => from,
  )
  const done = new Set<string>()
  const from = (room: string, path: readonly string[]): readonly string[] => {
    if (path.includes(room)) return [...path.slice(path.indexOf(room)), room]
    if (done.has(room)) return []
    for (const [, to] of ways.get(room) ?? []) {
      const found = from(to, [...path, room])
      if (found.length > 0) return found
    }
    done.add(room)
    return []
  }
  for (const room of ways.keys()) {
    const found = from(room, [])
    if (found.length > 0) return found
  }
  return []
}

describe('the house', () => {
  it('has sources to look at', () => {
    expect(sources.length).toBeGreaterThan(50)
  })

  it('has dependencies that point one way', () => {
    const wrong = sources.flatMap((file) =>
      importedBy(file)
        .filter((target) => {
          const [from, to] = [folderOf(file), folderOf(target)]
          return from !== undefined && to !== undefined && !allowed[from].includes(to)
        })
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('has no files that import each other in a circle', () => {
    expect(circle(sources, (file) => file)).toEqual([])
  })

  it.each(folders)('has floors within %s: no folder needs one that needs it', (folder) => {
    const within = sources.filter((file) => file.startsWith(`${folder}/`))
    // A file beside the folders is a room of its own.
    const roomOf = (file: string): string => {
      const [, name = '', more] = file.split('/')
      return more === undefined ? file : name
    }
    expect(circle(within, roomOf)).toEqual([])
  })

  it('starts processes in one file, and loads the Kubernetes client in one', () => {
    const importing = (name: RegExp) => sources.filter((file) => importsOf(file).some((target) => name.test(target)))
    expect(
      importing(/^(node:)?child_process$|^zx/).filter(
        (file) => !['scripts/build.ts', 'hosts/elevated.mjs', 'scripts/action/kindup.ts'].includes(file),
      ),
    ).toEqual(['core/run.ts'])
    expect(importing(/^@kubernetes\/client-node/)).toEqual([
      'cluster/kube/client-node.ts',
      // Its types alone.
      'cluster/kube/models.ts',
    ])
  })

  it('ends the process nowhere, and prints only from scripts and core/print', () => {
    const containing = (words: RegExp, except: RegExp) =>
      sources.filter((file) => !except.test(file) && words.test(readFileSync(join(root, file), 'utf8')))
    // A program of its own, which runs other people's code.
    expect(containing(/process\.exit\(/, /^config\/code\/evaluate\.mjs$/)).toEqual([])
    expect(
      containing(
        /console\.|process\.std(out|err)/,
        // The script of a container prints there.
        /^scripts\/|^core\/print\/|^app\/debug\/node-script\.ts|^core\/ask\.ts|^(?:hosts|trust)\/elevated\.ts|\.mjs$/,
      ),
    ).toEqual([])
  })

  it('takes ids to pieces in one file', () => {
    const kinds = '(?:addon|service|image|secret|cluster|mirror)'
    const taking = new RegExp(String.raw`startsWith\(['"\x60]${kinds}/|/\^\(?${kinds}\\/|\bid\.(?:split|indexOf)\(`)
    const found = sources.filter((file) => taking.test(readFileSync(join(root, file), 'utf8')))
    expect(found).toEqual([])
  })

  it('has no file that is too long to read', () => {
    const long = sources
      .map((file) => [file, readFileSync(join(root, file), 'utf8').split('\n').length] as const)
      .filter(([, lines]) => lines > 300)
    expect(long).toEqual([])
  })
})
