import { expect, it } from 'vitest'
import { portsOf, unknownPorts } from '../../../../../scripts/init/compose/ports.ts'

const shown = (port: string): readonly string[] =>
  portsOf({ ports: [port] }).map(({ target, protocol, published }) => `${published ?? ''}:${target}/${protocol}`)

it.each([
  ['80', ':80/TCP'],
  ['8080:80', '8080:80/TCP'],
  ['127.0.0.1:8080:80/udp', '8080:80/UDP'],
  ['[::1]:8080:80', '8080:80/TCP'],
  ['127.0.0.1::80', ':80/TCP'],
  ['${IP}:8080:80', '8080:80/TCP'],
])('reads %s', (port, expected) => {
  expect(shown(port)).toEqual([expected])
})

it('leads the same port of this machine to a container where nothing sets its variable', () => {
  expect(shown('${HTTP_PORT}:8000')).toEqual(['8000:8000/TCP'])
  expect(shown('127.0.0.1:${HTTP_PORT}:80-81')).toEqual(['80:80/TCP', '81:81/TCP'])
})

it('tells of what ports nothing is known', () => {
  expect(unknownPorts({ ports: ['80', '${A}:${B}', { target: '${C}' }, { target: 80 }] })).toEqual([
    '${A}:${B}',
    '{"target":"${C}"}',
  ])
  expect(unknownPorts({})).toEqual([])
})
