import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { App } from '../../../../app/app.ts'
import { bundleFrom, bundleType, type Bundle } from '../../../../app/bundle/bundle-file.ts'
import { useBundle } from '../../../../app/bundle/use-bundle.ts'
import type { Engine } from '../../../../cluster/engine/engine.ts'
import { ConfigError } from '../../../../core/errors.ts'
import { contentKey } from '../../../../cluster/layout/descriptor.ts'
import { writeLayout } from '../../../../cluster/layout/write-layout.ts'
import { findTool } from '../../../../cluster/tools/make-tools.ts'
import { pinned } from '../../../../cluster/tools/versions.ts'

let folder = ''
let file = ''
let cache = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-bundle-'))
  file = join(folder, 'shop.kindup')
  cache = join(folder, 'cache')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const machine = `${process.platform}-${process.arch}`
async function* of(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}

/** A bundle of helm and of one chart. */
const save = async (given: Partial<Bundle> = {}, path = 'charts/a/web-1.0.0.tgz', version = '4.2.4'): Promise<void> => {
  const writer = await writeLayout(file, { partial: `${file}.partial`, resume: true })
  const [helm, chart] = [await writer.add(of('program'), 'x'), await writer.add(of('chart'), 'x')]
  const bundle: Bundle = {
    format: 1,
    machine,
    architecture: 'amd64',
    tools: [{ name: 'helm', version, content: helm.annotations?.[contentKey] ?? '' }],
    files: [{ path, content: chart.annotations?.[contentKey] ?? '' }],
    images: [],
    ...given,
  }
  await writer.finish(bundleType, bundle, [helm, chart])
  await writer.close()
}

const use = (want = '4.2.4', warn: (line: string) => void = () => undefined): Promise<void> =>
  useBundle(file, {
    app: {
      env: { KINDUP_CACHE: cache, PATH: '' },
      signal: new AbortController().signal,
      log: () => undefined,
    } as unknown as App,
    want: { kind: 'download', kubectl: 'download', helm: want },
    engine: { name: 'docker', command: 'docker', info: async () => ({ architecture: 'amd64' }) } as unknown as Engine,
    report: () => undefined,
    warn,
  })

describe('a bundle', () => {
  it('brings programs and charts to where they are looked for, and writes none of them twice', async () => {
    await save()
    await use()
    const helm = join(cache, 'tools', 'helm', '4.2.4', 'helm')
    expect(await readFile(helm, 'utf8')).toBe('program')
    expect((await stat(helm)).mode & 0o111).not.toBe(0)
    const chart = join(cache, 'charts', 'a', 'web-1.0.0.tgz')
    expect(await readFile(chart, 'utf8')).toBe('chart')
    await writeFile(chart, 'of mine')
    await use()
    expect(await readFile(chart, 'utf8')).toBe('of mine')
    expect(await readdir(join(cache, 'charts', 'a'))).toEqual(['web-1.0.0.tgz'])
  })

  it('takes a program for no other version than its own', async () => {
    await save()
    const warnings: string[] = []
    await use('3.21.4', (line) => warnings.push(line))
    expect(warnings).toEqual([`${file} holds helm 4.2.4, and the file names 3.21.4: it is not used.`])
    expect(existsSync(join(cache, 'tools'))).toBe(false)
  })

  it('keeps a program beside the one that would be downloaded where it is of another version', async () => {
    await save({}, undefined, '3.99.0')
    await use('download')
    const found = async (helm: string) =>
      findTool('helm', {
        want: { kind: 'download', kubectl: 'download', helm },
        run: () => Promise.reject(new Error('nothing is run')),
        env: { KINDUP_CACHE: cache, PATH: '' },
      })
    expect(await found('download')).toMatchObject({ tool: { version: '3.99.0', from: 'cache' } })
    expect(await found(pinned.helm)).toMatchObject({ download: pinned.helm })
  })

  // The first header is 512 bytes: the beginning of what is packed, and the text in it.
  it.each([512, 524])('is refused with the part of it that is damaged, which is nowhere then: byte %i', async (at) => {
    await save()
    const bytes = await readFile(file)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await writeFile(file, bytes)
    await expect(use()).rejects.toMatchObject({
      code: 'file-damaged',
      message: `${file} is damaged: helm 4.2.4 has another digest than it says.`,
    })
    expect(await readdir(join(cache, 'tools', 'helm', '4.2.4'))).toEqual([])
  })

  it.each([
    [{ machine: 'plan9-mips' }, `its programs are for plan9-mips, and this machine is ${machine}`],
    [{ architecture: 'arm64' }, 'its images are for arm64, and this engine runs amd64'],
    [{ format: 2 as 1 }, 'was saved by a later kindup'],
  ])('is refused where it is of no use: %#', async (given, why) => {
    await save(given)
    await expect(use()).rejects.toThrow(why)
  })

  it('writes nowhere but into the cache', async () => {
    await save({}, '../../outside')
    await expect(use()).rejects.toMatchObject({ code: 'file-unfit' })
    expect(await readdir(folder)).toEqual(['cache', 'shop.kindup'])
  })

  it('is used or refused in a sentence, whichever of its bytes is another one', async () => {
    await save()
    const bytes = await readFile(file)
    const step = Math.floor(bytes.length / 150)
    const refusals: unknown[] = []
    for (let at = 0; at < bytes.length; at += step) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
      await writeFile(file, changed)
      cache = join(folder, `cache-${at}`)
      // Padding and checksums of headers are nothing that is read.
      await use().catch((error: unknown) => refusals.push(error))
    }
    expect(refusals.length).toBeGreaterThan(30)
    expect(refusals.filter((one) => !(one instanceof ConfigError && /^file-(damaged|unfit)$/.test(one.code)))).toEqual(
      [],
    )
  })

  it('of another shape is none', async () => {
    const digest = `sha256:${'0'.repeat(64)}`
    const whole = { format: 1, machine, architecture: 'amd64', tools: [], files: [], images: [] }
    expect(bundleFrom(whole)).toEqual(whole)
    const other = ['machine', 'architecture', 'tools', 'files', 'images'].flatMap((key) =>
      [null, 7, {}, [null], [{}], [[]], [7]].map((value) => ({ [key]: value })),
    )
    const image = { ref: 'a', id: '', files: [{ name: 'a', size: 0, content: digest }] }
    const wrong = [
      ...other,
      { tools: [{ name: '../x', version: '1', content: digest }] },
      { files: [{ path: 'charts/a\0b', content: digest }] },
      { images: [{ ...image, ref: '--all' }] },
      { images: [{ ...image, files: [{ name: 'a', size: -1, content: digest }] }] },
    ]
    expect(wrong.filter((given) => bundleFrom({ ...whole, ...given }) !== undefined)).toEqual([])
  })

  it('that names what it does not hold is damaged, and so is one that is not what it says', async () => {
    await save({ files: [{ path: 'charts/a', content: 'sha256:0' }] })
    await expect(use()).rejects.toMatchObject({ code: 'file-damaged', exitCode: 2 })
    await save({ machine: 7 as unknown as string })
    await expect(use()).rejects.toMatchObject({ code: 'file-damaged', exitCode: 2 })
  })
})
