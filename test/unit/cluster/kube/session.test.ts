import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeRunIn } from '../../../../cluster/kube/session.ts'
import { StoppedError } from '../../../../core/errors.ts'
import { ownFolder } from '../../../support/own-folder.ts'

it('ends at once where it is stopped before the API has answered', async () => {
  const folder = await ownFolder()
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const file = join(folder, 'kubeconfig')
    await writeFile(
      file,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'a', cluster: { server: `http://127.0.0.1:${port}` } }],
        users: [{ name: 'a', user: {} }],
        contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      }),
    )
    const runIn = await makeRunIn(file, 'a')
    const stop = new AbortController()
    const connected = once(server, 'connection')
    const sink = (_chunk: Buffer, done: () => void): void => done()
    const ran = runIn(
      { namespace: 'a', pod: 'a', container: 'a' },
      ['true'],
      { stdout: sink, stderr: sink },
      stop.signal,
    )
    const [socket] = (await connected) as [{ destroy(): void }]
    stop.abort(new StoppedError())
    await expect(ran).rejects.toBeInstanceOf(StoppedError)
    socket.destroy()
  } finally {
    server.close()
  }
})
