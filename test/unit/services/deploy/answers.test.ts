import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { awaitAnswers } from '../../../../services/deploy/answers.ts'
import { context } from '../../../support/steps.ts'

const asked = async (answer: RequestListener, patience = 10_000, path = '/') => {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const ctx = context()
  const ports = [{ address: '127.0.0.1', hostPort: port, nodePort: 80, protocol: 'tcp' as const }]
  try {
    await awaitAnswers([{ name: 'web', url: `http://web.test:${port}${path}` }], ports, ctx, patience)
  } finally {
    server.closeAllConnections()
    server.close()
  }
  return { ...ctx, port }
}
const isOurs = (host: string | undefined): boolean => host?.startsWith('web.test') === true

describe('an endpoint', () => {
  it('is asked until the controller knows its name, and has heard of its pods', async () => {
    const answers = [404, 503, 200]
    const seen: number[] = []
    const { warnings } = await asked((request, response) => {
      const status = isOurs(request.headers.host) ? (answers.shift() ?? 200) : 404
      if (isOurs(request.headers.host)) seen.push(status)
      response.writeHead(status).end(status === 404 ? 'nobody knows' : '')
    })
    expect(seen).toEqual([404, 503, 200])
    expect(warnings).toEqual([])
  })

  it('is known whatever its application answers: a page that is not there, no way in, an end that never comes', async () => {
    for (const status of [404, 401, 500, 302]) {
      let count = 0
      await asked((request, response) => {
        if (isOurs(request.headers.host)) count += 1
        response
          .writeHead(isOurs(request.headers.host) ? status : 404)
          .end(isOurs(request.headers.host) ? 'ours' : 'nobody knows')
      })
      expect(count).toBe(1)
    }
  })

  it('is told from a page of Traefik that says the same, by who wrote the headers', async () => {
    const text = '404 page not found\n'
    const own = { 'content-type': 'text/plain', 'x-content-type-options': 'nosniff', date: 'now' }
    const passedOn = { 'content-type': 'text/plain', date: 'now', 'x-content-type-options': 'nosniff' }
    const { warnings } = await asked(
      (request, response) => void response.writeHead(404, isOurs(request.headers.host) ? passedOn : own).end(text),
      0,
    )
    expect(warnings).toEqual([])
    expect((await asked((_request, response) => void response.writeHead(404, own).end(text), 0)).warnings).toHaveLength(
      1,
    )
  })

  it('that is not known in time is warned of, with what it answers', async () => {
    const { warnings, port } = await asked((_request, response) => void response.writeHead(404).end('nobody knows'), 0)
    expect(warnings).toEqual([
      `http://web.test:${port}/ answers 404 after 0 s: what is in front of it does not know it yet.`,
    ])
    expect((await asked((_request, response) => void response.destroy(), 0)).warnings).toEqual([
      expect.stringContaining('does not answer'),
    ])
  })
})
