import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextFiles, contextInputs, hashOfContext } from '../../../../cluster/images/context-hash.ts'
import { foldersOf } from '../../../../core/watch/folders.ts'
import type { Input } from '../../../../core/watch/inputs.ts'
import { watchFiles, type FileWatch } from '../../../../core/watch/watch-files.ts'

const contextHash = async (...given: Parameters<typeof contextFiles>): Promise<string> =>
  hashOfContext(await contextFiles(...given))

let folder: string
let files: FileWatch
let told: Set<string>
let tell: () => void
const at = (...parts: readonly string[]): string => join(folder, ...parts)
const write = async (path: string, text = 'x'): Promise<void> => {
  await mkdir(dirname(at(path)), { recursive: true })
  await writeFile(at(path), text)
}
/** Until a change of that path was told; the test's own time-out is the other end. */
const hears = async (path: string): Promise<true> => {
  while (!told.has(path)) await new Promise<void>((resolve) => (tell = resolve))
  return true
}
/** The same, whatever the path. */
const hearsAny = async (): Promise<void> => {
  while (told.size === 0) await new Promise<void>((resolve) => (tell = resolve))
}

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'kindup-')))
  told = new Set()
  tell = () => undefined
  const add = (path: string): void => {
    told.add(path)
    tell()
  }
  files = watchFiles(add, { root: folder })
})
afterEach(async () => {
  files.close()
  await rm(folder, { recursive: true, force: true })
})

describe('watching', () => {
  it('tells a write, a rename over it, and a deletion of a file that is named', async () => {
    await write('values.yaml')
    await write('other.yaml')
    await files.follow([{ path: at('values.yaml') }])
    await write('values.yaml', 'y')
    expect(await hears(at('values.yaml'))).toBe(true)
    told.clear()
    await write('new', 'z')
    await rename(at('new'), at('values.yaml'))
    expect(await hears(at('values.yaml'))).toBe(true)
    told.clear()
    await write('other.yaml', 'y')
    await rm(at('values.yaml'))
    expect(await hears(at('values.yaml'))).toBe(true)
    expect([...told]).toEqual([at('values.yaml')])
  })

  it('tells what is made below a folder, in folders that were made later too', async () => {
    await write('chart/Chart.yaml')
    await files.follow([{ path: at('chart') }])
    await mkdir(at('chart/templates'))
    expect(await hears(at('chart/templates'))).toBe(true)
    expect(await files.follow([{ path: at('chart') }])).toBe(true)
    expect(await files.follow([{ path: at('chart') }])).toBe(false)
    await write('chart/templates/web.yaml')
    expect(await hears(at('chart/templates/web.yaml'))).toBe(true)
  })

  it('tells when something comes that was not there, folders above it included', async () => {
    const inputs = [{ path: at('a/b/c.yaml') }]
    await files.follow(inputs)
    await mkdir(at('a'))
    expect(await hears(at('a'))).toBe(true)
    await files.follow(inputs)
    await mkdir(at('a/b'))
    expect(await hears(at('a/b'))).toBe(true)
    await files.follow(inputs)
    await write('a/b/c.yaml')
    expect(await hears(at('a/b/c.yaml'))).toBe(true)
  })

  it('follows a folder that was deleted and made again', async () => {
    const inputs = [{ path: at('k8s') }]
    await write('k8s/a.yaml')
    await files.follow(inputs)
    await rm(at('k8s'), { recursive: true })
    expect(await hears(at('k8s'))).toBe(true)
    await write('k8s/a.yaml')
    await files.follow(inputs)
    told.clear()
    await write('k8s/a.yaml', 'y')
    expect(await hears(at('k8s/a.yaml'))).toBe(true)
  })

  it('tells when a folder above is moved away with all it holds', async () => {
    await write('k8s/overlays/dev/kustomization.yaml')
    await files.follow([{ path: at('k8s/overlays/dev/kustomization.yaml') }])
    await rename(at('k8s'), at('away'))
    expect(await hears(at('k8s'))).toBe(true)
  })

  it('tells a change of what a link leads to', async () => {
    await write('elsewhere/common.yaml')
    await write('elsewhere/base/web.yaml')
    await mkdir(at('values'))
    await symlink(at('elsewhere/common.yaml'), at('values/dev.yaml'))
    await symlink(at('elsewhere/base'), at('values/base'))
    await files.follow([{ path: at('values') }, { path: at('values/dev.yaml') }])
    await write('elsewhere/common.yaml', 'y')
    expect(await hears(at('elsewhere/common.yaml'))).toBe(true)
    await write('elsewhere/base/web.yaml', 'y')
    expect(await hears(at('elsewhere/base/web.yaml'))).toBe(true)
  })

  it('says with a command how to raise the limit', async () => {
    await mkdir(at('closed'), { mode: 0o000 })
    const denied = files.follow([{ path: at('closed') }])
    const outcome = await denied.catch((error: unknown) => (error as { code?: string }).code)
    // Root may read everything: then there is nothing to say.
    expect(outcome).toBe(process.getuid?.() === 0 ? true : 'watch-denied')
  })
})

describe('the folders that are watched', () => {
  const foldersBelow = async (inputs: readonly Input[], deep = false) =>
    (await foldersOf(inputs, { root: folder, deep })).map((one) => one.folder.slice(folder.length)).toSorted()

  it('are not those that a .dockerignore leaves out as a whole', async () => {
    await write('web/.dockerignore', 'node_modules\ndist\n!dist/keep\n')
    for (const path of ['web/Dockerfile', 'web/node_modules/x/index.js', 'web/src/a.ts', 'web/dist/keep'])
      await write(path)
    expect(await foldersBelow(await contextInputs(at('web'), at('web/Dockerfile')))).toEqual([
      '',
      '/web',
      '/web/dist',
      '/web/src',
    ])
  })

  it('are one a tree where the platform watches trees', async () => {
    await write('chart/templates/web.yaml')
    expect(await foldersBelow([{ path: at('chart') }], true)).toEqual(['', '/chart'])
    const [, chart] = await foldersOf([{ path: at('chart') }], { root: folder, deep: true })
    expect(chart?.counts(at('chart/templates/web.yaml'))).toBe(true)
    expect(chart?.counts(at('chart/.git/index'))).toBe(false)
  })

  it('end where links lead round', async () => {
    await write('a/b/c')
    await symlink(at('a'), at('a/b/up'))
    expect(await foldersBelow([{ path: at('a') }])).toEqual(['', '/a', '/a/b'])
  })
})

describe('whatever happens in a build context', () => {
  const names = fc.constantFrom('a', 'b', 'src/a', 'src/deep/a', 'ignored/a', 'ignored/kept')
  const change = fc.oneof(
    fc.record({ do: fc.constant('write' as const), path: names, text: fc.string({ maxLength: 3 }) }),
    fc.record({ do: fc.constant('remove' as const), path: fc.constantFrom('a', 'src', 'src/deep', 'ignored') }),
    fc.record({ do: fc.constant('move' as const), path: names, to: names }),
  )

  it('another hash is told', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        await rm(at('context'), { recursive: true, force: true })
        await write('context/Dockerfile', 'FROM scratch\n')
        await write('context/.dockerignore', 'ignored\n!ignored/kept\n')
        const probe = async () => {
          const inputs = await contextInputs(at('context'), at('context/Dockerfile'))
          await files.follow(inputs)
          return contextHash(at('context'), at('context/Dockerfile'))
        }
        let before = await probe()
        for (const one of changes) {
          told.clear()
          const path = join('context', one.path)
          if (one.do === 'write') await write(path, one.text)
          else if (one.do === 'remove') await rm(at(path), { recursive: true, force: true })
          else await rename(at(path), at('context', one.to)).catch(() => undefined)
          const after = await contextHash(at('context'), at('context/Dockerfile'))
          if (after !== before) await hearsAny()
          before = await probe()
          expect(before).toBe(after)
        }
      }),
      { numRuns: 25 },
    )
  })
})
