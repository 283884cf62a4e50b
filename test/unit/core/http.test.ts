import { once } from 'node:events'
import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { bodyOf } from '../../../core/http.ts'

const server = createServer((request, response) => {
  if (request.url === '/cut') {
    response.writeHead(200, { 'content-length': 10 })
    return void response.write('half', () => response.destroy())
  }
  response.end('ä'.repeat(request.url === '/long' ? 4 * 1024 * 1024 : 3))
})
beforeEach(() => once(server.listen(0, '127.0.0.1'), 'listening'))
afterEach(() => void server.close())

const answer = async (path: string): Promise<IncomingMessage> => {
  const [response] = await once(get(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`), 'response')
  return response as IncomingMessage
}

it('keeps of a body what tells what is wrong, and no more than fits into memory', async () => {
  expect(await bodyOf(await answer('/'))).toBe('äää')
  const long = await bodyOf(await answer('/long'))
  expect(Buffer.byteLength(long)).toBeGreaterThanOrEqual(1024 * 1024)
  expect(Buffer.byteLength(long)).toBeLessThan(2 * 1024 * 1024)
})

it('takes no half for a whole', async () => {
  await expect(answer('/cut').then(bodyOf)).rejects.toThrow('aborted')
})
