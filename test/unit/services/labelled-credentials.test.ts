import { expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../cluster/kube/kube.ts'
import { labelledCredentials } from '../../../services/labelled-credentials.ts'

const secret = (name: string, label: string, values: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'any', labels: { 'kindup.dev/credentials': label } },
  data: Object.fromEntries(Object.entries(values).map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
})

/** Answers the one question that is asked, of the whole cluster. */
const clusterWith = (secrets: readonly KubeObject[]): Kube => {
  const list: Kube['list'] = (query) => {
    expect(query).toEqual({ apiVersion: 'v1', kind: 'Secret', labelSelector: 'kindup.dev/credentials' })
    return Promise.resolve(secrets)
  }
  return { list } as Kube
}

it('reads url, username and password, a token in place of a password, by name', async () => {
  const secrets = [
    secret('b', 'web', { username: 'me', password: 'hush\n', url: 'http://web.test', other: 'no' }),
    secret('a', '', { token: 'abc' }),
    secret('c', 'both', { token: 'abc', password: 'this one' }),
  ]
  expect(await labelledCredentials(clusterWith(secrets))).toEqual([
    { name: 'a', password: 'abc', step: 'secret@any' },
    { name: 'both', password: 'this one', step: 'secret@any' },
    { name: 'web', username: 'me', password: 'hush', url: 'http://web.test', step: 'secret@any' },
  ])
})
