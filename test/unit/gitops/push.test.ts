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
    500,
    '{"errors":[{"code":"UNKNOWN","message":"unknown error","detail":{"DriverName":"filesystem","Enclosed":{"Op":"mkdir","Err":28}}}]}',
    '500 (no space left on its disk).',
    'df -h',
  ],
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

it('says which registry does not answer, and what starts it', async () => {
  let closed = 0
  await registry(200, '', (port) => Promise.resolve(void (closed = port)))
  await expect(push('kindup/shop/web/dev', artifact, { port: closed, signal })).rejects.toMatchObject({
    code: 'registry-unreachable',
    hints: expect.arrayContaining([expect.stringContaining('kindup up')]) as unknown,
  })
})
