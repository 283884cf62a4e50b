import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { dataOf, encoded, sameData, typeOf } from '../../../../services/secrets/data.ts'
import { randomText } from '../../../../services/secrets/random-text.ts'
import { copyOf, writeCopy } from '../../../../services/secrets/write-copy.ts'
import { context } from '../../../support/steps.ts'

const words = fc.string({ minLength: 1, maxLength: 12 })
const key = fc.oneof(fc.stringMatching(/^[-._a-zA-Z0-9]{1,12}$/), fc.constantFrom('__proto__', 'constructor', '1'))
const data = fc.uniqueArray(fc.tuple(key, fc.uint8Array({ maxLength: 40 })), {
  selector: ([name]) => name,
  maxLength: 5,
})
const metadata = fc.record({
  name: words,
  namespace: words,
  uid: fc.uuid(),
  resourceVersion: fc.nat().map(String),
  creationTimestamp: fc.constant('2026-01-01T00:00:00Z'),
  labels: fc.dictionary(words, words),
  annotations: fc.dictionary(words, words),
  finalizers: fc.array(words),
  managedFields: fc.array(fc.record({ manager: words })),
  ownerReferences: fc.array(fc.record({ kind: words, name: words, uid: fc.uuid() })),
})

describe('a copy of a Secret, whatever the Secret is', () => {
  it('has its data and its type, and of its metadata nothing', () => {
    fc.assert(
      fc.property(data, words, metadata, fc.boolean(), (pairs, type, meta, immutable) => {
        const source = {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: meta,
          type,
          immutable,
          data: Object.fromEntries(pairs.map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')])),
        } as unknown as KubeObject
        const copy = copyOf('mine', 'there', 'demo', { data: dataOf(source), type: typeOf(source), random: {} })
        expect(copy['data']).toEqual(source['data'])
        expect(copy).toEqual({
          apiVersion: 'v1',
          kind: 'Secret',
          type,
          data: encoded(dataOf(source)),
          metadata: {
            name: 'mine',
            namespace: 'there',
            labels: {
              'app.kubernetes.io/managed-by': 'kindup',
              'kindup.dev/cluster': 'demo',
              'kindup.dev/step': 'secret.mine',
            },
          },
        })
        expect(sameData(dataOf(copy), dataOf(source))).toBe(true)
      }),
    )
  })

  it('is the same as another only with the same bytes under the same keys', () => {
    fc.assert(
      fc.property(data, data, (a, b) => {
        const [one, two] = [a, b].map((pairs) => new Map(pairs.map(([name, bytes]) => [name, Buffer.from(bytes)])))
        const shown = (map: typeof one) => JSON.stringify(encoded(map!))
        expect(sameData(one!, two!)).toBe(shown(one) === shown(two))
      }),
    )
  })
})

describe('a copy that is written', () => {
  const wanted = copyOf('db', 'dev', 'demo', {
    data: new Map([['A', Buffer.from('ours')]]),
    type: 'Opaque',
    random: {},
  })
  const theirs: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'dev' },
    type: 'Opaque',
    data: { A: 'dGhlaXJz' },
  }
  /** An API in which that Secret comes up between the look and the write. */
  const raced = (meanwhile: KubeObject) => {
    let there: KubeObject | undefined
    const written: string[] = []
    const kube = {
      get: async () => there,
      create: async () => {
        there = meanwhile
        throw new EnvironmentError('api-conflict', 'secrets "db" already exists')
      },
      replace: async (object: KubeObject) => void written.push(JSON.stringify(object['data'])),
    } as unknown as Kube
    return { kube, written }
  }

  it('overwrites nothing that somebody made between the look and the write', async () => {
    const { kube, written } = raced(theirs)
    await expect(writeCopy(kube, wanted, context())).rejects.toMatchObject({
      code: 'not-ours',
      message: 'There is a Secret dev/db that secret/db did not make: it stays as it is.',
    })
    expect(written).toEqual([])
  })

  it('is brought up to date where it was another run that made it', async () => {
    const { kube, written } = raced({ ...wanted, data: { A: 'b2xk' } })
    await writeCopy(kube, wanted, context())
    expect(written).toEqual([JSON.stringify(wanted['data'])])
  })
})

describe('a generated text', () => {
  it('has the length that is asked for, of letters and digits that no URL escapes, all of them, and never comes again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (length) => {
        const text = randomText(length)
        expect(text).toMatch(new RegExp(`^[A-Za-z0-9]{${length}}$`))
        expect(encodeURIComponent(text)).toBe(text)
      }),
    )
    expect(new Set(randomText(20_000)).size).toBe(62)
    expect(new Set(Array.from({ length: 100 }, () => randomText(16))).size).toBe(100)
  })
})
