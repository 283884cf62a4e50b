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

it('breaks what is said about a command between words, as comments that can be pasted with it', () => {
  const command = 'kubectl --namespace kube-system get pods --selector app=kindnet'
  const comment =
    'with `disableDefaultCNI` one of your own has to be installed, and it has to run on every node of the cluster'
  const lines = wrapped(`  → ${command}   # ${comment}`, 80).split('\n')
  expect(lines.every((line) => line.length <= 80)).toBe(true)
  expect(lines[0]).toBe(`  → ${command}`)
  expect(lines.slice(1).every((line) => line.startsWith('    # '))).toBe(true)
  expect(
    lines
      .slice(1)
      .map((line) => line.slice(6))
      .join(' '),
  ).toBe(comment)
  expect(wrapped('  → kindup up   # again', 80)).toBe('  → kindup up   # again')
  const hash = `  → curl http://shop.test/${'#a'.repeat(40)}`
  expect(wrapped(hash, 80)).toBe(hash)
})

it('changes nothing where nobody tells the width', () => {
  expect(wrapped(sentence, Infinity)).toBe(sentence)
})
