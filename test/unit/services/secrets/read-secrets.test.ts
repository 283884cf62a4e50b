import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SecretConfig } from '../../../../config/config.ts'
import { readSecrets } from '../../../../services/secrets/read-secrets.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { temporary } from '../../manifests/helm/helms.ts'

const none = { random: {}, sops: [], files: {}, literals: {} }

/** The problems of one secret of these files, with the names of files alone. */
const problemsOf = async (
  files: Readonly<Record<string, string | Buffer>>,
  from: Partial<SecretConfig['from']>,
  type?: string,
) => {
  await using at = await temporary()
  for (const [name, text] of Object.entries(files)) await writeFile(join(at.folder, name), text)
  const inside = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll('@', `${at.folder}/`))
  const secret = {
    key: 'kafka',
    from: { ...none, ...(inside(from) as object) },
    namespaces: ['dev'],
    ...(type === undefined ? {} : { type }),
  }
  const { problems, known } = await readSecrets(madeConfig({ folder: at.folder, secrets: [secret] }))
  const shown = problems.map(({ severity, at: place, message, hint = '' }) =>
    `${severity} ${place?.file.replace(`${at.folder}/`, '')}:${place?.line ?? ''} ${message} ${hint}`.trim(),
  )
  return { shown, keys: known[0]?.keys && [...known[0].keys] }
}

describe('the data of a secret on this disk', () => {
  it('has every key that the template names, or each is a problem with its line, before anything is changed', async () => {
    const { shown } = await problemsOf(
      {
        'creds.env': 'USER=me\nEMPTY=\nPASWORD=hunter22\n',
        't.env': '# what is needed\nUSER=example\nEMPTY=\nPASSWORD=\nNOTHING_LIKE_IT\n',
      },
      { envFile: '@creds.env', template: '@t.env' },
    )
    expect(shown).toEqual([
      'error t.env:3 EMPTY is empty in creds.env. Add a line EMPTY=… there, or take the key out of the template.',
      'error t.env:4 PASSWORD is missing in creds.env. Is it PASWORD there?',
      'error t.env:5 NOTHING_LIKE_IT is missing in creds.env. Add a line NOTHING_LIKE_IT=… there, or take the key out of the template.',
    ])
  })

  it('is refused where a file cannot be read as what it is', async () => {
    expect((await problemsOf({ 'a.env': 'A=1\nA=2\nA=2\n' }, { envFile: '@a.env' })).shown).toEqual([
      expect.stringMatching(/^error a\.env:2 A is written twice with different values, on line 1 and on line 2/),
      expect.stringMatching(/^error a\.env:3 A is written twice with different values/),
    ])
    expect((await problemsOf({ 'a.env': Buffer.from([0x41, 0x3d, 0xff]) }, { envFile: '@a.env' })).shown).toEqual([
      'error a.env: This file is not UTF-8 text. Save it as UTF-8; UTF-16 is read where it begins with a byte order mark.',
    ])
    expect((await problemsOf({ 'a.env': '' }, { envFile: '@a.env' })).shown).toEqual([
      'error secrets.kafka: Nothing brings a key to the secret kafka. Is the file that it is made from empty?',
    ])
  })

  it('is refused where Kubernetes would refuse it: keys that a type wants, more than a Secret holds', async () => {
    const basic = (literals: Readonly<Record<string, string>>) =>
      problemsOf({}, { literals }, 'kubernetes.io/basic-auth')
    expect((await basic({ user: 'x' })).shown).toEqual([
      expect.stringContaining('has a key username or password, and nothing brings one to kafka.'),
    ])
    expect((await basic({ password: 'x' })).shown).toEqual([])
    expect((await problemsOf({}, { literals: { 'tls.crt': 'x' } }, 'kubernetes.io/tls')).shown).toEqual([
      expect.stringContaining('A Secret of type kubernetes.io/tls has a key tls.key, and nothing brings it to kafka.'),
    ])
    const big = await problemsOf({ big: Buffer.alloc(1024 * 1024 + 1) }, { files: { big: '@big' } })
    expect(big.shown).toEqual([expect.stringContaining('takes 1048577 bytes; a Secret holds 1048576')])
  })

  it('has keys that are known from all of its sources, and unknown ones where it copies what the file does not make', async () => {
    const files = { 'a.env': 'A=1\n', b: 'x', 'c.json': '{ "C": "ENC[]", "sops": {} }' }
    const from = { envFile: '@a.env', files: { b: '@b' }, sops: ['@c.json'], literals: { D: '1' }, random: { E: 3 } }
    expect((await problemsOf(files, from)).keys?.toSorted()).toEqual(['A', 'C', 'D', 'E', 'b'])
    expect((await problemsOf(files, { ...from, secret: 'shared/x' })).keys).toBeUndefined()
  })

  it('is known through copies of copies, and not through those that go in a circle', async () => {
    const secret = (key: string, from: Partial<SecretConfig['from']>, namespace: string): SecretConfig => ({
      key,
      from: { ...none, ...from },
      namespaces: [namespace],
    })
    const { known } = await readSecrets(
      madeConfig({
        secrets: [
          secret('c', { secret: 'two/b', literals: { C: '' } }, 'three'),
          secret('b', { secret: 'one/a' }, 'two'),
          secret('a', { literals: { A: '' } }, 'one'),
          secret('x', { secret: 'n/y' }, 'n'),
          secret('y', { secret: 'n/x' }, 'n'),
        ],
      }),
    )
    expect(known.map(({ key, keys }) => [key, keys && [...keys]])).toEqual([
      ['c', ['A', 'C']],
      ['b', ['A']],
      ['a', ['A']],
      ['x', undefined],
      ['y', undefined],
    ])
  })
})

describe('an env file as Windows saves it', () => {
  const text = 'USER=mé\r\nPASSWORD="a\r\nb"\r\n'
  const little = Buffer.from(`\uFEFF${text}`, 'utf16le')
  it.each([
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, little end first', little],
    ['UTF-16, big end first', Buffer.from(little).swap16()],
  ])('%s is read', async (_, bytes) => {
    const found = await problemsOf({ 'creds.env': bytes }, { envFile: '@creds.env' })
    expect(found).toEqual({ shown: [], keys: ['USER', 'PASSWORD'] })
  })

  it('is refused where nothing tells what it is', async () => {
    const { shown } = await problemsOf({ 'creds.env': Buffer.from('A=1\n', 'utf16le') }, { envFile: '@creds.env' })
    expect(shown).toEqual([
      'error creds.env: This file is not UTF-8 text. Save it as UTF-8; UTF-16 is read where it begins with a byte order mark.',
    ])
  })
})
