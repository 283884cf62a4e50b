import process from 'node:process'
import { gunzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../cluster/kube/kube.ts'
import { isRecord } from '../../../core/is-record.ts'
import { parseJson } from '../../../core/whole-number.ts'
import { objectsFile, pack } from '../../../gitops/artifact/pack.ts'

const object = (kind: string, name: string, more: Readonly<Record<string, unknown>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...more,
})

const layerOf = (objects: readonly KubeObject[]): Buffer => {
  const layer = pack(objects).blobs.find(({ mediaType }) => mediaType.endsWith('tar+gzip'))
  if (!layer) throw new Error('there is no layer')
  return layer.bytes
}

const textIn = (layer: Buffer): string => {
  const tar = gunzipSync(layer)
  const size = Number.parseInt(tar.subarray(124, 135).toString(), 8)
  return tar.subarray(512, 512 + size).toString()
}

/** How many trees: a few in `npm test`. */
const runs = Number(process.env['KINDUP_PACK_TREES'] ?? 100)
const seed = Number(process.env['KINDUP_TEST_SEED'] ?? 1)

const objects: fc.Arbitrary<readonly KubeObject[]> = fc.array(
  fc
    .record({
      kind: fc.constantFrom('ConfigMap', 'Deployment', 'Service'),
      name: fc.string({ minLength: 1 }),
      spec: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }),
    })
    .map(({ kind, name, spec }) => object(kind, name, { spec })),
  { maxLength: 8 },
)

/** The same value with the keys of its maps the other way round. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, turned(inner)]),
  )
}

describe('packing objects for a GitOps controller', () => {
  it('gives the same digest for the same objects in any order, with their keys in any order', () => {
    fc.assert(
      fc.property(objects, (all) => {
        const again = all.toReversed().map((one) => turned(one) as KubeObject)
        expect(pack(again)).toEqual(pack(all))
      }),
      { numRuns: runs, seed },
    )
  })

  it('holds each object as it is, and another digest where one differs', () => {
    fc.assert(
      fc.property(objects, (all) => {
        const read = textIn(layerOf(all))
          .split('\n')
          .filter((line) => line !== '' && line !== '---')
          .map((line) => JSON.parse(line) as unknown)
        expect(read).toHaveLength(all.length)
        expect(read).toEqual(expect.arrayContaining(all.map((one) => JSON.parse(JSON.stringify(one)))))
        expect(pack([...all, object('ConfigMap', 'another')]).digest).not.toBe(pack(all).digest)
      }),
      { numRuns: runs, seed },
    )
  })

  it('says of no machine and no time where it was made, and stays the same from one version to the next', () => {
    const layer = layerOf([object('ConfigMap', 'a', { data: { key: 'value' } })])
    expect(layer.subarray(4, 10)).toEqual(Buffer.from([0, 0, 0, 0, 2, 255]))
    const tar = gunzipSync(layer)
    expect(tar.subarray(0, objectsFile.length).toString()).toBe(objectsFile)
    const owner = '0000000\u0000'
    expect(tar.subarray(108, 124).toString()).toBe(owner + owner)
    expect(textIn(layer)).toBe(
      '---\n{"apiVersion":"v1","data":{"key":"value"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
    )
  })

  it('keeps every digit of a long number', () => {
    const long = parseJson('9223372036854775807')
    expect(textIn(layerOf([object('Job', 'a', { spec: { long } })]))).toContain('"long":9223372036854775807')
  })

  it('names every part by what is in it', () => {
    const { manifest, blobs, digest } = pack([object('ConfigMap', 'a')])
    const read = JSON.parse(manifest.bytes.toString()) as {
      readonly layers: readonly { readonly digest: string; readonly size: number; readonly mediaType: string }[]
      readonly config: { readonly digest: string }
    }
    expect(digest).toBe(manifest.digest)
    expect([read.config.digest, ...read.layers.map((layer) => layer.digest)]).toEqual(blobs.map((blob) => blob.digest))
    expect(read.layers).toEqual([expect.objectContaining({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' })])
  })
})
