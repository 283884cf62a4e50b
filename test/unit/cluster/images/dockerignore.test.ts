import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dockerignore } from '../../../../cluster/images/dockerignore.ts'

const spared = (patterns: readonly string[], file: string): readonly string[] => {
  const ignored = dockerignore(patterns.join('\n'))
  const folders = file.split('/').map((_, index, parts) => parts.slice(0, index).join('/'))
  return ignored.matches(file) ? [] : folders.filter((folder) => folder !== '' && ignored.wholly(folder))
}

const holds = (path: string): boolean => {
  const { matches } = dockerignore(path)
  return matches(path) && matches(`${path}/below`) && !matches(`${path}x`)
}

describe('a .dockerignore', () => {
  it.each([
    // text, path, ignored
    ['node_modules', 'node_modules/x/index.js', true],
    ['node_modules', 'web/node_modules/x.js', false],
    ['**/node_modules', 'web/node_modules/x.js', true],
    ['**/node_modules', 'node_modules/x.js', true],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['**/*.md', 'docs/deep/README.md', true],
    ['**/*.md', 'README.md', true],
    ['docs/**', 'docs/a/b.txt', true],
    ['/build/', 'build/out.js', true],
    ['./build', 'build/out.js', true],
    ['temp?', 'temp1', true],
    ['temp?', 'temp12', false],
    ['*/temp*', 'some/temporary.txt', true],
    ['[ab].txt', 'a.txt', true],
    ['[^ab].txt', 'c.txt', true],
    ['[^ab].txt', 'a.txt', false],
    ['a.b', 'axb', false],
    ['a+(b)', 'a+(b)', true],
    ['\\*.txt', '*.txt', true],
    ['\\*.txt', 'x.txt', false],
    ['# a comment\nsecret', 'secret', true],
    ['# a comment', '# a comment', false],
    ['\uFEFFsecret', 'secret', true],
    ['secret  \r\nother\r\n', 'secret', true],
    ['*\n!main.py', 'main.py', false],
    ['*\n!main.py', 'test_main.py', true],
    ['*\n!src', 'src/a/b.ts', false],
    ['*.md\n!README*.md\nREADME-secret.md', 'README-secret.md', true],
    ['*.md\nREADME-secret.md\n!README*.md', 'README-secret.md', false],
    ['.', 'anything', false],
    ['[z-a]', 'z', false],
    ['', 'anything', false],
  ])('%j says of %j: %j', (text, path, ignored) => {
    expect(dockerignore(text).matches(path)).toBe(ignored)
  })

  it('spares reading a folder that nothing below is let in of', () => {
    expect(dockerignore('node_modules\n!main.py').wholly('node_modules')).toBe(true)
    expect(dockerignore('node_modules').wholly('src')).toBe(false)
    expect(dockerignore('*\n!src/keep.txt').wholly('src')).toBe(false)
    expect(dockerignore('*\n!**/keep.txt').wholly('src')).toBe(false)
  })

  it('never spares a folder with a file in it that it lets in', () => {
    const name = fc.stringMatching(/^[ab]{1,2}$/)
    const path = fc.array(name, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('/'))
    const pattern = fc
      .tuple(
        fc.boolean(),
        fc.array(fc.oneof(name, fc.constantFrom('*', '**', 'a*', '?')), { minLength: 1, maxLength: 3 }),
      )
      .map(([lets, parts]) => `${lets ? '!' : ''}${parts.join('/')}`)
    expect(() =>
      fc.assert(
        fc.property(fc.array(pattern, { maxLength: 5 }), path, (patterns, file) => spared(patterns, file).length === 0),
      ),
    ).not.toThrow()
  })

  it('ignores a path that is written out, whatever stands in it', () => {
    const part = fc
      .stringMatching(/^[\w .+()$^|{}@-]{1,8}$/)
      .filter((text) => text.trim() === text && !/^[.#!]/.test(text))
    expect(() =>
      fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), (parts) => holds(parts.join('/')))),
    ).not.toThrow()
  })
})
