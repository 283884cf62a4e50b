import { describe, expect, it } from 'vitest'
import { secondsOf } from '../../../../../scripts/init/compose/duration.ts'
import { environmentOf } from '../../../../../scripts/init/compose/environment.ts'
import { readinessOf } from '../../../../../scripts/init/compose/health.ts'
import { leftOut } from '../../../../../scripts/init/compose/left-out.ts'
import { portsOf } from '../../../../../scripts/init/compose/ports.ts'
import { inText, piecesOf } from '../../../../../scripts/init/compose/variables.ts'
import { wordsOf } from '../../../../../scripts/init/compose/words.ts'

describe('what stands in a compose file', () => {
  it.each([
    ['$A and ${B}', [{ name: 'A', usual: undefined }, ' and ', { name: 'B', usual: undefined }]],
    ['a${B:-c}d${E-}', ['a', { name: 'B', usual: 'c' }, 'd', { name: 'E', usual: '' }]],
    ['${A:-${B:-x}}', [{ name: 'A', usual: 'x' }]],
    ['${A:?is wanted}', [{ name: 'A', usual: undefined }]],
    ['$$A costs 5$', ['$A costs 5$']],
    ['', []],
  ])('%j has these variables', (text, pieces) => {
    expect(piecesOf(text)).toEqual(pieces)
  })

  it('is filled in, empty where nothing sets it', () => {
    const values = new Map([['TAG', '1.0']])
    expect(inText('web:${TAG:-2}-${MORE:-x}${NONE}', (name) => values.get(name))).toBe('web:1.0-x')
  })

  it.each([
    [`sh -c "echo 'a b' && exit"`, ['sh', '-c', `echo 'a b' && exit`]],
    [`a\\ b 'c"d' e"f g"h  ''`, ['a b', 'c"d', 'ef gh', '']],
    [`say "a \\"b\\" \\n"`, ['say', 'a "b" \\n']],
    [`it's`, [`it's`]],
    ['  ', []],
  ])('the command %s has these words', (line, words) => {
    expect(wordsOf(line)).toEqual(words)
  })

  it.each([
    ['1m30s', 90],
    ['500ms', 1],
    ['2h', 7200],
    ['1.5s', 2],
    ['soon', undefined],
    [10, undefined],
  ])('the time %s is %s s', (written, seconds) => {
    expect(secondsOf(written)).toBe(seconds)
  })

  it.each([
    ['8080:80', [{ target: 80, protocol: 'TCP', published: 8080 }]],
    [3000, [{ target: 3000, protocol: 'TCP' }]],
    ['127.0.0.1:5000:5001/udp', [{ target: 5001, protocol: 'UDP', published: 5000 }]],
    ['[::1]:6000:6001', [{ target: 6001, protocol: 'TCP', published: 6000 }]],
    [
      '9000-9001:80-81',
      [
        { target: 80, protocol: 'TCP', published: 9000 },
        { target: 81, protocol: 'TCP', published: 9001 },
      ],
    ],
    [{ target: 80, published: '8080' }, [{ target: 80, protocol: 'TCP', published: 8080 }]],
    ['127.0.0.1::80', [{ target: 80, protocol: 'TCP' }]],
    ['http', []],
    ['70000', []],
  ])('the port %j is reached so', (port, ports) => {
    expect(portsOf({ ports: [port] })).toEqual(ports)
  })

  it('a port that is published and exposed is one', () => {
    expect(portsOf({ ports: ['8080:80'], expose: ['80', '90'] })).toEqual([
      { target: 80, protocol: 'TCP', published: 8080 },
      { target: 90, protocol: 'TCP' },
    ])
  })

  it.each([[{ test: ['NONE'] }], [{ disable: true, test: 'true' }], [undefined], [{ interval: '1s' }]])(
    'the health check %j is none',
    (written) => {
      expect(readinessOf(written)).toBeUndefined()
    },
  )

  it('a health check is asked at least every 10 s', () => {
    expect(readinessOf({ test: 'curl -f localhost', interval: '1m', retries: 5, start_period: '40s' })).toEqual({
      exec: { command: ['/bin/sh', '-c', 'curl -f localhost'] },
      initialDelaySeconds: 5,
      periodSeconds: 10,
      timeoutSeconds: 30,
      failureThreshold: 5,
    })
  })
})

it('what a manifest does not say is named', () => {
  const service = {
    image: 'a',
    network_mode: 'host',
    ports: ['10000-10019:10000-10019', '10000-10100:10000-10100/udp'],
  }
  expect(leftOut(service)).toEqual(['network_mode', '10000-10100:10000-10100/udp of its ports but for the first 20'])
})

describe('variables of a container', () => {
  const at = { secret: 'shop-env', dotenv: new Set(['PASSWORD']) }
  const from = (key: string) => ({ valueFrom: { secretKeyRef: { name: 'shop-env', key } } })

  it('have what `.env` or the shell gives from the Secret, whole or within a text', () => {
    const shell: string[] = []
    const note = (name: string): void => void shell.push(name)
    const written = {
      URL: 'db://me:${PASSWORD}@db/$$(x)',
      TOKEN: '${TOKEN}',
      LEVEL: '${LEVEL:-info}',
      SHELL_ONE: null,
      N: 1,
    }
    expect(environmentOf(written, at, note)).toEqual([
      { name: 'PASSWORD', ...from('PASSWORD') },
      { name: 'URL', value: 'db://me:$(PASSWORD)@db/$$(x)' },
      { name: 'TOKEN', ...from('TOKEN') },
      { name: 'LEVEL', value: 'info' },
      { name: 'SHELL_ONE', ...from('SHELL_ONE') },
      { name: 'N', value: '1' },
    ])
    expect(shell).toEqual(['TOKEN', 'SHELL_ONE'])
  })

  it('may be a list, and may be called like what they are made of', () => {
    expect(environmentOf(['PASSWORD=x${PASSWORD}', 'EMPTY=', 'A=b=c'], at, () => undefined)).toEqual([
      { name: 'PASSWORD_GIVEN', ...from('PASSWORD') },
      { name: 'PASSWORD', value: 'x$(PASSWORD_GIVEN)' },
      { name: 'EMPTY', value: '' },
      { name: 'A', value: 'b=c' },
    ])
  })
})
