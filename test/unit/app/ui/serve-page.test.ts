import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Sight } from '../../../../app/ui/see.ts'
import { servePage, type Served } from '../../../../app/ui/serve-page.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { samplePage } from '../../../support/sample-page.ts'

type Asked = { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string }
type Answer = { readonly status: number; readonly body: string; readonly headers: Record<string, unknown> }

const ask = (url: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }))
    })
    asked.on('error', reject)
    asked.end(body)
  })

describe('the page of kindup ui', () => {
  const [login] = samplePage.credentials
  const { password: _password, ...hidden } = { ...login!, key: 'k1' }
  let sight: () => Promise<Sight>
  let served: Served
  beforeEach(async () => {
    sight = async () => ({
      page: { ...samplePage, credentials: [hidden] },
      passwords: new Map([['k1', 'open-sesame']]),
    })
    served = await servePage({ port: 0, see: () => sight() })
  })
  afterEach(() => served.close())
  const reveal = (body: string, headers: Record<string, string> = {}): Promise<Answer> =>
    ask(`${served.url}credentials`, { method: 'POST', body, headers })

  it('is there for whoever has its address, and tells no password', async () => {
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/)
    for (const path of ['', 'page']) {
      const { status, body, headers } = await ask(`${served.url}${path}`)
      expect(status).toBe(200)
      expect(body).toContain('7 of 8 steps changed')
      expect(body).not.toContain('open-sesame')
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    }
  })

  it('tells a password to whoever asks for it by its key', async () => {
    expect(await reveal('{"key":"k1"}')).toMatchObject({ status: 200, body: '{"password":"open-sesame"}' })
    for (const body of ['{"key":"k2"}', '{', '[]', '{"key":{"toString":1}}', ''])
      expect(await reveal(body)).toMatchObject({ status: 404 })
    expect(await ask(`${served.url}credentials`)).toMatchObject({ status: 404 })
  })

  it('is not there for other users of this machine, who do not know it', async () => {
    const { origin } = new URL(served.url)
    for (const path of ['/', '/page', '/credentials', `/${'a'.repeat(32)}/`, '/once/', '/%00', '//page'])
      expect([path, (await ask(`${origin}${path}`)).status]).toEqual([path, 404])
    expect((await ask(`${origin}/credentials`, { method: 'POST', body: '{"key":"k1"}' })).status).toBe(404)
  })

  it.each([
    ['a name of another site that leads here', { host: 'evil.example:80' }],
    ['no port', { host: '127.0.0.1' }],
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a page of another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a frame or image of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page without an origin', { origin: 'null' }],
  ])('answers nothing to %s', async (_who, headers) => {
    for (const answer of [await ask(served.url, { headers }), await reveal('{"key":"k1"}', headers)]) {
      expect(answer.status).toBe(403)
      expect(answer.body).not.toContain('shop')
    }
  })

  it('is reached once by the address that a browser is started with', async () => {
    const once = served.once()
    expect(once).not.toContain(new URL(served.url).pathname.slice(1, -1))
    expect(await ask(once)).toMatchObject({ status: 303, headers: { location: new URL(served.url).pathname } })
    expect(await ask(once)).toMatchObject({ status: 404 })
  })

  it('changes nothing: it takes no other method', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      expect([method, (await ask(served.url, { method })).status]).toEqual([method, 405])
  })

  it('says why nothing can be seen, and goes on', async () => {
    const works = sight
    sight = () => Promise.reject(new EnvironmentError('api-unreachable', 'The API does not answer.'))
    expect(await ask(`${served.url}page`)).toMatchObject({ status: 503, body: 'The API does not answer.' })
    sight = works
    expect(await ask(`${served.url}page`)).toMatchObject({ status: 200 })
  })

  it('says that a port is taken', async () => {
    const port = Number(new URL(served.url).port)
    await expect(servePage({ port, see: () => sight() })).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`)
  })
})
