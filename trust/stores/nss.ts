import { createHash, X509Certificate } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { homeFolder } from '../../core/paths.ts'
import { replaceFile } from '../../core/replace-file.ts'
import { CommandError } from '../../core/run.ts'
import { nickname, type Store, type StoreDeps } from './store.ts'

type Env = StoreDeps['env']

/**
 * Where Chromium and Firefox keep their certificates: those of distributions, snaps and flatpaks. Where the folder of before (`.pki`,
 * `.mozilla`) is not there, Firefox from 147 on and Chromium of 2026 keep to the folders of the XDG base directories.
 */
const places = (env: Env): readonly (readonly [browser: string, pattern: string])[] => {
  const home = (...parts: readonly string[]): string => join(homeFolder(env), ...parts)
  return [
    ['chromium', home('.pki/nssdb')],
    ['chromium', home('snap/chromium/current/.pki/nssdb')],
    ['chromium', join(env['XDG_DATA_HOME'] || home('.local/share'), 'pki/nssdb')],
    ['firefox', home('.mozilla/firefox/*')],
    ['firefox', home('snap/firefox/common/.mozilla/firefox/*')],
    ['firefox', home('.var/app/org.mozilla.firefox/.mozilla/firefox/*')],
    ['firefox', join(env['XDG_CONFIG_HOME'] || home('.config'), 'mozilla/firefox/*')],
    ['firefox', home('snap/firefox/common/.config/mozilla/firefox/*')],
    ['firefox', home('.var/app/org.mozilla.firefox/config/mozilla/firefox/*')],
    ['firefox', home('Library/Application Support/Firefox/Profiles/*')],
  ]
}

/** The databases of browsers that are here. `certutil` of NSS changes them. */
export const browserStores = (deps: StoreDeps): readonly Store[] =>
  places(deps.env).flatMap(([browser, pattern]) =>
    globSync(join(pattern, 'cert9.db').replaceAll('\\', '/')).map((file) => nssStore(browser, join(file, '..'), deps)),
  )

/** As the record of what was trusted has it. */
const idOf = (browser: string, folder: string): string =>
  /[/\\](?:pki[/\\]nssdb|mozilla[/\\]firefox[/\\][^/\\]+)$/.test(folder)
    ? `${browser}:${folder}`
    : browser === 'chromium'
      ? browser
      : `${browser}:${basename(folder)}`

const nssStore = (browser: string, folder: string, deps: StoreDeps): Store => {
  const kept = join(deps.folder, 'stores', hash(folder).slice(0, 16))
  const certutil = (...args: readonly string[]) =>
    deps.run('certutil', [...args, '-d', `sql:${folder}`], {
      timeoutMs: 30_000,
      ...(deps.signal ? { signal: deps.signal } : {}),
    })
  const isThere = async (fingerprint: string, name = nickname(fingerprint)): Promise<boolean> => {
    try {
      await certutil('-L', '-n', name)
      return true
    } catch (error) {
      // One that is locked, or may not be read, holds it as before.
      if (error instanceof CommandError && isNotFound(error)) return false
      throw failed(folder, error)
    }
  }
  return {
    id: idOf(browser, folder),
    title: `${browser === 'chromium' ? 'Chromium and Chrome' : 'Firefox'} (${folder})`,
    elevated: false,
    has: async ({ fingerprint256, serialNumber }) =>
      (await isThere(fingerprint256)) ||
      // As mkcert calls its own.
      isThere(fingerprint256, `mkcert development CA ${BigInt(`0x${serialNumber}`)}`),
    add: async ({ fingerprint256 }) => {
      await keep(folder, kept)
      try {
        await certutil('-A', '-t', 'C,,', '-n', nickname(fingerprint256), '-i', deps.file)
      } catch (error) {
        throw failed(folder, error)
      }
      await writeFileAtomic(join(kept, 'after.json'), JSON.stringify({ folder, ...hashes(folder) }), { mode: 0o600 })
    },
    own: async () => {
      try {
        const { stdout } = await certutil('-L')
        const names = [...stdout.matchAll(/^(kindup [0-9a-f]{16})\s/gm)].map(([, name = '']) => name)
        const found = await Promise.all([...new Set(names)].map((name) => certutil('-L', '-a', '-n', name)))
        return found.map(({ stdout: pem }) => new X509Certificate(pem).fingerprint256)
      } catch (error) {
        throw failed(folder, error)
      }
    },
    remove: async (fingerprint) => {
      if (await isAsLeft(folder, kept)) await putBack(folder, kept)
      else if (await isThere(fingerprint))
        await certutil('-D', '-n', nickname(fingerprint)).catch((error: unknown) => {
          throw failed(folder, error)
        })
      await rm(kept, { recursive: true, force: true })
    },
  }
}

/** What certutil may write: the certificates, what protects their trust (beside the keys), and how to open both. */
const files = ['cert9.db', 'key4.db', 'pkcs11.txt'] as const

/** A database is never the same again after a certificate came and went: its bytes are kept, for when nobody else writes. */
const keep = async (folder: string, kept: string): Promise<void> => {
  await rm(kept, { recursive: true, force: true })
  await mkdir(kept, { recursive: true, mode: 0o700 })
  for (const file of files) if (existsSync(join(folder, file))) await copyFile(join(folder, file), join(kept, file))
}

const isAsLeft = async (folder: string, kept: string): Promise<boolean> => {
  const after = await readFile(join(kept, 'after.json'), 'utf8').catch(() => undefined)
  return after !== undefined && after === JSON.stringify({ folder, ...hashes(folder) })
}

const putBack = async (folder: string, kept: string): Promise<void> => {
  for (const file of files) {
    const bytes = await readFile(join(kept, file)).catch(() => undefined)
    if (bytes) await replaceFile(join(folder, file), bytes)
    else await rm(join(folder, file), { force: true })
  }
}

const hashes = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    files.map((file) => {
      const path = join(folder, file)
      return [file, existsSync(path) ? hash(readFileSync(path)) : '']
    }),
  )

const hash = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Every failure of certutil ends with the same code. Source: mozilla/nss, cmd/certutil. */
const isNotFound = ({ stderr }: CommandError): boolean => /could not find|PR_FILE_NOT_FOUND_ERROR/i.test(stderr)

const failed = (folder: string, error: unknown): unknown =>
  error instanceof CommandError
    ? new EnvironmentError('trust', `The certificates in ${folder} could not be changed: ${error.message}`, {
        hints: [
          'Close the browser, and again. Its password for certificates, where it has one, is asked nowhere here.',
        ],
        cause: error,
      })
    : error
