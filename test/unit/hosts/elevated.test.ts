import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readRequest } from '../../../hosts/elevated.ts'

const program = fileURLToPath(new URL('../../../hosts/elevated.ts', import.meta.url))

test('a request is a name and host names', () => {
  expect(readRequest('{"name":"offerfit","hosts":["a.local"]}')).toEqual({ name: 'offerfit', hosts: ['a.local'] })
  expect(readRequest('{"name":"offerfit","hosts":[]}')).toEqual({ name: 'offerfit', hosts: [] })
})

test('an address is one, and nothing else', () => {
  expect(readRequest('{"name":"x","hosts":["a.local"],"address":"10.0.0.7"}')).toMatchObject({ address: '10.0.0.7' })
  for (const address of ['build.test', '1.1.1.1 b.test', '1.1.1.1\\n2.2.2.2 b.test', ''])
    expect(() => readRequest(`{"name":"x","hosts":["a.local"],"address":"${address}"}`)).toThrow('no IP address')
})

test.for([
  'x',
  'null',
  '[]',
  '{"name":"offerfit"}',
  '{"hosts":["a.local"]}',
  '{"name":"a b","hosts":[]}',
  '{"name":"a\\n1.1.1.1 bank.test #","hosts":[]}',
  '{"name":"x","hosts":["a.local\\n1.1.1.1 bank.test"]}',
  '{"name":"x","hosts":["a.local b.local"]}',
  '{"name":"x","hosts":["localhost"]}',
  '{"name":"x","hosts":[1]}',
  '{"name":"x","hosts":"a.local"}',
  '{"name":"x","hosts":[],"file":"/etc/passwd"}',
])('the request %s is refused', (text) => expect(() => readRequest(text)).toThrow(Error))

// Only refusals are run as a program: it has no way to be pointed at another file.
test.for([
  { args: ['/tmp/hosts'], input: '{"name":"x","hosts":["a.local"]}', says: 'takes no arguments' },
  { args: [], input: '{"name":"x","hosts":["*"]}', says: '"*" is no host name' },
])('the program exits 1 and says why: $says', ({ args, input, says }) => {
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { input, encoding: 'utf8' })
  expect(status).toBe(1)
  expect(stderr).toMatch(/^hosts: /)
  expect(stderr).toContain(says)
})
