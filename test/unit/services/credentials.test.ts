import { expect, it } from 'vitest'
import type { Cluster } from '../../../cluster/cluster.ts'
import type { Kube, KubeObject } from '../../../cluster/kube/kube.ts'
import type { CredentialConfig } from '../../../config/config.ts'
import { contextOf } from '../../../core/walk.ts'
import { credentialFacts } from '../../../services/credentials.ts'

/** A cluster that holds one Secret, `dev/db`, with these keys; what was warned about beside the credentials. */
const shown = async (config: CredentialConfig, values: Record<string, string>) => {
  const warnings: string[] = []
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'dev' },
    data: Object.fromEntries(Object.entries(values).map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
  }
  const get: Kube['get'] = ({ namespace, name }) =>
    Promise.resolve(namespace === 'dev' && name === 'db' ? object : undefined)
  const cluster = { kube: () => Promise.resolve({ get } as Kube) } as unknown as Cluster
  const signal = new AbortController().signal
  const context = contextOf({ signal, timeoutMs: 120_000, warn: (_id, text) => void warnings.push(text) }, 'test')
  const facts = await credentialFacts([config], 'dev')?.(cluster, context)
  return { credentials: facts?.credentials, warnings }
}

it('reads the keys of the Secret; what the file has written wins', async () => {
  expect(
    await shown(
      { name: 'db', secret: 'db', url: 'http://db.test' },
      { url: 'no', username: 'me', password: 'hush', x: 'y' },
    ),
  ).toEqual({
    credentials: [{ name: 'db', url: 'http://db.test', username: 'me', password: 'hush' }],
    warnings: [],
  })
})

it('says which Secret is not there', async () => {
  expect(await shown({ name: 'db', secret: 'other/db' }, {})).toEqual({
    credentials: [],
    warnings: ['The credentials of db cannot be shown: there is no Secret other/db.'],
  })
})

it('says that a Secret has none of the keys, and which it has, without their values', async () => {
  expect(await shown({ name: 'db', secret: 'db' }, { DB_USER: 'me', DB_PASSWORD: 'hush' })).toEqual({
    credentials: [],
    warnings: [
      'The credentials of db cannot be shown: Secret dev/db has none of the keys url, username, password and token; it has DB_PASSWORD, DB_USER.',
    ],
  })
})
