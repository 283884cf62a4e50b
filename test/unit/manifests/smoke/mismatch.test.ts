import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { difference } from '../../../../manifests/smoke/mismatch.ts'

describe('what a JSON answer must hold', () => {
  it.each([
    [{ a: 1 }, { a: 1, b: 2 }, undefined],
    [{}, { a: 1 }, undefined],
    [{ a: { b: [{ c: 1 }] } }, { a: { b: [{ c: 1, d: 2 }] } }, undefined],
    [[1, 2], [1, 2], undefined],
    [null, null, undefined],
    [{ a: 1 }, { a: '1' }, '$.a is "1" instead of 1'],
    [{ a: 1 }, {}, '$.a is missing'],
    [{ a: null }, {}, '$.a is missing'],
    [{ 'a-b': { c: true } }, { 'a-b': { c: false } }, '$["a-b"].c is false instead of true'],
    [[1], [1, 2], '$ has 2 elements instead of 1'],
    [[{ a: 1 }], [{ a: 2 }], '$[0].a is 2 instead of 1'],
    [{ a: [] }, { a: {} }, '$.a is {} instead of a list'],
    [{ a: {} }, { a: [] }, '$.a is [] instead of a map'],
    [{ toString: 1 }, {}, '$.toString is missing'],
  ])('%j in %j: %s', (wanted, found, expected) => {
    expect(difference(wanted, found, '$')).toBe(expected)
  })

  it('holds itself, and itself with more keys', () => {
    const grown = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(grown)
      if (typeof value !== 'object' || value === null) return value
      return { ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, grown(inner)])), 'one more': 1 }
    }
    const value = fc.jsonValue().map((found) => JSON.parse(JSON.stringify(found)) as unknown)
    expect(() =>
      fc.assert(
        fc.property(
          value,
          (json) => difference(json, json, '$') === undefined && difference(json, grown(json), '$') === undefined,
        ),
      ),
    ).not.toThrow()
  })
})
