import { createServer } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { kubeconfigText } from '../../../support/api-server/kubeconfig.ts'

it('keeps every digit of whole numbers that it reads, lists and writes back', async () => {
  const thing =
    '{"apiVersion":"example.io/v1","kind":"Thing","metadata":{"name":"a","namespace":"dev"},"spec":{"account":9123456789012345678,"small":7}}'
  const written: string[] = []
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace(/\?.*/, '')
    let body = ''
    request.on('data', (part: Buffer) => (body += part.toString()))
    request.on('end', () => {
      response.setHeader('content-type', 'application/json')
      if (request.method === 'PUT') written.push(body)
      if (path === '/apis/example.io/v1')
        response.end(
          '{"kind":"APIResourceList","groupVersion":"example.io/v1","resources":[{"name":"things","kind":"Thing","namespaced":true,"verbs":["get"]}]}',
        )
      else if (path.endsWith('/things'))
        response.end(`{"kind":"ThingList","metadata":{"resourceVersion":"1"},"items":[${thing}]}`)
      else response.end(thing)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const folder = await mkdtemp(join(tmpdir(), 'kindup-digits-'))
  try {
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    await writeFile(join(folder, 'kubeconfig'), kubeconfigText({ url, context: 'kind-test' }))
    const kube = await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context: 'kind-test' })
    const ref = { apiVersion: 'example.io/v1', kind: 'Thing', namespace: 'dev', name: 'a' }
    const found = await kube.get(ref)
    if (!found) throw new Error('it is there')
    await kube.replace(found)
    const [listed] = await kube.list({ apiVersion: 'example.io/v1', kind: 'Thing', namespace: 'dev' })
    expect([JSON.stringify(found['spec']), JSON.stringify(listed?.['spec'])]).toEqual([
      '{"account":9123456789012345678,"small":7}',
      '{"account":9123456789012345678,"small":7}',
    ])
    expect(written).toEqual([expect.stringContaining('"account":9123456789012345678,"small":7')])
  } finally {
    server.closeAllConnections()
    server.close()
    await rm(folder, { recursive: true, force: true })
  }
})
