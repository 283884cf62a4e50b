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
    expect(await (await kubeWith(server.kubeconfig)).version()).toBe('1.36.2')
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
    expect(await (await kubeWith(stringify(config))).version()).toBe('1.36.2')
  })

  it('is a login program where the kubeconfig names one', async () => {
    await using server = await startApiServer({ token: 'from-the-program' })
    const config = parse(server.kubeconfig) as Config
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'from-the-program' },
    }
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', `console.log(${JSON.stringify(JSON.stringify(credential))})`],
      interactiveMode: 'Never',
    }
    config.users[0]!.user = { exec }
    expect(await (await kubeWith(stringify(config))).version()).toBe('1.36.2')
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
})
