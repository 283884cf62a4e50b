import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, it } from 'vitest'
import { pack } from '../../../gitops/artifact/pack.ts'
import { push } from '../../../gitops/artifact/push.ts'

const artifact = pack([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'dev' } }])
const { signal } = new AbortController()

/** A registry that answers everything alike; its port is free again afterwards. */
const registry = async (status: number, text: string, use: (port: number) => Promise<void>): Promise<void> => {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(request.method === 'HEAD' ? 404 : status).end(text)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  try {
    await use(typeof address === 'object' && address !== null ? address.port : 0)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

it.each([
  [
    400,
    '{"errors":[{"code":"MANIFEST_INVALID","message":"manifest invalid"}]}',
    '400 (manifest invalid).',
    'docker logs',
  ],
  [503, 'upstream connect error', '503.', 'docker logs'],
])('says what a registry answers that takes nothing: %i %s', async (status, text, said, hint) => {
  await registry(status, text, async (port) => {
    await expect(push('kindup/shop/web/dev', artifact, { port, signal })).rejects.toMatchObject({
      code: 'not-pushed',
      message: `The registry localhost:${port} did not take kindup/shop/web/dev: it answered ${said}`,
      hints: expect.arrayContaining([expect.stringContaining(hint)]) as unknown,
    })
  })
})

it.each([
  ['version 2', '{"DriverName":"filesystem","Enclosed":{"Op":"mkdir","Err":28}}'],
  ['version 3', '"filesystem: write /var/lib/registry/x/startedat: no space left on device"'],
  ['a quota', '"write /var/lib/registry/x/data: disk quota exceeded"'],
])('says that a registry is full, and how it gets room: %s', async (_of, detail) => {
  const text = `{"errors":[{"code":"UNKNOWN","message":"unknown error","detail":${detail}}]}`
  await registry(500, text, async (port) => {
    await expect(push('kindup/shop/web/dev', artifact, { port, signal })).rejects.toMatchObject({
      code: 'registry-full',
      message: `The registry localhost:${port} is full: there is no space left on its disk for kindup/shop/web/dev.`,
      hints: expect.arrayContaining([
        expect.stringContaining(`docker volume rm kindup_registry-${port} && kindup up`),
      ]) as unknown,
    })
  })
})

it('says so of one that hangs up in the middle of what it has no room for', async () => {
  let begun = 0
  const server = createServer((request, response) => {
    if (request.method === 'HEAD') return void response.writeHead(404).end()
    if (request.method === 'PUT') return void request.socket.resetAndDestroy()
    request.resume()
    return void (begun++ === 0
      ? response.writeHead(202, { location: '/v2/a/blobs/uploads/one' }).end()
      : response.writeHead(500).end('{"errors":[{"detail":"no space left on device"}]}'))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  try {
    await expect(push('a', artifact, { port, signal })).rejects.toMatchObject({ code: 'registry-full' })
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

it('says which registry does not answer, and what starts it', async () => {
  let closed = 0
  await registry(200, '', (port) => Promise.resolve(void (closed = port)))
  await expect(push('kindup/shop/web/dev', artifact, { port: closed, signal })).rejects.toMatchObject({
    code: 'registry-unreachable',
    hints: expect.arrayContaining([expect.stringContaining('kindup up')]) as unknown,
  })
})
