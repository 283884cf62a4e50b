import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeRunIn } from '../../../../cluster/kube/session.ts'
import { makeTunnel } from '../../../../cluster/kube/tunnel.ts'

/** One connection of channels, as an API server speaks it: frames whose first byte is the channel. */
type Channels = {
  readonly path: string
  readonly send: (channel: number, data: Buffer | string) => void
  readonly close: () => void
  readonly heard: (take: (channel: number, data: Buffer) => void) => void
}

/** A server of WebSockets, as far as these two need one: small frames, no fragments. */
const channelServer = async (serve: (channels: Channels) => void) => {
  const sockets = new Set<Socket>()
  const server = createServer()
  server.on('upgrade', (request, stream) => {
    const socket = stream as Socket
    sockets.add(socket)
    const key = `${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n`,
    )
    let take: (channel: number, data: Buffer) => void = () => undefined
    let rest = Buffer.alloc(0)
    let isClosing = false
    const frame = (opcode: number, data: Buffer): void => {
      const head =
        data.length < 126
          ? Buffer.of(0x80 | opcode, data.length)
          : Buffer.of(0x80 | opcode, 126, data.length >> 8, data.length & 255)
      socket.write(Buffer.concat([head, data]))
    }
    socket
      .on('error', () => undefined)
      .on('data', (chunk: Buffer) => {
        rest = Buffer.concat([rest, chunk])
        for (;;) {
          const [first = 0, second = 0] = rest
          const short = second & 127
          const start = short === 126 ? 4 : 2
          const length = short === 126 ? rest.readUInt16BE(2) : short
          if (rest.length < start + 4 + length || rest.length < 2) return
          const mask = rest.subarray(start, start + 4)
          const data = Buffer.from(
            rest.subarray(start + 4, start + 4 + length).map((byte, index) => byte ^ (mask[index % 4] ?? 0)),
          )
          rest = rest.subarray(start + 4 + length)
          if ((first & 15) === 8) {
            if (!isClosing) frame(8, data)
            // The client waits for that.
            socket.end()
          } else take(data[0] ?? 0, data.subarray(1))
        }
      })
    serve({
      path: request.url ?? '',
      send: (channel, data) => frame(2, Buffer.concat([Buffer.of(channel), Buffer.from(data)])),
      close: () => {
        isClosing = true
        frame(8, Buffer.of(3, 232))
      },
      heard: (listener) => (take = listener),
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      sockets.forEach((socket) => socket.destroy())
      server.close()
      await once(server, 'close')
    },
  }
}

const never = new AbortController().signal
let serve: (channels: Channels) => void
let server: Awaited<ReturnType<typeof channelServer>>
let folder: string
let kubeconfig: string
beforeAll(async () => {
  server = await channelServer((channels) => serve(channels))
  folder = await mkdtemp(join(tmpdir(), 'kindup-'))
  kubeconfig = join(folder, 'config')
  const cluster = { server: `http://127.0.0.1:${server.port}` }
  await writeFile(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: { token: 'x' } }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    }),
  )
})
afterAll(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

describe('a program in a container', () => {
  const at = { namespace: 'dev', pod: 'web-1', container: 'web' }
  const heard = () => {
    const kept: Buffer[] = []
    return {
      take: (chunk: Buffer, done: () => void) => (kept.push(chunk), done()),
      text: () => Buffer.concat(kept).toString(),
    }
  }

  it('hears what is typed until its end, keeps output and error apart, and ends with its code', async () => {
    let path = ''
    serve = (channels) => {
      path = channels.path
      const typed: Buffer[] = []
      channels.heard((channel, data) => {
        if (channel === 0) typed.push(data)
        // The end of standard input, in the fifth version of the protocol.
        if (channel !== 255) return
        channels.send(1, `heard ${Buffer.concat(typed).toString()}`)
        channels.send(2, 'a warning')
        const cause = { reason: 'ExitCode', message: '7' }
        channels.send(3, JSON.stringify({ status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [cause] } }))
      })
    }
    const [stdout, stderr, stdin] = [heard(), heard(), new PassThrough()]
    stdin.end('one\ntwo\n')
    const runIn = await makeRunIn(kubeconfig, 'x')
    const ran = await runIn(at, ['cat', '-n'], { stdin, stdout: stdout.take, stderr: stderr.take }, never)
    expect([ran.code, stdout.text(), stderr.text()]).toEqual([7, 'heard one\ntwo\n', 'a warning'])
    expect(path).toContain('/api/v1/namespaces/dev/pods/web-1/exec?')
    expect(path).toContain('command=cat&command=-n&container=web')
  })

  it('with a terminal is told its size, and that it has changed', async () => {
    const sizes: string[] = []
    const resized = Promise.withResolvers<void>()
    serve = (channels) => {
      channels.heard((channel, data) => {
        if (channel !== 4) return
        sizes.push(data.toString())
        if (sizes.length === 1) resized.resolve()
        else channels.send(3, JSON.stringify({ status: 'Success' }))
      })
    }
    const screen = Object.assign(new PassThrough(), { columns: 80, rows: 24 })
    const output = heard()
    const runIn = await makeRunIn(kubeconfig, 'x')
    const running = runIn(
      at,
      ['sh'],
      { stdin: new PassThrough(), stdout: output.take, stderr: output.take, screen },
      never,
    )
    await resized.promise
    Object.assign(screen, { columns: 100, rows: 40 })
    screen.emit('resize')
    expect((await running).code).toBe(0)
    expect(sizes).toEqual(['{"height":24,"width":80}', '{"height":40,"width":100}'])
    expect(screen.listenerCount('resize')).toBe(0)
  })

  it('that could not be started says why, and one whose connection is cut is no end', async () => {
    const streams = { stdout: heard().take, stderr: heard().take }
    const runIn = await makeRunIn(kubeconfig, 'x')
    serve = ({ send }) =>
      send(3, JSON.stringify({ status: 'Failure', message: 'exec: "sh": executable file not found in $PATH' }))
    expect(await runIn(at, ['sh'], streams, never)).toMatchObject({
      code: undefined,
      said: expect.stringContaining('not found'),
    })
    serve = ({ close }) => close()
    await expect(runIn(at, ['sh'], streams, never)).rejects.toMatchObject({ code: 'api-unreachable' })
  })
})

describe('a connection to a port of a pod', () => {
  const to = { namespace: 'dev', pod: 'web-1', port: 8080 }
  const port = Buffer.from([8080 & 255, 8080 >> 8])

  /** A connection as a client of this machine makes it, and the end of it that is carried on. */
  const pair = async (): Promise<{ readonly client: Socket; readonly socket: Socket }> => {
    const listener = createTcpServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1')
    await once(listener, 'listening')
    const client = connect((listener.address() as AddressInfo).port, '127.0.0.1')
    const [socket] = (await once(listener, 'connection')) as [Socket]
    listener.close()
    return { client, socket }
  }

  it('carries the answer back although the client has said its last word, without the number of the port', async () => {
    serve = (channels) => {
      channels.send(0, port)
      channels.send(1, port)
      channels.heard((channel, data) => {
        channels.send(0, `${channels.path.split('?')[1] ?? ''} channel ${channel}: ${data.toString()}`)
        channels.close()
      })
    }
    const { client, socket } = await pair()
    const tunnel = await makeTunnel(kubeconfig, 'x')
    client.end('hello')
    const [answer] = await Promise.all([text(client), tunnel(socket, to, never)])
    expect(answer).toBe('ports=8080 channel 0: hello')
  })

  it('that nobody takes in the pod says so', async () => {
    serve = (channels) => {
      channels.send(1, Buffer.concat([port, Buffer.from('connection refused')]))
      channels.close()
    }
    const { client, socket } = await pair()
    const tunnel = await makeTunnel(kubeconfig, 'x')
    const ended = text(client)
    await expect(tunnel(socket, to, never)).rejects.toMatchObject({
      code: 'port-refused',
      message: 'web-1 of dev: connection refused',
    })
    client.end()
    expect(await ended).toBe('')
  })
})
