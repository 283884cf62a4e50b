import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { asKubeconfig, findContext } from '../../../../cluster/existing/context.ts'
import { readContext } from '../../../../cluster/kube/kubeconfig-context.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-context-'))
})
afterEach(() => rm(folder, { recursive: true }))

const write = async (name: string, text: string): Promise<string> => {
  const path = join(folder, name)
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, text)
  return path
}

const first = `
contexts:
- { name: dev, context: { cluster: near, user: me } }
- { name: split, context: { cluster: far, user: them } }
clusters:
- { name: near, cluster: { server: https://10.0.0.1:6443, certificate-authority: ca.crt } }
users:
- { name: me, user: { client-certificate: ./me.crt, client-key: /abs/me.key, exec: { apiVersion: v1, command: ./bin/login } } }
current-context: dev
`
const second = `
contexts:
- { name: dev, context: { cluster: other, user: me } }
clusters:
- { name: near, cluster: { server: https://never.example } }
- { name: far, cluster: { server: https://far.example } }
users:
- { name: them, user: { tokenFile: token, exec: { apiVersion: v1, command: aws } } }
`

test('finds a context as kubectl does: the first file that has an entry counts, for each entry', async () => {
  const [a, b] = [await write('a/config', first), await write('b/config', second)]
  const env = { KUBECONFIG: `${a}:${join(folder, 'none')}:${b}` }
  expect(await findContext('dev', env)).toMatchObject({
    file: a,
    cluster: { server: 'https://10.0.0.1:6443', 'certificate-authority': join(folder, 'a/ca.crt') },
    user: {
      'client-certificate': join(folder, 'a/me.crt'),
      'client-key': '/abs/me.key',
      exec: { command: join(folder, 'a/bin/login') },
    },
  })
  expect(await findContext('split', env)).toMatchObject({
    cluster: { server: 'https://far.example' },
    user: { tokenFile: join(folder, 'b/token'), exec: { command: 'aws' } },
  })
})

test('says which contexts there are, and never takes the current one', async () => {
  const file = await write('config', first)
  const thrown = await findContext('deb', { KUBECONFIG: file }).catch((error: unknown) => error)
  expect(thrown).toMatchObject({
    code: 'context-missing',
    hints: ['Did you mean dev?', 'There are: dev, split'],
  })
})

test('names the cluster that no file has', async () => {
  const file = await write('config', first)
  await expect(findContext('split', { KUBECONFIG: file })).rejects.toThrow('names the cluster "far"')
})

test('writes a kubeconfig of that context alone, which is not the current one, and which is read again', async () => {
  const found = await findContext('split', {
    KUBECONFIG: `${await write('a', first)}:${await write('b', second)}`,
  })
  const copy = await write('copy', asKubeconfig(found))
  expect(parse(asKubeconfig(found))).not.toHaveProperty('current-context')
  expect(await readContext(copy, 'split')).toMatchObject({ server: new URL('https://far.example') })
})
