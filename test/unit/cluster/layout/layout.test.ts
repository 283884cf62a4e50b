import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { packedImages, packImage, unpackedImage } from '../../../../cluster/layout/pack-image.ts'
import { readLayout } from '../../../../cluster/layout/read-layout.ts'
import { writeLayout } from '../../../../cluster/layout/write-layout.ts'
import { ConfigError } from '../../../../core/errors.ts'
import { tarEnd, tarHeader, tarPadding } from '../../../../cluster/load/tar.ts'

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-layout-'))
  file = join(folder, 'file')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const artifactType = 'application/vnd.kindup.test.v1'
const wanted = { artifactType, called: 'a test of kindup', saved: 'kindup test save', name: () => 'a part' }
const partial = (): string => `${file}.partial`
async function* of(...pieces: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece)
}

const write = async (contents: readonly (string | Buffer)[], resume = false): Promise<void> => {
  const writer = await writeLayout(file, { partial: partial(), resume })
  try {
    const parts = []
    for (const content of contents) parts.push(await writer.add(of(content), 'text/plain'))
    await writer.finish(artifactType, { said: 'yes' }, parts)
  } finally {
    await writer.close()
  }
}

const contentsOf = async (): Promise<readonly string[]> => {
  const layout = await readLayout(file, wanted)
  try {
    await layout.verify()
    return await Promise.all(layout.parts.map(async (part) => (await buffer(layout.read(part))).toString()))
  } finally {
    await layout.close()
  }
}

describe('a file of parts', () => {
  it('gives back what was put in, is its owner’s alone, and is the same each time', async () => {
    await write(['one', '', 'x'.repeat(100_000)])
    expect(await contentsOf()).toEqual(['one', '', 'x'.repeat(100_000)])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['file'])
    const bytes = await readFile(file)
    await write(['one', '', 'x'.repeat(100_000)])
    expect((await readFile(file)).equals(bytes)).toBe(true)
  })

  it('is refused wherever it was cut', async () => {
    await write(['one', randomBytes(2000)])
    const { size } = await stat(file)
    for (let length = size - 1025; length > 512; length -= 512) {
      await truncate(file, length)
      await expect(contentsOf()).rejects.toMatchObject({ code: 'file-damaged' })
    }
    await truncate(file, 100)
    await expect(contentsOf()).rejects.toThrow(`${file} is not a test of kindup.`)
  })

  it('is refused wherever a byte of what it holds is another one', async () => {
    await write(['one', randomBytes(700)])
    const bytes = await readFile(file)
    const before = await contentsOf()
    for (let at = 0; at < bytes.length; at += 307) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 0x21
      await writeFile(file, changed)
      // Padding and checksums of headers are nothing that is read.
      const after = await contentsOf().catch((error: unknown) => (error instanceof ConfigError ? before : [at]))
      expect(after).toEqual(before)
    }
  })

  it('says of a large part that it is damaged, although it cannot be unpacked up to its digest', async () => {
    await write([randomBytes(400_000).toString('hex')])
    const bytes = await readFile(file)
    bytes.fill(0, 100_000, 101_000)
    await writeFile(file, bytes)
    const layout = await readLayout(file, wanted)
    const [part] = layout.parts
    await expect(part && buffer(layout.read(part))).rejects.toMatchObject({ code: 'file-damaged' })
    await layout.close()
  })

  it('is not one of another kind, and says when it is not there', async () => {
    await write(['one'])
    await expect(readLayout(file, { ...wanted, artifactType: 'other' })).rejects.toThrow('is not a test of kindup')
    await expect(readLayout(join(folder, 'none'), wanted)).rejects.toMatchObject({
      code: 'file-absent',
      exitCode: 2,
    })
    await expect(readLayout(folder, wanted)).rejects.toMatchObject({
      code: 'file-absent',
      exitCode: 2,
      message: `${folder} is a folder, and a file is expected.`,
    })
    await expect(
      writeLayout(join(folder, 'none', 'file'), { partial: join(folder, 'none', 'file.tmp') }),
    ).rejects.toThrow('its folder is not there')
  })

  it('that somebody else made is refused in a sentence, and never read without an end', async () => {
    const entry = (name: string, text: string): Buffer =>
      Buffer.concat([tarHeader(name, text.length), Buffer.from(text), tarPadding(text.length)])
    const manifest = '{"config":{}}'
    const digest = createHash('sha256').update(manifest).digest('hex')
    const index = JSON.stringify({ manifests: [{ artifactType, digest: `sha256:${digest}` }] })
    await writeFile(
      file,
      Buffer.concat([entry(`blobs/sha256/${digest}`, manifest), entry('index.json', index), tarEnd]),
    )
    await expect(readLayout(file, wanted)).rejects.toThrow(`${file} is damaged: it does not say what it holds.`)
    const backwards = tarHeader('index.json', 0)
    backwards.write('-0000001000', 124, 'latin1')
    await writeFile(file, Buffer.concat([backwards, tarEnd]))
    await expect(readLayout(file, wanted)).rejects.toMatchObject({ code: 'file-damaged' })
  })

  it('leaves what was there where it is broken off, and nothing beside it', async () => {
    await write(['before'])
    const writer = await writeLayout(file, { partial: partial() })
    await writer.add(of('half'), 'text/plain')
    await writer.close()
    expect(await contentsOf()).toEqual(['before'])
    expect(await readdir(folder)).toEqual(['file'])
  })

  it('goes on from the parts that an earlier run finished', async () => {
    const first = await writeLayout(file, { partial: partial(), resume: true })
    const done = await first.add(of('whole'), 'text/plain')
    await first.add(of(randomBytes(3000)), 'text/plain')
    await first.close()
    await truncate(partial(), (await stat(partial())).size - 700)
    const next = await writeLayout(file, { partial: partial(), resume: true })
    const content = done.annotations?.['dev.kindup.content'] ?? ''
    expect(next.held(content)).toMatchObject({ digest: done.digest, size: done.size })
    await next.finish(artifactType, {}, [done, await next.add(of('more'), 'text/plain')])
    await next.close()
    expect(await contentsOf()).toEqual(['whole', 'more'])
  })
})

it('holds what images have in common once, and gives back their archives', async () => {
  const entry = (name: string, text: string): Buffer =>
    Buffer.concat([tarHeader(name, text.length), Buffer.from(text), tarPadding(text.length)])
  const archive = (own: string): Buffer =>
    Buffer.concat([entry('layer', 'shared'.repeat(1000)), entry('manifest.json', own), tarEnd])
  const writer = await writeLayout(file, { partial: partial() })
  // Cut between two files it is an archive, of no image.
  await expect(packImage(writer, of(entry('layer', 'shared').toString('latin1')), 'c')).rejects.toMatchObject({
    code: 'program-output',
    message: expect.stringContaining('What the engine saves of c is no whole archive') as unknown,
  })
  const [a, b] = [await packImage(writer, of(archive('a')), 'a'), await packImage(writer, of(archive('b')), 'b')]
  const images = [
    { ref: 'a', id: '1', files: a.files },
    { ref: 'b', id: '2', files: b.files },
  ]
  const parts = new Map([...a.parts, ...b.parts].map((part) => [part.digest, part]))
  await writer.finish(artifactType, { images }, [...parts.values()])
  await writer.close()
  expect(parts.size).toBe(3)
  const layout = await readLayout(file, wanted)
  const [first, second] = packedImages(layout.config)
  expect(first && (await buffer(unpackedImage(layout, first))).equals(archive('a'))).toBe(true)
  expect(second && (await buffer(unpackedImage(layout, second))).equals(archive('b'))).toBe(true)
  await layout.close()
})
