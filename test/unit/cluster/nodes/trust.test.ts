import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Engine } from '../../../../cluster/engine/engine.ts'
import { trustAuthorities } from '../../../../cluster/nodes/trust.ts'

/** What was written where, with these variables; `ca.pem` holds the text. */
const written = async (text: string, env: (file: string) => Readonly<Record<string, string>>) => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-ca-'))
  const seen: unknown[] = []
  const exec: Engine['exec'] = async (node, command, options) => {
    seen.push([node, command.at(-1), options?.input])
    return { stdout: '', stderr: '', code: 0 }
  }
  const told: Pick<Engine, 'exec'> = { exec }
  try {
    await writeFile(join(folder, 'ca.pem'), text)
    await trustAuthorities(told as Engine, ['a', 'b'], env(join(folder, 'ca.pem')))
    return seen
  } finally {
    await rm(folder, { recursive: true })
  }
}

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

it('every node gets the authorities that this machine was told of', async () => {
  expect(await written(pem, (file) => ({ NODE_EXTRA_CA_CERTS: file }))).toEqual([
    ['a', '/etc/ssl/certs/kindup-extra-ca.pem', pem],
    ['b', '/etc/ssl/certs/kindup-extra-ca.pem', pem],
  ])
})

it.each([
  ['there are none', (_file: string) => ({})],
  ['their file is not there', (file: string) => ({ NODE_EXTRA_CA_CERTS: `${file}.none` })],
])('nodes are left alone where %s', async (_what, env) => {
  expect(await written(pem, env)).toEqual([])
})

it('nodes are left alone where the file holds none', async () => {
  expect(await written('text\n', (file) => ({ NODE_EXTRA_CA_CERTS: file }))).toEqual([])
})
