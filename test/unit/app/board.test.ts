// oxlint-disable no-control-regex -- terminals are steered by them
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import { boardLines, type Board } from '../../../app/board/board.ts'
import { pictureOn } from '../../../app/board/picture.ts'
import { tryEndpoint } from '../../../app/board/try-endpoint.ts'
import { changesOf } from '../../../app/board/watch-board.ts'
import type { Status } from '../../../core/step.ts'

const boardOf = (statuses: Readonly<Record<string, Status>>, endpoints: Board['endpoints'] = []): Board => ({
  name: 'shop',
  statuses: new Map(Object.entries(statuses)),
  endpoints,
})
const ready: Status = { state: 'ready' }
const broken: Status = { state: 'broken', why: `container web crashes: ${'x'.repeat(200)}` }
const page = { name: 'web@dev', url: 'http://dev.web.localhost:8080', answers: true, said: '200' }

describe('the board', () => {
  const size = { columns: 80, rows: 24, colour: new Chalk({ level: 1 }) }

  it('has a row for each step and endpoint, none longer than the terminal', () => {
    const lines = boardLines(boardOf({ 'cluster/api': ready, 'service/web@dev': broken }, [page]), 'note', size)
    const plain = lines.map((line) => stripVTControlCharacters(line))
    expect(plain[0]).toBe('✓ cluster/api      ready')
    expect(plain[1]).toMatch(/^✗ service\/web@dev {2}broken {2}container web crashes: x+…$/)
    expect(plain[2]).toBe('✓ web@dev  http://dev.web.localhost:8080  200')
    expect(plain.every((line) => line.length < 80)).toBe(true)
    expect(lines[1]).toMatch(/^\u001B\[31m✗/)
  })

  it('shows first what is not well where there is too little height', () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_one, index) => [`service/s${index}`, ready]))
    const lines = boardLines(boardOf({ ...many, 'service/web': broken }), 'note', { ...size, rows: 10 })
    const text = stripVTControlCharacters(lines.join('\n'))
    expect(lines.length).toBeLessThan(10)
    expect(text).toContain('✗ service/web')
    expect(text).toContain('and 14 more, 0 of them not well')
  })

  it('without a terminal is a line for each change', () => {
    const before = boardOf({ 'service/web': ready, 'service/old': ready }, [page])
    const now = boardOf({ 'service/web': { state: 'absent' }, 'service/new': ready }, [
      { ...page, said: 'nothing listens' },
    ])
    expect(changesOf(undefined, before)).toHaveLength(3)
    expect(changesOf(before, before)).toEqual([])
    expect(changesOf(before, now)).toEqual([
      'service/web: absent',
      'service/new: ready',
      'web@dev http://dev.web.localhost:8080: nothing listens',
      'service/old: no longer there',
    ])
  })
})

/** What a terminal shows after these bytes: lines, as far as this picture steers it. */
const screenOf = (text: string): { readonly lines: readonly string[]; readonly cursor: boolean } => {
  const lines: string[] = ['']
  let [row, cursor] = [0, true]
  for (const [part, sequence] of text.matchAll(/(\u001B\[\??\d*[A-Za-z])|\r|\n|[^\u001B\r\n]+/g)) {
    if (part === '\n') row += 1
    else if (sequence?.endsWith('A')) row -= Number(/\d+/.exec(sequence)?.[0])
    else if (sequence?.endsWith('J')) lines.splice(row)
    else if (sequence === '\u001B[?25l') cursor = false
    else if (sequence === '\u001B[?25h') cursor = true
    else if (sequence === undefined && part !== '\r') lines[row] = part
  }
  return { lines, cursor }
}

it('a picture is drawn over itself, writes what differs alone, and gives the cursor back', () => {
  const stream = new PassThrough()
  const written = (): string => String(stream.read() ?? '')
  const picture = pictureOn(stream)
  let all = ''
  const drawn = (...lines: readonly string[]): string => {
    picture.draw(lines)
    const now = written()
    all += now
    return now
  }
  drawn('one', 'two', 'three')
  expect(drawn('one', 'two', 'three')).toBe('')
  expect(drawn('one', 'TWO', 'three')).not.toContain('three')
  expect(screenOf(all)).toEqual({ lines: ['one', 'TWO', 'three'], cursor: false })
  drawn('one')
  expect(screenOf(all).lines).toEqual(['one'])
  drawn('one', 'four')
  picture.end()
  all += written()
  expect(screenOf(all)).toEqual({ lines: ['one', 'four'], cursor: true })
})

describe('an endpoint', () => {
  const never = new AbortController().signal

  it('answers by what a server says, under a name that no resolver may know', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.headers.host?.startsWith('web.localhost') ? 404 : 503).end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const tried = await Promise.all(
      [`http://web.localhost:${port}/`, `http://other.localhost:${port}/`, `tcp://localhost:${port}`].map((url) =>
        tryEndpoint({ name: 'web', url }, never),
      ),
    )
    expect(tried.map(({ answers, said }) => [answers, said])).toEqual([
      [true, '404'],
      [false, '503'],
      [true, 'accepts connections'],
    ])
    server.close()
    await once(server, 'close')
    const after = await tryEndpoint({ name: 'web', url: `http://web.localhost:${port}/` }, never)
    expect(after).toMatchObject({ answers: false, said: 'nothing listens' })
    // No certificate can be asked for by an address.
    const bare = await tryEndpoint({ name: 'web', url: `https://127.0.0.1:${port}/` }, never)
    expect(bare).toMatchObject({ answers: false, said: 'nothing listens' })
    const { said } = await tryEndpoint({ name: 'web', url: `http://[::1]:${port}/` }, never)
    expect(said).not.toBe('its name leads nowhere')
  })
})
