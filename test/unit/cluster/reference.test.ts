import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partsOf, qualified, sameRepository, sameTag } from '../../../cluster/reference.ts'

describe('qualified', () => {
  it.each([
    ['web', 'docker.io/library/web:latest'],
    ['web:1.2', 'docker.io/library/web:1.2'],
    ['acme/web', 'docker.io/acme/web:latest'],
    ['index.docker.io/web', 'docker.io/library/web:latest'],
    ['docker.io/library/web:1', 'docker.io/library/web:1'],
    ['localhost/web', 'localhost/web:latest'],
    ['localhost:5001/web', 'localhost:5001/web:latest'],
    ['reg.example/team/web:dev', 'reg.example/team/web:dev'],
    ['reg.example/web:dev@sha256:abc', 'reg.example/web@sha256:abc'],
  ])('names %s in full', (ref, full) => {
    expect(qualified(ref)).toBe(full)
  })

  it('leaves a full name as it is', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
    const ref = fc
      .tuple(
        fc.option(fc.constantFrom('reg.example', 'localhost:5000', 'docker.io')),
        fc.array(word, { minLength: 1, maxLength: 3 }),
        fc.option(word),
      )
      .map(([host, path, tag]) => [...(host ? [host] : []), ...path].join('/') + (tag ? `:${tag}` : ''))
    fc.assert(
      fc.property(ref, (text) => {
        expect(qualified(qualified(text))).toBe(qualified(text))
      }),
    )
  })
})

it('takes no port for a tag', () => {
  expect(partsOf('localhost:5001/web')).toEqual({ repository: 'localhost:5001/web', tag: undefined, digest: undefined })
  expect(partsOf('localhost:5001/web:1@sha256:ab')).toEqual({
    repository: 'localhost:5001/web',
    tag: '1',
    digest: 'sha256:ab',
  })
})

it.each([
  ['python', 'docker.io/library/python', true],
  ['index.docker.io/team/web', 'team/web', true],
  ['localhost/web', 'web', false],
  ['a.test/web', 'b.test/web', false],
])('%s and %s are the same repository: %s', (a, b, same) => {
  expect(sameRepository(a, b)).toBe(same)
})

it.each([
  ['web', 'docker.io/library/web:latest', true],
  ['web:1', 'web:1@sha256:ab', true],
  ['web:1', 'web:2', false],
])('%s and %s have the same tag: %s', (a, b, same) => {
  expect(sameTag(a, b)).toBe(same)
})
