import { expect, test } from 'vitest'
import { isFromHere } from '../../../../app/ui/is-from-here.ts'

test.each([
  ['127.0.0.1:8080', 8080, true],
  ['localhost:8080', 8080, true],
  // Browsers leave out the port that is HTTP's own.
  ['127.0.0.1', 80, true],
  ['localhost', 80, true],
  ['127.0.0.1', 8080, false],
  ['localhost:80', 8080, false],
  ['evil.example', 80, false],
  ['evil.example:8080', 8080, false],
])('a browser that asks %s for port %i is of this machine: %s', (host, port, wanted) => {
  expect(isFromHere({ host }, port)).toBe(wanted)
  expect(isFromHere({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }, port)).toBe(wanted)
  expect(isFromHere({ host, origin: 'http://evil.example' }, port)).toBe(false)
  expect(isFromHere({ host, 'sec-fetch-site': 'cross-site' }, port)).toBe(false)
})
