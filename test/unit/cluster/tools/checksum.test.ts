import { expect, test } from 'vitest'
import { sumIn } from '../../../../cluster/tools/checksum.ts'

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]

test.for([
  ['a sum alone', a, a],
  ['a sum alone, with a line end', `${a}\r\n`, a],
  ['a sum in capitals', `${'A'.repeat(64)}\n`, a],
  ['shasum’s line', `${a}  kind-linux-amd64\n`, a],
  ['shasum’s line of a binary file', `${a} *kind-linux-amd64\n`, a],
  ['a line with another path', `${a}  bin/kind-linux-amd64\n`, a],
  ['one line with another name', `${a}  kind\n`, a],
  ['many lines', `${a}  kind-linux-arm64\n${b}  kind-linux-amd64\n`, b],
  ['many lines, none of this file', `${a}  kind-linux-arm64\n${b}  kind-darwin-arm64\n`, undefined],
  ['a page', `<html>${a}</html>`, undefined],
  ['a longer number', `${a}f\n`, undefined],
  ['nothing', '', undefined],
] as const)('%s', ([, text, sum]) => {
  expect(sumIn(text, 'kind-linux-amd64')).toBe(sum)
})
