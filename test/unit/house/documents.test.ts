import { expect, test } from 'vitest'
import { commands } from '../../../scripts/commands.ts'
import { leavesOf } from '../../../scripts/documents/commands-page.ts'
import { documents } from '../../../scripts/documents/documents.ts'
import { holdDocument } from '../../support/held-document.ts'
import { nobody } from '../../support/parsed-command.ts'

test('every command says what it answers to a program, and nothing else does', async () => {
  const all = await Promise.all(
    Object.values(commands).map(async ({ load }) => (await load())(nobody, () => undefined)),
  )
  const words = all.flatMap((command) => leavesOf(command)).map((leaf) => leaf.words)
  expect(Object.keys(documents).toSorted()).toEqual(words.toSorted())
  const silent = Object.entries(documents).filter(([, { document, json }]) => !document && json === undefined)
  expect(silent).toEqual([])
})

test.each([
  ['a field too many', ['config', '--json'], 0, { files: [], config: {}, from: {}, more: 1 }, /more/],
  ['a field too few', ['hosts', 'show', '--json'], 0, { file: '/f', name: 'x' }, /hosts/],
  ['another failure', ['up', '--json'], 1, { error: { code: 'x' } }, /message/],
  ['a code that is not explained', ['hosts', 'show', '--json'], 1, { file: '/f', name: 'x', hosts: [] }, /ends with 1/],
])('%s in what a command prints makes its test red', (_name, args, code, document, why) => {
  expect(() => holdDocument(args, { code, stdout: JSON.stringify(document) })).toThrow(why)
})

test('lines are held one by one, and what stands behind -- is no flag', () => {
  const line = { at: null, step: 's', namespace: 'n', pod: 'p', container: 'c', text: 't' }
  const stdout = (...lines: readonly object[]): string => lines.map((one) => JSON.stringify(one)).join('\n')
  const args = ['logs', '--follow', '--json']
  expect(() => holdDocument(args, { code: 0, stdout: stdout(line, line) })).not.toThrow()
  expect(() => holdDocument(args, { code: 0, stdout: stdout(line, { ...line, at: 1 }) })).toThrow(/at/)
  expect(() => holdDocument(['shell', 'web', '--', 'x', '--json'], { code: 0, stdout: '{}' })).not.toThrow()
})
