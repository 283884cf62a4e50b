import process from 'node:process'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtKindup } from '../support/built.ts'
import { passwords, shop, type Shop } from './shop.ts'

/** Ends what hangs. */
const patienceMs = 300_000

describe('kindup mcp, asked by the client of the protocol', { timeout: patienceMs }, () => {
  let at: Shop
  let looks: Client
  let mayApply: Client

  const connect = async (...flags: readonly string[]): Promise<Client> => {
    const client = new Client({ name: 'test', version: '1.0.0' })
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [builtKindup(), 'mcp', ...flags],
        cwd: at.folder,
        stderr: 'ignore',
        env: {
          HOME: at.path('home'),
          KINDUP_CACHE: at.path('cache'),
          KUBECONFIG: at.path('home', '.kube', 'config'),
          PATH: at.path('bin'),
          NO_COLOR: '1',
          LANG: 'C.UTF-8',
          // What stands in for a node runs no scripts.
          KINDUP_RESET: 'off',
        },
      }),
    )
    return client
  }
  const asked = async (client: Client, name: string, given: Readonly<Record<string, unknown>> = {}) => {
    const { content, isError = false } = await client.callTool({ name, arguments: given }, { timeout: patienceMs })
    const [first] = content
    return { text: first?.type === 'text' ? first.text : '', isError }
  }

  beforeAll(async () => {
    at = await shop({ api: { logs: { 'web-': `ready\nmy password is ${passwords.api}\n` } } })
    at.listen()
    ;[looks, mayApply] = await Promise.all([connect(), connect('--allow-apply')])
  }, patienceMs)
  afterAll(async () => {
    await Promise.all([looks.close(), mayApply.close()])
    await at[Symbol.asyncDispose]()
  })

  it('offers what only looks, and what brings it up where it was started so', async () => {
    const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name)
    expect(await names(looks)).toEqual(['plan', 'status', 'diagnose', 'logs'])
    expect(await names(mayApply)).toEqual(['plan', 'status', 'diagnose', 'apply', 'logs'])
    const { tools } = await looks.listTools()
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true)
    expect((await asked(looks, 'apply').catch((error: unknown) => ({ text: String(error) }))).text).toMatch(/apply/)
    expect(at.changes()).toEqual([])
  })

  it('answers with the documents of the commands', async () => {
    const { text } = await asked(looks, 'plan', { env: ['dev'] })
    expect(JSON.parse(text)).toMatchObject({ cluster: 'shop', steps: expect.any(Array) })
    expect(text).toContain('service/web@dev')
    expect(text).not.toContain('service/web@prod')
    expect(at.changes()).toEqual([])
  })

  it('takes no flags in the place of words, and says what is wrong', async () => {
    const flag = await asked(looks, 'plan', { only: ['--config=/etc/passwd'] }).catch((error: unknown) => ({
      text: String(error),
      isError: true,
    }))
    expect(flag.isError).toBe(true)
    expect(flag.text).toMatch(/only/)
    expect(await asked(looks, 'plan', { only: ['nothing'] })).toMatchObject({
      isError: true,
      text: expect.stringContaining('No step is called nothing.'),
    })
  })

  it('brings it up where it may, and shows no password', async () => {
    const { text, isError } = await asked(mayApply, 'apply')
    expect(isError).toBe(false)
    expect(JSON.parse(text)).toMatchObject({
      cluster: { name: 'shop' },
      credentials: expect.arrayContaining([
        { name: 'shop', username: 'admin', password: '***', url: 'http://web.test' },
      ]),
    })
    for (const secret of Object.values(passwords)) expect(text).not.toContain(secret)
    expect(JSON.parse((await asked(looks, 'status')).text)).toMatchObject({ healthy: true })
  })

  it('reads logs without values of Secrets', async () => {
    const { text } = await asked(looks, 'logs', { name: 'web', namespace: 'dev' })
    expect(text).toMatch(/^# dev\/web-\S+ web\nready\nmy password is \*\*\*$/)
    expect((await asked(looks, 'logs', { name: 'nobody' })).text).toBe(
      'No pod is called nobody, or begins with nobody-.',
    )
  })

  it('diagnoses', async () => {
    const { text } = await asked(looks, 'diagnose')
    expect(JSON.parse(text)).toMatchObject({
      cluster: 'shop',
      folder: expect.stringContaining(join('cache', 'diagnoses')),
    })
  })
})
