import { readFileSync, readdirSync, writeFileSync, appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CommandError, type Run } from '../../../core/run.ts'
import { takeAuthority } from '../../../trust/find-authority.ts'
import { browserStores } from '../../../trust/stores/nss.ts'
import { tree } from '../../support/tree.ts'

/** certutil of NSS, as far as it is used: a database is a line a certificate, and writing counts up. */
const certutil: Run = (program, args) => {
  const at = (flag: string): string => args[args.indexOf(flag) + 1] ?? ''
  const file = join(at('-d').replace('sql:', ''), 'cert9.db')
  const lines = readFileSync(file, 'utf8').split('\n')
  const name = at('-n')
  if (program !== 'certutil') throw new Error(`not told of ${program}`)
  if (lines[0] === 'locked')
    return refusing('certutil: function failed: SEC_ERROR_BAD_DATABASE: security library: bad database.')
  if (args[0] === '-L' && !args.includes('-n'))
    return Promise.resolve({ stdout: lines.map((line) => `${line}    C,,\n`).join(''), stderr: '', code: 0 })
  if (args[0] === '-A') appendFileSync(file, `${name}\n`)
  else if (!lines.includes(name))
    return refusing(`certutil: Could not find cert: ${name}\n: PR_FILE_NOT_FOUND_ERROR: File not found\n`)
  if (args[0] === '-D') writeFileSync(file, `${lines.filter((line) => line !== name).join('\n')}one was deleted\n`)
  const stdout = args.includes('-a') ? readFileSync(join(file, '../../../rootCA.pem'), 'utf8') : ''
  return Promise.resolve({ stdout, stderr: '', code: 0 })
}

/** Whatever it is, it ends with 255. */
const refusing = (stderr: string): Promise<never> =>
  Promise.reject(
    new CommandError('command-failed', stderr, { command: 'certutil', exitStatus: 255, stdout: '', stderr }),
  )

const world = async (home: string) => {
  const env = { HOME: home, KINDUP_STATE: join(home, 'state'), XDG_DATA_HOME: home }
  const { certificate, file } = await takeAuthority(env, () => undefined)
  return { certificate, stores: browserStores({ run: certutil, env, file, folder: join(home, 'state', 'ca') }) }
}

const home = {
  '.pki/nssdb/cert9.db': 'chromium\n',
  '.mozilla/firefox/abc.default/cert9.db': 'firefox\n',
  '.mozilla/firefox/profiles.ini': '',
}

it('changes the databases that are there, and leaves their bytes of before', async () => {
  using files = tree(home)
  const { certificate, stores } = await world(files.folder)
  expect(stores.map(({ id }) => id)).toEqual(['chromium', 'firefox:abc.default'])
  for (const store of stores) {
    expect(await store.has(certificate)).toBe(false)
    await store.add(certificate)
    expect(await store.has(certificate)).toBe(true)
    await store.remove(certificate.fingerprint256)
    await store.remove(certificate.fingerprint256)
    expect(await store.has(certificate)).toBe(false)
  }
  for (const [path, text] of Object.entries(home)) expect(readFileSync(join(files.folder, path), 'utf8')).toBe(text)
  expect(readdirSync(join(files.folder, '.pki/nssdb'))).toEqual(['cert9.db'])
})

it('finds the databases of both kinds of folders, those of the XDG base directories too', async () => {
  using files = tree({
    ...home,
    '.config/mozilla/firefox/abc.default/cert9.db': 'firefox\n',
    '.local/share/pki/nssdb/cert9.db': 'chromium\n',
    'moved/mozilla/firefox/def.default/cert9.db': 'firefox\n',
    'data/pki/nssdb/cert9.db': 'chromium\n',
  })
  const at = (path: string): string => join(files.folder, path)
  const idsWith = (env: Readonly<Record<string, string>>): readonly string[] =>
    browserStores({ run: certutil, env: { HOME: files.folder, ...env }, file: '', folder: at('state/ca') }).map(
      ({ id }) => id,
    )
  expect(idsWith({})).toEqual([
    'chromium',
    `chromium:${at('.local/share/pki/nssdb')}`,
    'firefox:abc.default',
    `firefox:${at('.config/mozilla/firefox/abc.default')}`,
  ])
  expect(idsWith({ XDG_CONFIG_HOME: at('moved'), XDG_DATA_HOME: at('data') })).toEqual([
    'chromium',
    `chromium:${at('data/pki/nssdb')}`,
    'firefox:abc.default',
    `firefox:${at('moved/mozilla/firefox/def.default')}`,
  ])
})

it('takes out no more than its own where the browser wrote meanwhile', async () => {
  using files = tree(home)
  const { certificate, stores } = await world(files.folder)
  const [store] = stores
  await store?.add(certificate)
  appendFileSync(join(files.folder, '.pki/nssdb/cert9.db'), 'of the browser\n')
  await store?.remove(certificate.fingerprint256)
  const text = readFileSync(join(files.folder, '.pki/nssdb/cert9.db'), 'utf8')
  expect(text).toContain('of the browser\n')
  expect(text).not.toContain('kindup')
})

it('takes one that is locked for neither with nor without it, and finds its own without a note of it', async () => {
  using files = tree(home)
  const { certificate, stores } = await world(files.folder)
  const [store] = stores
  await store?.add(certificate)
  const database = join(files.folder, '.pki/nssdb/cert9.db')
  const text = readFileSync(database, 'utf8')
  writeFileSync(database, `locked\n${text}`)
  await expect(store?.has(certificate)).rejects.toMatchObject({ code: 'trust' })
  await expect(store?.remove(certificate.fingerprint256)).rejects.toMatchObject({ code: 'trust' })
  writeFileSync(database, text)
  rmSync(join(files.folder, 'state/ca'), { recursive: true })
  writeFileSync(join(files.folder, 'rootCA.pem'), String(certificate))
  expect(await store?.own?.()).toEqual([certificate.fingerprint256])
  await store?.remove(certificate.fingerprint256)
  expect(readFileSync(database, 'utf8')).not.toContain('kindup')
})
