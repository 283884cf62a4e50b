import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { assert, asyncProperty, boolean, record, stringMatching, uint8Array, uniqueArray } from 'fast-check'
import { expect, test } from 'vitest'
import { takeOut } from '../../../../cluster/tools/archive.ts'

type Entry = { readonly name: string; readonly bytes: Buffer; readonly stored?: boolean }

/** A zip archive as `zip` writes it. */
const zipOf = (entries: readonly Entry[], comment = ''): Buffer => {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes, stored = false } of entries) {
    const packed = stored ? bytes : deflateRawSync(bytes)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(stored ? 0 : 8, 4)
    fields.writeUInt32LE(crc32(bytes), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(bytes.length, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    // The extra fields of the two headers need not be the same.
    fields.writeUInt16LE(4, 24)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fields, Buffer.from(name), Buffer.alloc(4), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    fields.writeUInt16LE(0, 24)
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.alloc(2), fields, tail, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(size, 8)
  end.writeUInt32LE(offset, 12)
  end.writeUInt16LE(comment.length, 16)
  return Buffer.concat([...locals, ...directory, Buffer.from('PK\u0005\u0006'), end, Buffer.from(comment)])
}

const tarOf = (entries: readonly Entry[], prefix = ''): Buffer =>
  gzipSync(
    Buffer.concat([
      ...entries.flatMap(({ name, bytes }) => {
        const header = Buffer.alloc(512)
        header.write(name, 0)
        header.write(`${bytes.length.toString(8).padStart(11, '0')} `, 124)
        header.write('0', 156)
        header.write('ustar\x0000', 257)
        header.write(prefix, 345)
        header.write('        ', 148)
        header.write(
          `${header
            .reduce((sum, byte) => sum + byte, 0)
            .toString(8)
            .padStart(6, '0')}\0 `,
          148,
        )
        return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]
      }),
      Buffer.alloc(1024),
    ]),
  )

const entries = uniqueArray(
  record({
    name: stringMatching(/^[a-z][a-z0-9./-]{0,30}[a-z]$/),
    bytes: uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
    stored: boolean(),
  }),
  { minLength: 1, maxLength: 5, selector: ({ name }) => name },
)

test('every file of a zip and of a tar comes out as it went in', async () => {
  await assert(
    asyncProperty(entries, stringMatching(/^[a-z ]{0,20}$/), async (all, comment) => {
      const [zip, tar] = [zipOf(all, comment), tarOf(all)]
      for (const { name, bytes } of all) {
        expect(await takeOut(zip, name)).toEqual(bytes)
        expect(await takeOut(tar, name)).toEqual(bytes)
      }
    }),
  )
})

test('a name may be split over two fields', async () => {
  const bytes = Buffer.from('helm')
  expect(await takeOut(tarOf([{ name: 'helm', bytes }], 'linux-amd64'), 'linux-amd64/helm')).toEqual(bytes)
})

test.for([
  ['zip', zipOf([{ name: 'other', bytes: Buffer.from('x') }])],
  ['cut zip', zipOf([{ name: 'helm', bytes: Buffer.from('x') }]).subarray(0, 20)],
  ['tar', tarOf([{ name: 'other', bytes: Buffer.from('x') }])],
] as const)('a %s without the file is said', async ([, archive]) => {
  await expect(takeOut(archive, 'helm')).rejects.toMatchObject({
    code: 'download-failed',
    message: 'The archive holds no helm.',
  })
})

test('an archive that is none is said', async () => {
  await expect(takeOut(Buffer.from('<html>'), 'helm')).rejects.toMatchObject({
    code: 'download-failed',
    message: expect.stringContaining('The archive cannot be read: '),
  })
})

test.for([
  ['zip', zipOf],
  ['tar', tarOf],
] as const)(
  'of a %s with names that lead out of a folder, the one file under its own name is taken',
  async ([, pack]) => {
    const evil = ['../helm', '/helm', '..\\\\helm', 'x/../../helm', 'C:\\\\helm'].map((name) => ({
      name,
      bytes: Buffer.from('evil'),
    }))
    await expect(takeOut(pack(evil), 'helm')).rejects.toMatchObject({ code: 'download-failed' })
    const bytes = Buffer.from('good')
    expect(await takeOut(pack([...evil, { name: 'helm', bytes }]), 'helm')).toEqual(bytes)
  },
)
