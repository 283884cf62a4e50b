import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { KubeConfig, KubernetesObjectApi, Log, Watch } from '@kubernetes/client-node'
import { expect, it } from 'vitest'

/** Decision 026 rests on these: where one is no longer so, its line is to be read again. */

const serving = async (answer: (response: ServerResponse) => void) => {
  const server = createServer((_, response) => answer(response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const config = new KubeConfig()
  config.loadFromClusterAndUser(
    { name: 'a', server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true },
    { name: 'a' },
  )
  return {
    config,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
const json = (response: ServerResponse, code: number, body: string): void =>
  void response.writeHead(code, { 'content-type': 'application/json' }).end(body)

it('is loaded without the classes of the API', async () => {
  const script = `
    import { registerHooks } from 'node:module'
    const seen = []
    registerHooks({ load(url, context, next) { seen.push(url); return next(url, context) } })
    const { loadKubeConfig } = await import(process.argv[1])
    const KubeConfig = await loadKubeConfig()
    console.log(JSON.stringify({ is: KubeConfig.name, models: seen.filter((url) => url.includes('/gen/models/')).length,
      files: seen.filter((url) => url.includes('@kubernetes/client-node')).length }))`
  const loader = new URL('../../../../cluster/kube/client-node.ts', import.meta.url).href
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, loader])
  const { is, models, files } = JSON.parse(stdout) as { is: string; models: number; files: number }
  expect({ is, models }).toEqual({ is: 'KubeConfig', models: 0 })
  expect(files).toBeLessThan(50)
})

it('starts login programs by a function of its own, which can be another', () => {
  const { authenticators } = new KubeConfig() as unknown as { readonly authenticators: readonly object[] }
  const starting = authenticators.filter((one) => 'execFn' in one)
  expect(starting).toHaveLength(1)
})

it('drops fields that its models do not have, when it reads an object', async () => {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' }, spec: { added: 1 } }
  const resources = { resources: [{ name: 'namespaces', kind: 'Namespace', namespaced: false }], ...object }
  await using server = await serving((response) => json(response, 200, JSON.stringify(resources)))
  const read = await KubernetesObjectApi.makeApiClient(server.config).read(object)
  expect(read).toMatchObject({ metadata: { name: 'a' } })
  expect(JSON.stringify(read)).not.toContain('added')
})

it('says of a refused watch or log no word of the server', async () => {
  const said = 'pods is forbidden: User "ann" cannot watch them'
  await using server = await serving((response) => json(response, 403, JSON.stringify({ message: said })))
  const end = Promise.withResolvers<unknown>()
  await new Watch(server.config).watch('/api/v1/pods', {}, () => undefined, end.resolve)
  expect(String(await end.promise)).toBe('Error: Forbidden')
  const log = new Log(server.config).log('a', 'b', 'c', process.stdout, {})
  await expect(log).rejects.toThrow('Error occurred in log request')
})

it('passes over a line of a watch that it cannot read', async () => {
  const lines = ['{"type":"ADDED","object":{"n":1}}', '{"type":"ADD', '{"type":"DELETED","object":{}}']
  await using server = await serving((response) => json(response, 200, `${lines.join('\n')}\n`))
  const seen: unknown[] = []
  const end = Promise.withResolvers<unknown>()
  await new Watch(server.config).watch('/api/v1/pods', {}, (type, object) => seen.push([type, object]), end.resolve)
  expect(await end.promise).toBeNull()
  expect(seen).toEqual([
    ['ADDED', { n: 1 }],
    ['DELETED', {}],
  ])
})
