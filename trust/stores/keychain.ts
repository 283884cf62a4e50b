import { EnvironmentError } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'
import type { Store, StoreDeps } from './store.ts'

const keychain = '/Library/Keychains/System.keychain'

/** The keychain of macOS, which Safari, Chrome, curl and Go read. */
export const keychainStore = ({ run, file, signal }: StoreDeps): Store => {
  const security = (args: readonly string[]) =>
    run('security', args, { timeoutMs: 30_000, ...(signal ? { signal } : {}) })
  const asRoot = (args: readonly string[]) =>
    run('sudo', ['-n', 'security', ...args], { timeoutMs: 120_000, ...(signal ? { signal } : {}) }).catch(
      (error: unknown) => {
        if (!(error instanceof CommandError)) throw error
        throw new EnvironmentError('trust', `The keychain could not be changed: ${error.message}`, {
          hints: [`sudo security ${args.join(' ')}`],
          cause: error,
        })
      },
    )
  const isThere = async (fingerprint: string): Promise<boolean> => {
    const { stdout } = await security(['find-certificate', '-a', '-Z', keychain])
    return stdout.includes(fingerprint.replaceAll(':', ''))
  }
  return {
    id: 'keychain',
    title: `the keychain of macOS (${keychain})`,
    elevated: true,
    has: async ({ fingerprint256 }) => isThere(fingerprint256),
    add: async () => void (await asRoot(['add-trusted-cert', '-d', '-r', 'trustRoot', '-k', keychain, file])),
    remove: async (fingerprint) => {
      if (!(await isThere(fingerprint))) return
      await asRoot(['remove-trusted-cert', '-d', file])
      await asRoot(['delete-certificate', '-Z', fingerprint.replaceAll(':', ''), keychain])
    },
  }
}
