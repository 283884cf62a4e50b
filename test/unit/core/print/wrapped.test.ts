import { expect, it } from 'vitest'
import { wrapped } from '../../../../core/print/wrapped.ts'

const sentence =
  '  ! service/web@dev: the image example/web:1 is neither under `images:` nor held by a node, and nothing brings it.'

it.each([40, 80])('breaks lines of %i columns between words only, and goes on further in', (columns) => {
  const lines = wrapped(sentence, columns).split('\n')
  expect(lines.length).toBeGreaterThan(1)
  expect(lines.every((line) => line.length <= columns)).toBe(true)
  expect(lines.map((line) => line.trim()).join(' ')).toBe(sentence.trim())
  expect(lines.slice(1).every((line) => line.startsWith('    '))).toBe(true)
})

it('leaves whole what is pasted, and words that are longer than a line', () => {
  const command = `  → docker volume inspect ${'kindup-shop '.repeat(10)}`
  expect(wrapped(command, 40)).toBe(command)
  const url = `http://${'a'.repeat(60)}.test`
  expect(
    wrapped(`Look at ${url}`, 40)
      .split('\n')
      .map((line) => line.trim()),
  ).toEqual(['Look at', url])
})

it('changes nothing where nobody tells the width', () => {
  expect(wrapped(sentence, Infinity)).toBe(sentence)
})
