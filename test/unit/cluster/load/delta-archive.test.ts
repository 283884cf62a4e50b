import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deltaArchive } from '../../../../cluster/load/delta-archive.ts'
import { tarEnd, tarHeader, tarPadding } from '../../../../cluster/load/tar.ts'
import { readTar } from '../../../../core/untar.ts'

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
/** In pieces of odd sizes, as a pipe brings them. */
async function* pieces(bytes: Buffer, size = 1000): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const gathered = async (source: AsyncIterable<Buffer>): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of source) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}
const filesIn = async (archive: Buffer): Promise<Map<string, Buffer>> => {
  const files = new Map<string, Buffer>()
  for await (const { name, kind, body } of readTar(pieces(archive)))
    if (kind === 'file') files.set(name, await gathered(body()))
  return files
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** An archive as the system's own tar writes it. */
const archiveOf = async (files: Readonly<Record<string, Buffer | string>>, format = 'ustar'): Promise<Buffer> => {
  const root = join(folder, 'in')
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    if (typeof content === 'string' && content.startsWith('→ ')) await symlink(content.slice(2), join(root, name))
    else await writeFile(join(root, name), content)
  }
  return execFileSync('tar', ['--format', format, '-C', root, '-cf', '-', ...Object.keys(files)], {
    maxBuffer: 2 ** 26,
  })
}
/** Whether the system's own tar reads it, and what it holds. */
const readByTar = async (archive: Buffer): Promise<string[]> => {
  await writeFile(join(folder, 'out.tar'), archive)
  return execFileSync('tar', ['-tf', join(folder, 'out.tar')], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .toSorted()
}

const base = Buffer.alloc(400_000, 'base')
const top = Buffer.alloc(1_536, 'top')
const config = JSON.stringify({ rootfs: { diff_ids: [digestOf(base), digestOf(top)] } })

describe('an archive of Docker’s older form', () => {
  const older = () =>
    archiveOf({
      'aa/layer.tar': base,
      'aa/VERSION': '1.0',
      'bb/layer.tar': top,
      'cc/layer.tar': '→ ../bb/layer.tar',
      'cfg.json': config,
      'manifest.json': JSON.stringify([
        { Config: 'cfg.json', RepoTags: ['web:1'], Layers: ['aa/layer.tar', 'bb/layer.tar', 'cc/layer.tar'] },
      ]),
      repositories: '{}',
    })

  it('becomes a layout without the layers that are there', async () => {
    const lean = await gathered(deltaArchive(pieces(await older()), new Set([digestOf(base)]), folder))
    const files = await filesIn(lean)
    const index = JSON.parse(String(files.get('index.json'))) as {
      manifests: { digest: string; annotations: Record<string, string> }[]
    }
    expect(index.manifests.map(({ annotations }) => annotations)).toEqual([
      { 'io.containerd.image.name': 'docker.io/library/web:1' },
    ])
    const blob = (digest: string) => files.get(`blobs/${digest.replace(':', '/')}`)
    const manifest = JSON.parse(String(blob(index.manifests[0]?.digest ?? ''))) as {
      config: { digest: string }
      layers: { digest: string; size: number }[]
    }
    expect(manifest.layers).toMatchObject([
      { digest: digestOf(base), size: base.length },
      { digest: digestOf(top), size: top.length },
      { digest: digestOf(top), size: top.length },
    ])
    expect(blob(digestOf(base))).toBeUndefined()
    expect(blob(digestOf(top))).toEqual(top)
    expect(String(blob(manifest.config.digest))).toBe(config)
    expect(await readByTar(lean)).toEqual([...files.keys()].toSorted())
    expect(lean.length).toBeLessThan(10_000)
  })

  it('is sent with every layer that is not there', async () => {
    const files = await filesIn(await gathered(deltaArchive(pieces(await older()), new Set(['sha256:other']), folder)))
    expect(files.get(`blobs/${digestOf(base).replace(':', '/')}`)).toEqual(base)
  })

  it('that is cut off in the middle is an error, and leaves nothing behind', async () => {
    const half = (await older()).subarray(0, 100_000)
    await expect(gathered(deltaArchive(pieces(half), new Set(['x']), folder))).rejects.toThrow('Unexpected end of data')
  })
})

it('an OCI layout loses the blobs that are there, and nothing else', async () => {
  const small = Buffer.from('{}')
  const name = (bytes: Buffer) => `blobs/${digestOf(bytes).replace(':', '/')}`
  const before = {
    [name(base)]: base,
    [name(top)]: top,
    [name(small)]: small,
    'index.json': '{"manifests":[]}',
    'manifest.json': '[]',
    'oci-layout': '{"imageLayoutVersion":"1.0.0"}',
  }
  const files = await filesIn(
    await gathered(deltaArchive(pieces(await archiveOf(before)), new Set([digestOf(base), digestOf(small)]), folder)),
  )
  expect([...files.keys()].toSorted()).toEqual(
    Object.keys(before)
      // Of the older list nobody takes notice in a layout: it would name blobs that are not there.
      .filter((one) => one !== name(base) && one !== 'manifest.json')
      .toSorted(),
  )
})

it('what is no archive passes as it is', async () => {
  for (const text of ['', 'no archive', 'x'.repeat(5_000)])
    expect(String(await gathered(deltaArchive(pieces(Buffer.from(text)), new Set(['x']), folder)))).toBe(text)
})

const withType = (header: Buffer, type: string): Buffer => {
  header.write(type, 156)
  header.write('        ', 148)
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
  return header
}

describe('archives', () => {
  it.each(['ustar', 'pax', 'gnu'])('in the format %s are read with long names', async (format) => {
    const long = `${'deep/'.repeat(format === 'ustar' ? 12 : 30)}${'n'.repeat(60)}`
    const files = await filesIn(await archiveOf({ [long]: 'inside', short: '' }, format))
    expect([...files].map(([name, body]) => [name, String(body)])).toEqual([
      [long, 'inside'],
      ['short', ''],
    ])
  })

  it('take the size and the name from records of POSIX, which is where sizes from 8 GiB on stand', async () => {
    const record = (text: string): string => {
      const length = Buffer.byteLength(text) + 4
      return `${length} ${text}\n`
    }
    const records = Buffer.from(`${record('path=a\nb 12 size=9')}${record('size=6')}`)
    const described = Buffer.concat([
      withType(tarHeader('PaxHeaders/x', records.length), 'x'),
      records,
      tarPadding(records.length),
      // Its own header has no room for the size.
      tarHeader('x', 0),
      Buffer.from('inside'),
      tarPadding(6),
      tarHeader('next', 4),
      Buffer.from('more'),
      tarPadding(4),
      tarEnd,
    ])
    const files = await filesIn(described)
    expect([...files].map(([name, body]) => [name, String(body)])).toEqual([
      ['a\nb 12 size=9', 'inside'],
      ['next', 'more'],
    ])
  })

  it('are read as they were written, whatever the pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.record({ name: fc.stringMatching(/^[a-z]{1,20}$/), body: fc.uint8Array({ maxLength: 3000 }) }),
          {
            selector: ({ name }) => name,
          },
        ),
        fc.integer({ min: 1, max: 2000 }),
        async (entries, size) => {
          const archive = Buffer.concat([
            ...entries.flatMap(({ name, body }) => [
              tarHeader(name, body.length),
              Buffer.from(body),
              tarPadding(body.length),
            ]),
            tarEnd,
          ])
          const read: (readonly [string, Buffer])[] = []
          for await (const { name, body } of readTar(pieces(archive, size))) read.push([name, await gathered(body())])
          expect(read).toEqual(entries.map(({ name, body }) => [name, Buffer.from(body)]))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('give way to what is larger than eight gibibytes', async () => {
    const header = tarHeader('large', 9 * 2 ** 30)
    const entries = readTar(pieces(header))
    expect((await entries.next()).value).toMatchObject({ name: 'large', size: 9 * 2 ** 30 })
  })
})
