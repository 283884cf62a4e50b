import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import type { SmokeConfig } from '../../../../config/config.ts'
import type { Context, Port } from '../../../../core/step.ts'
import { runSmoke, type SmokeResult, type Target } from '../../../../services/smoke/smoke.ts'
import { firstTry } from '../../../support/first-try.ts'

const servers: Server[] = []
afterAll(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

const listening = async (server: Server, port = 0): Promise<number> => {
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const http = (answer: RequestListener): Promise<number> => listening(createHttp(answer))

/** A port that nothing listens on: it was just free. */
const closedPort = async (): Promise<number> => {
  const server = createTcp()
  const port = await listening(server)
  servers.splice(servers.indexOf(server), 1)
  await new Promise((resolve) => server.close(resolve))
  return port
}

const mapped = (hostPort: number, nodePort = 80): Port => ({ address: '0.0.0.0', hostPort, nodePort, protocol: 'tcp' })

const smoke = (parts: Partial<SmokeConfig>): SmokeConfig => ({
  ...(parts.url === undefined && parts.tcp === undefined ? { path: '/health' } : {}),
  method: 'GET',
  headers: {},
  timeoutMs: 120_000,
  ...parts,
})

const quiet: Context = {
  signal: new AbortController().signal,
  timeoutMs: 120_000,
  report: () => undefined,
  warn: () => undefined,
}

const run = (
  port: number | undefined,
  parts: Partial<SmokeConfig> = {},
  target: Partial<Target> = {},
  ctx = quiet,
): Promise<SmokeResult> =>
  runSmoke(
    smoke(parts),
    { step: 'service/web@dev', ports: port === undefined ? [] : [mapped(port)], hosts: ['web.test'], ...target },
    ctx,
  )

const runWrong = (...[port, parts, target]: Parameters<typeof run>) => firstTry((ctx) => run(port, parts, target, ctx))

/** Accepts and says nothing, until the other side goes. */
const silent = (): Promise<number> => listening(createTcp((socket) => socket.on('error', () => undefined).resume()))

const answering =
  (status: number, body: string, type = 'application/json'): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  }

/** What a program in Go says of a page that it does not have. */
const withHeaders =
  (...names: readonly string[]): RequestListener =>
  (_request, response) => {
    response.writeHead(
      404,
      names.flatMap((name) => [name, 'x']),
    )
    response.end('404 page not found\n')
  }

const nginxPage = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`

describe.concurrent('a smoke test of a path', () => {
  it('asks through the port of the Ingress with the name of the service, whatever the name resolves to', async () => {
    const port = await http((request, response) =>
      response.end(JSON.stringify({ host: request.headers.host, url: request.url })),
    )
    const result = await run(port, { path: '/a?b=c', json: { host: `web.test:${port}`, url: '/a?b=c' } })
    expect(result).toMatchObject({
      step: 'service/web@dev',
      name: 'GET /a?b=c',
      url: `http://web.test:${port}/a?b=c`,
      ok: true,
      status: 200,
    })
    expect(result.message).toBeUndefined()
  })

  it('sends method, headers and body, and asks another name when told', async () => {
    const port = await http((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const { host, 'content-type': type, 'x-key': key } = request.headers
        response.writeHead(201)
        response.end(
          JSON.stringify({ method: request.method, host, type, key, body: Buffer.concat(chunks).toString() }),
        )
      })
    })
    const asked = { method: 'POST', headers: { 'x-key': '1' }, body: '{"ü":1}', host: 'api.test', status: 201 }
    const json = { method: 'POST', host: `api.test:${port}`, type: 'application/json', key: '1', body: '{"ü":1}' }
    expect(await run(port, { ...asked, json })).toMatchObject({ ok: true, status: 201 })
  })

  it('goes to a port of this machine when it names one', async () => {
    const port = await http(answering(200, '{}'))
    expect(await run(undefined, { port }, { ports: [mapped(port, 30080)] })).toMatchObject({
      ok: true,
      url: `http://web.test:${port}/health`,
    })
  })

  it.each<[string, Partial<SmokeConfig>, RequestListener, RegExp]>([
    [
      'status',
      { status: 200 },
      answering(400, '{"error":"no name"}'),
      /application answers.*status 400 instead of 200.*no name/,
    ],
    ['any success', {}, answering(500, ''), /status 500 instead of 200 to 399, with an empty body/],
    [
      'value',
      { json: { Status: 'Success' } },
      answering(200, '{"Status":"Failed"}'),
      /\$\.Status is "Failed" instead of "Success"/,
    ],
    ['no JSON', { json: {} }, answering(200, '<html>'), /its body is no JSON: the body `<html>`/],
    ['text', { text: 'hello' }, answering(200, 'bye'), /`hello` is not in the body `bye`/],
  ])('says what of the answer is wrong: %s', async (_, parts, answer, words) => {
    const result = await runWrong(await http(answer), parts)
    expect(result.ok).toBe(false)
    expect(result.message).toMatch(words)
  })

  it('takes a right answer that comes late, and says meanwhile what came', async () => {
    let asked = 0
    const port = await http((request, response) => answering(++asked < 3 ? 503 : 200, '{}')(request, response))
    const lines: string[] = []
    const result = await runSmoke(
      smoke({ timeoutMs: 10_000 }),
      { step: 's', ports: [mapped(port)], hosts: [] },
      { ...quiet, report: (line) => lines.push(line) },
    )
    expect(result).toMatchObject({ ok: true, status: 200 })
    expect(asked).toBe(3)
    expect(lines[0]).toContain('503')
  })

  it('ends with the run', async () => {
    const port = await http(answering(500, ''))
    const stop = new AbortController()
    const running = runSmoke(
      smoke({ timeoutMs: 60_000 }),
      { step: 's', ports: [mapped(port)], hosts: [] },
      { ...quiet, signal: stop.signal, report: () => stop.abort(new Error('stopped')) },
    )
    await expect(running).rejects.toThrow('stopped')
  })
})

describe.concurrent('who is at fault', () => {
  it.each<[string, RequestListener, RegExp]>([
    [
      'the Ingress has no rule',
      answering(404, nginxPage('404 Not Found'), 'text/html'),
      /^The Ingress is at fault: it has no rule for web\.test\/health/,
    ],
    ['the default backend answers', answering(404, 'default backend - 404', 'text/plain'), /^The Ingress is at fault/],
    [
      'no endpoint',
      answering(503, nginxPage('503 Service Temporarily Unavailable'), 'text/html'),
      /^The Service is at fault.*no endpoint/,
    ],
    [
      'a wrong target port',
      answering(502, nginxPage('502 Bad Gateway'), 'text/html'),
      /^The Service is at fault.*target port/,
    ],
    [
      'Traefik has no rule',
      withHeaders('content-type', 'x-content-type-options', 'date'),
      /^The Ingress is at fault: it has no rule for web\.test\/health/,
    ],
    [
      'Traefik passes on that a program in Go has no page',
      withHeaders('content-type', 'date', 'x-content-type-options'),
      /^The application answers, but not as it should/,
    ],
    [
      'Traefik has no endpoint',
      answering(503, 'no available server\n', 'text/plain'),
      /^The Service is at fault.*no endpoint/,
    ],
    [
      'the application hangs',
      answering(504, nginxPage('504 Gateway Time-out'), 'text/html'),
      /^The application is at fault/,
    ],
    [
      'the application has its own 404',
      answering(404, '{"error":"nothing"}'),
      /^The application answers, but not as it should/,
    ],
    [
      'the application has its own 503',
      answering(503, '{"error":"starting"}'),
      /^The application answers, but not as it should/,
    ],
    [
      'the application is an nginx',
      answering(404, nginxPage('404').replace('nginx<', 'nginx/1.29.1<'), 'text/html'),
      /^The application answers/,
    ],
  ])('is told where %s', async (_, answer, words) => {
    expect((await runWrong(await http(answer))).message).toMatch(words)
  })

  it('is the port where nothing listens', async () => {
    const port = await closedPort()
    expect((await runWrong(port)).message).toMatch(
      new RegExp(`^The port is at fault: nothing listens at 127.0.0.1:${port}, although the cluster maps it`),
    )
    expect((await runWrong(undefined, { port })).message).toContain('no node of the cluster maps that port')
  })

  it('is the Ingress where the port leads to nobody', async () => {
    const port = await listening(createTcp((socket) => socket.resetAndDestroy()))
    expect((await runWrong(port)).message).toMatch(/^The Ingress is at fault.*no ingress controller/)
  })

  it('is the application where no answer comes', async () => {
    const port = await silent()
    expect((await run(port, { timeoutMs: 4000 })).message).toMatch(
      /^The application is at fault.*did not answer within 4 s/,
    )
  })

  it('is the file where no node maps the port of the Ingress', async () => {
    expect(await run(undefined)).toMatchObject({
      ok: false,
      url: 'http://web.test/health',
      message: expect.stringContaining('no node maps node port 80'),
    })
  })

  it('is the name where it does not resolve', async () => {
    expect((await runWrong(undefined, { url: 'http://nothing.invalid/' })).message).toMatch(
      /^The name is at fault: nothing\.invalid/,
    )
  })
})

describe.concurrent('a smoke test of an address', () => {
  it('goes to this machine where the name is one of ours', async () => {
    const port = await http((request, response) => response.end(request.headers.host))
    expect(await run(port, { url: `http://web.test:${port}/x`, text: `web.test:${port}` })).toMatchObject({ ok: true })
    expect(await run(port, { url: 'http://web.test/x', text: `web.test:${port}` })).toMatchObject({ ok: true })
    expect(
      await run(port, { url: 'http://other.test/', text: 'other.test' }, { localHosts: ['other.test'] }),
    ).toMatchObject({ ok: true })
  })

  it('goes where it says otherwise', async () => {
    const port = await http(answering(200, 'ok', 'text/plain'))
    expect(await run(undefined, { url: `http://127.0.0.1:${port}/`, text: 'ok' })).toMatchObject({ ok: true })
    const secure = await runWrong(undefined, { url: `https://127.0.0.1:${await closedPort()}/` })
    expect(secure.message).toMatch(/^The port is at fault: nothing listens/)
  })

  it('follows no redirect: it is the answer', async () => {
    const port = await http((_request, response) => {
      response.writeHead(302, { location: 'http://elsewhere.invalid/' })
      response.end()
    })
    expect(await run(port, { status: 302 })).toMatchObject({ ok: true, status: 302 })
  })
})

describe.concurrent('a smoke test of a port', () => {
  it('is content with a connection that stays, or one that is spoken to', async () => {
    const port = await silent()
    expect(await run(undefined, { tcp: port })).toMatchObject({
      ok: true,
      name: `tcp ${port}`,
      url: `tcp://localhost:${port}`,
    })
    const greeting = await listening(createTcp((socket) => socket.on('error', () => undefined).end('220 hello')))
    expect(await run(undefined, { tcp: greeting })).toMatchObject({ ok: true })
  })

  it('may name the node port where the host port is any free one', async () => {
    const port = await silent()
    expect(await run(undefined, { tcp: 30432 }, { ports: [mapped(port, 30432)] })).toMatchObject({
      ok: true,
      url: `tcp://localhost:${port}`,
    })
  })

  it.each<[string, (socket: Socket) => void]>([
    ['resets', (socket) => socket.resetAndDestroy()],
    ['ends', (socket) => socket.on('error', () => undefined).end()],
  ])('is not content with a port that %s at once: nothing listens behind it', async (_, close) => {
    const port = await listening(createTcp(close))
    const { message } = await runWrong(undefined, { tcp: port })
    expect(message).toMatch(/^The Service is at fault: .* nothing listens behind it/)
  })
})
