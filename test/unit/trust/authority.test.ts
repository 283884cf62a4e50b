import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync, rmSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { authorityFiles, authorityFolder, readAuthority } from '../../../trust/authority.ts'
import { findAuthority, takeAuthority } from '../../../trust/find-authority.ts'
import { mkcertFolder } from '../../../trust/mkcert.ts'
import { issueServerCertificate, outdated } from '../../../trust/server-certificate.ts'
import { serverNames } from '../../../trust/server-names.ts'
import { tree } from '../../support/tree.ts'

const dayMs = 24 * 3600_000
const silent = (text: string): void => {
  throw new Error(`not expected: ${text}`)
}
const at = (folder: string, more: Record<string, string> = {}) => ({
  KINDUP_STATE: join(folder, 'state'),
  XDG_DATA_HOME: join(folder, 'data'),
  ...more,
})

it('is made once, for its user alone, and signs for servers only', async () => {
  using home = tree({})
  const env = at(home.folder)
  expect(await findAuthority(env, silent)).toBeUndefined()
  const [first, second] = await Promise.all([takeAuthority(env, silent), takeAuthority(env, silent)])
  expect(first.certificate.raw).toEqual(second.certificate.raw)
  expect((await findAuthority(env, silent))?.certificate.raw).toEqual(first.certificate.raw)
  const files = authorityFiles(authorityFolder(env))
  expect(statSync(files.key).mode & 0o777).toBe(0o600)
  expect(readdirSync(authorityFolder(env)).toSorted()).toEqual(['rootCA-key.pem', 'rootCA.pem'])
  expect(first.certificate.ca).toBe(true)
  expect(first.certificate.checkPrivateKey(createPrivateKey(readFileSync(files.key)))).toBe(true)
  chmodSync(files.key, 0o644)
  await findAuthority(env, silent)
  expect(statSync(files.key).mode & 0o777).toBe(0o600)
})

it('says where it cannot be kept', async () => {
  using home = tree({ 'state/ca': 'a file of somebody' })
  const env = at(home.folder)
  await expect(takeAuthority(env, silent)).rejects.toMatchObject({
    code: 'ca',
    message: expect.stringContaining(`cannot be kept in ${authorityFolder(env)}`),
  })
})

it('certificates are for the hosts, a wildcard beside them and this machine; for a year at most', async () => {
  using home = tree({})
  const authority = await takeAuthority(at(home.folder), silent)
  const names = serverNames(
    ['web.demo.localhost', 'api.localhost', '*.any.test', '192.0.2.7', 'Not A Name'],
    ['shop.test'],
  )
  expect(names).toEqual({
    names: [
      '*.any.test',
      '*.demo.localhost',
      '*.shop.test',
      'api.localhost',
      'localhost',
      'shop.test',
      'web.demo.localhost',
    ],
    addresses: ['127.0.0.1', '192.0.2.7', '::1'],
  })
  const made = await issueServerCertificate(names, 'demo', authority)
  const certificate = new X509Certificate(made.certificate)
  expect(certificate.checkPrivateKey(createPrivateKey(made.key))).toBe(true)
  expect(certificate.verify(authority.certificate.publicKey)).toBe(true)
  for (const host of [
    'web.demo.localhost',
    'later.demo.localhost',
    'api.localhost',
    'x.shop.test',
    'shop.test',
    'localhost',
  ])
    expect(certificate.checkHost(host)).toBeDefined()
  for (const host of ['other.localhost', 'demo.localhost', 'a.b.demo.localhost', 'example.com'])
    expect(certificate.checkHost(host)).toBeUndefined()
  expect(certificate.ca).toBe(false)
  const days = (certificate.validToDate.getTime() - certificate.validFromDate.getTime()) / dayMs
  expect(days).toBeLessThanOrEqual(397)
  expect(outdated(made.certificate, names, authority.certificate)).toBeUndefined()
})

it('says why a certificate has to be made again', async () => {
  using home = tree({})
  using other = tree({})
  const authority = await takeAuthority(at(home.folder), silent)
  const names = serverNames(['web.demo.localhost'], [])
  const { certificate } = await issueServerCertificate(names, 'demo', authority)
  const until = new X509Certificate(certificate).validToDate.getTime()
  const why = (hosts: readonly string[], now?: number) =>
    outdated(certificate, serverNames(hosts, []), authority.certificate, now)
  expect(why(['web.demo.localhost', 'api.demo.localhost'])).toBe('it lacks api.demo.localhost')
  expect(why(['web.demo.localhost'], until - 29 * dayMs)).toMatch(/^it ends on \d{4}-/)
  expect(why(['web.demo.localhost'], until - 31 * dayMs)).toBeUndefined()
  expect(why(['web.demo.localhost'], until)).toMatch(/^it ended on/)
  expect(why([])).toBeUndefined()
  const stranger = await takeAuthority(at(other.folder), silent)
  expect(outdated(certificate, names, stranger.certificate)).toBe('another certificate authority signed it')
  expect(outdated('x', names, authority.certificate)).toBe('it is no certificate')
})

it('a certificate ends with its authority, and is not made again for that', async () => {
  using home = tree({})
  const authority = await takeAuthority(at(home.folder), silent)
  const end = authority.certificate.validToDate.getTime()
  const names = serverNames([], [])
  const { certificate } = await issueServerCertificate(names, 'demo', authority, end - 10 * dayMs)
  expect(new X509Certificate(certificate).validToDate.getTime()).toBe(end)
  expect(outdated(certificate, names, authority.certificate, end - 9 * dayMs)).toBeUndefined()
})

it("mkcert's is taken where it is there, and passed over with a word where it has no key", async () => {
  using home = tree({})
  using mkcert = tree({})
  // What mkcert leaves is the same two files.
  await takeAuthority({ KINDUP_STATE: mkcert.folder, XDG_DATA_HOME: mkcert.folder }, silent)
  const CAROOT = join(mkcert.folder, 'ca')
  const env = at(home.folder, { CAROOT })
  expect(await takeAuthority(env, silent)).toMatchObject({ owner: 'mkcert', file: join(CAROOT, 'rootCA.pem') })
  expect(existsSync(authorityFolder(env))).toBe(false)
  rmSync(authorityFiles(CAROOT).key)
  await expect(takeAuthority(env, silent)).rejects.toMatchObject({
    code: 'ca',
    message: expect.stringContaining('has no key') as string,
    hints: [expect.stringContaining('CAROOT=') as string],
  })
  await expect(takeAuthority(at(home.folder, { CAROOT: home.folder }), silent)).rejects.toThrow(
    /CAROOT is .*there is no/,
  )
})

it("mkcert's without a key is passed over where nobody named it, with a word", async () => {
  using home = tree({ 'data/mkcert/rootCA.pem': 'of another machine' })
  const said: string[] = []
  expect((await takeAuthority(at(home.folder), (text) => said.push(text))).owner).toBe('kindup')
  expect(said).toEqual([expect.stringMatching(/has no key.*kindup's own certificate authority is used\.$/)])
})

it.each([
  ['linux', { HOME: '/h' }, '/h/.local/share/mkcert'],
  ['linux', { HOME: '/h', XDG_DATA_HOME: '/d' }, '/d/mkcert'],
  ['darwin', { HOME: '/h' }, '/h/Library/Application Support/mkcert'],
])('the usual folder of mkcert on %s', (platform, env, folder) => {
  expect(mkcertFolder(env, platform)).toEqual({ folder, named: false })
})

it.each([
  ['an empty certificate', { certificate: '' }, /rootCA\.pem is no certificate\./],
  ['an empty key', { key: '' }, /rootCA-key\.pem is no private key\./],
  ['no key', { key: undefined }, /has no key/],
])('what cannot be used is told in one sentence: %s', async (_what, change, message) => {
  using home = tree({})
  const env = at(home.folder)
  await takeAuthority(env, silent)
  const files = authorityFiles(authorityFolder(env))
  for (const [name, text] of Object.entries(change)) {
    const file = files[name as keyof typeof files]
    if (text === undefined) rmSync(file)
    else writeFileSync(file, text)
  }
  await expect(takeAuthority(env, silent)).rejects.toMatchObject({
    code: 'ca',
    message: expect.stringMatching(message) as string,
    hints: [expect.stringContaining('kindup untrust') as string],
  })
})

it('the key of another is none, and neither is a certificate that ended or begins later', async () => {
  using home = tree({})
  using other = tree({})
  const { certificate } = await takeAuthority(at(home.folder), silent)
  await takeAuthority(at(other.folder), silent)
  const folder = authorityFolder(at(home.folder))
  await expect(readAuthority(folder, 'kindup', certificate.validToDate.getTime())).rejects.toThrow(/ended on 20/)
  await expect(readAuthority(folder, 'kindup', certificate.validFromDate.getTime() - 1)).rejects.toThrow(
    /is valid from 20.* and the clock of this machine says/,
  )
  writeFileSync(authorityFiles(folder).key, readFileSync(authorityFiles(authorityFolder(at(other.folder))).key))
  await expect(readAuthority(folder, 'kindup')).rejects.toThrow(/is not the key of/)
})
