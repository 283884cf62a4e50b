import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import {
  holdsAnchor,
  holdsAnywhere,
  ownAnchors,
  readAnchor,
  removeAnchor,
  systemAnchors,
  writeAnchor,
} from '../../../trust/anchors.ts'
import { readRequest } from '../../../trust/elevated.ts'
import type { StoreDeps } from '../../../trust/stores/store.ts'
import { systemStore } from '../../../trust/stores/system.ts'
import { takeAuthority } from '../../../trust/find-authority.ts'
import { issueServerCertificate } from '../../../trust/server-certificate.ts'
import { serverNames } from '../../../trust/server-names.ts'
import { tree } from '../../support/tree.ts'

const made = async (folder: string) => takeAuthority({ KINDUP_STATE: folder, XDG_DATA_HOME: folder }, () => undefined)

it.each([
  ['etc/pki/ca-trust/source/anchors', '.pem', 'update-ca-trust'],
  ['usr/local/share/ca-certificates', '.crt', 'update-ca-certificates'],
  ['etc/ca-certificates/trust-source/anchors', '.crt', 'trust'],
  ['usr/share/pki/trust/anchors', '.pem', 'update-ca-certificates'],
])('writes one file into %s and removes that one', async (folder, ending, command) => {
  using system = tree({ [`${folder}/theirs${ending}`]: 'theirs' })
  using home = tree({})
  const { certificate } = await made(home.folder)
  const anchors = systemAnchors(system.folder)
  if (!anchors) throw new Error('the folder was not found')
  expect(anchors.add[0]).toBe(command)
  const before = readdirSync(join(system.folder, folder))
  await writeAnchor(anchors, readAnchor(String(certificate)))
  const [file = ''] = readdirSync(join(system.folder, folder)).filter((name) => !before.includes(name))
  expect(file).toMatch(/^kindup-[0-9a-f]{16}\./)
  expect(new X509Certificate(readFileSync(join(system.folder, folder, file))).raw).toEqual(certificate.raw)
  expect(holdsAnchor(anchors, certificate.fingerprint256)).toBe(true)
  expect(ownAnchors(anchors)).toEqual([certificate.fingerprint256])
  expect(ownAnchors(anchors, 'somebody-else')).toEqual([])
  // What somebody else wrote under that name is theirs.
  writeFileSync(join(system.folder, folder, file), 'another')
  removeAnchor(anchors, certificate.fingerprint256)
  expect(readdirSync(join(system.folder, folder))).toContain(file)
  await writeAnchor(anchors, certificate)
  removeAnchor(anchors, certificate.fingerprint256)
  removeAnchor(anchors, certificate.fingerprint256)
  expect(readdirSync(join(system.folder, folder))).toEqual(before)
  writeFileSync(join(system.folder, folder, `mkcert_1${ending}`), String(certificate))
  expect(holdsAnywhere(anchors, certificate.fingerprint256)).toBe(true)
})

it('has the hooks of Debian told of what went: update-ca-certificates --fresh tells them what there is alone', async () => {
  using system = tree({
    'usr/local/share/ca-certificates/theirs.crt': 'theirs',
    'etc/ca-certificates/update.d/jks-keystore': '',
    'etc/ca-certificates/update.d/mono.dpkg-old': '',
  })
  using home = tree({})
  const { certificate } = await made(home.folder)
  const anchors = systemAnchors(system.folder)
  if (!anchors) throw new Error('the folder was not found')
  await writeAnchor(anchors, certificate)
  const ran: (readonly unknown[])[] = []
  const run = async (...[program, args, options]: Parameters<StoreDeps['run']>) => {
    ran.push([[program, ...args].filter((word) => word !== 'sudo' && word !== '-n').at(-1), options?.input])
    return { stdout: '', stderr: '' }
  }
  const store = systemStore({ run, env: {}, file: '', folder: '' } as unknown as StoreDeps, anchors)
  await store?.remove(certificate.fingerprint256)
  const [file = ''] = readdirSync(join(system.folder, 'usr/local/share/ca-certificates')).filter((one) =>
    one.startsWith('kindup-'),
  )
  expect(ran.slice(1)).toEqual([
    ['--fresh', undefined],
    [
      join(system.folder, 'etc/ca-certificates/update.d/jks-keystore'),
      `-/etc/ssl/certs/${file.replace('.crt', '.pem')}\n`,
    ],
  ])
})

it('a system without such a folder has none', () => {
  using system = tree({ 'etc/hosts': '' })
  expect(systemAnchors(system.folder)).toBeUndefined()
})

it('takes the certificate of a local authority, and nothing else', async () => {
  using home = tree({})
  const authority = await made(home.folder)
  const pem = String(authority.certificate)
  const server = await issueServerCertificate(serverNames(['a.test'], []), 'a', authority)
  const request = (certificate: unknown) => () => readRequest(JSON.stringify({ certificate }))
  expect(request(pem)()).toMatchObject({ certificate: authority.certificate })
  expect(request(`${pem}${pem}`)).toThrow('one certificate')
  expect(request(server.certificate)).toThrow('signs itself')
  expect(request(`${pem}${server.key}`)).toThrow('one certificate')
  expect(request('')).toThrow('one certificate')
  expect(request(1)).toThrow('is expected')
  const fingerprint = authority.certificate.fingerprint256
  expect(readRequest(JSON.stringify({ remove: fingerprint }))).toEqual({ remove: fingerprint })
  for (const text of [
    'x',
    'null',
    '[]',
    '{}',
    '{"remove":"../x"}',
    '{"remove":"a","certificate":"b"}',
    '{"file":"/etc/passwd"}',
  ])
    expect(() => readRequest(text)).toThrow(Error)
})

// Only refusals are run as a program: it has no way to be pointed at another folder.
it.each([
  { args: ['/tmp'], input: '{}', says: 'it takes no arguments' },
  { args: [], input: '{"remove":"x"}', says: '`certificate` or `remove` is expected' },
])('the program exits 1 and says why: $says', ({ args, input, says }) => {
  const program = fileURLToPath(new URL('../../../trust/elevated.ts', import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, [program, ...args], { input, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 1, stderr: `trust: ${says}\n` })
})
