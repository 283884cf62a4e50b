import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { EnvironmentError } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'
import type { Store, StoreDeps } from './store.ts'

/** The store of the Windows user, which Edge, Chrome and Firefox read; from WSL by the same program. Windows itself asks once more. */
export const windowsStore = ({ run, file, signal }: StoreDeps, isWsl: boolean): Store => {
  const options = { timeoutMs: 300_000, ...(signal ? { signal } : {}) }
  const certutil = async (...args: readonly string[]) => run('certutil.exe', args, options)
  const here = async (): Promise<string> => (isWsl ? (await run('wslpath', ['-w', file], options)).stdout.trim() : file)
  // The store knows certificates by their SHA-1.
  const thumbprint = (): string =>
    createHash('sha1')
      .update(new X509Certificate(readFileSync(file)).raw)
      .digest('hex')
  const isThere = async (): Promise<boolean> => {
    try {
      await certutil('-user', '-verifystore', 'Root', thumbprint())
      return true
    } catch (error) {
      if (error instanceof CommandError && error.code !== 'command-missing') return false
      throw error
    }
  }
  return {
    id: 'windows',
    title: 'the certificates of the Windows user',
    elevated: false,
    has: async () => isThere(),
    add: async () => changing(async () => certutil('-user', '-addstore', '-f', 'Root', await here())),
    remove: async () => {
      if (await isThere()) await changing(async () => certutil('-user', '-delstore', 'Root', thumbprint()))
    },
  }
}

const changing = async (work: () => Promise<unknown>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    throw new EnvironmentError('trust', `The certificates of Windows could not be changed: ${error.message}`, {
      cause: error,
    })
  }
}
