import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { startApiServer } from '../../../support/api-server/start-api-server.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-access-'))
})
afterEach(() => rm(folder, { recursive: true }))

const context = 'kind-test'
const kubeWith = async (text: string, name = context) => {
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, text)
  return makeKube({ kubeconfig, context: name })
}

type Config = {
  users: { user: Record<string, unknown> }[]
  clusters: { cluster: Record<string, unknown> }[]
}

describe('the way to the API', () => {
  it('is a token where the kubeconfig has one', async () => {
    await using server = await startApiServer({ token: 'secret-token' })
    expect(await (await kubeWith(server.kubeconfig)).version()).toBe(server.version.slice(1))
    const wrong = await kubeWith(server.kubeconfig.replace('secret-token', 'other-token'))
    await expect(wrong.version()).rejects.toMatchObject({
      code: 'api-refused',
      message: expect.not.stringContaining('other-token'),
    })
  })

  it('is certificates in files beside the kubeconfig', async () => {
    await using server = await startApiServer()
    const config = parse(server.kubeconfig) as Config
    const place = async (part: Record<string, unknown>, key: string) => {
      await writeFile(join(folder, key), Buffer.from(String(part[`${key}-data`]), 'base64'))
      delete part[`${key}-data`]
      part[key] = `./${key}`
    }
    await place(config.clusters[0]!.cluster, 'certificate-authority')
    await place(config.users[0]!.user, 'client-certificate')
    await place(config.users[0]!.user, 'client-key')
    expect(await (await kubeWith(stringify(config))).version()).toBe(server.version.slice(1))
  })

  it('is asked for by context, never by what is current', async () => {
    await using server = await startApiServer()
    await expect(kubeWith(server.kubeconfig, 'kind-other')).rejects.toMatchObject({
      code: 'kubeconfig',
      message: expect.stringContaining('no context kind-other'),
    })
  })

  it('is missed in words when the file is not there, or is no kubeconfig', async () => {
    await expect(makeKube({ kubeconfig: join(folder, 'none'), context })).rejects.toMatchObject({ code: 'kubeconfig' })
    await expect(kubeWith('a: [1')).rejects.toMatchObject({ code: 'kubeconfig' })
    await expect(kubeWith('')).rejects.toMatchObject({ code: 'kubeconfig' })
  })

  it('is missed in words when a file that it names is not there, or its certificate is half written', async () => {
    await using server = await startApiServer()
    const config = parse(server.kubeconfig) as Config
    const { user } = config.users[0]!
    user['client-key'] = './none.key'
    // Data is taken before a file, as kubectl does.
    expect(await (await kubeWith(stringify(config))).version()).toBe(server.version.slice(1))
    const key = String(user['client-key-data'])
    user['client-key-data'] = key.slice(0, key.length / 2)
    await expect(kubeWith(stringify(config)).then((kube) => kube.version())).rejects.toMatchObject({
      code: 'kubeconfig',
      message: expect.stringMatching(/^Context kind-test of .* has a certificate or key that cannot be read: /),
    })
    delete user['client-key-data']
    await expect(kubeWith(stringify(config))).rejects.toMatchObject({
      code: 'kubeconfig',
      message: expect.stringMatching(/kubeconfig cannot be read: .*none\.key/),
    })
    config.clusters[0]!.cluster['server'] = '127.0.0.1'
    await expect(kubeWith(stringify(config))).rejects.toMatchObject({
      code: 'kubeconfig',
      message: expect.stringContaining('no address of a server in context kind-test: 127.0.0.1'),
    })
  })

  it('has nothing to do with other contexts of the file, however wrong they are', async () => {
    await using server = await startApiServer()
    const config = parse(server.kubeconfig) as { clusters: unknown[]; users: unknown[]; contexts: unknown[] }
    config.clusters.unshift({ name: 'half' }, null)
    config.users.unshift({ name: 'half' }, { user: {} })
    config.contexts.unshift({ name: 'half', context: {} })
    expect(await (await kubeWith(stringify(config))).version()).toBe(server.version.slice(1))
  })
})
