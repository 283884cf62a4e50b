import { release } from 'node:os'
import { browserStores } from './nss.ts'
import { keychainStore } from './keychain.ts'
import type { Store, StoreDeps } from './store.ts'
import { systemStore } from './system.ts'
import { windowsStore } from './windows.ts'

/** What could be told of this machine, for stores that want a program of somebody else's. */
export type StoresHere = { readonly stores: readonly Store[]; readonly lacking: readonly string[] }

/** The stores of this machine, and what is missing for others that are here. */
export const storesHere = async (
  deps: StoreDeps,
  isOnPath: (program: string) => Promise<boolean>,
  platform: string = process.platform,
): Promise<StoresHere> => {
  if (platform === 'win32') return { stores: [windowsStore(deps, false)], lacking: [] }
  const browsers = browserStores(deps)
  const canEdit = browsers.length === 0 || (await isOnPath('certutil'))
  const named = platform === 'darwin' ? keychainStore(deps) : systemStore(deps)
  const isWsl = platform === 'linux' && /microsoft/i.test(release()) && (await isOnPath('certutil.exe'))
  const lacking = [
    ...(named ? [] : ['The system has no folder for certificates: install ca-certificates, and run this again.']),
    ...(canEdit
      ? []
      : [
          `${browsers.map(({ title }) => title).join(', ')}: certutil of NSS is not here. Install it (${platform === 'darwin' ? 'brew install nss' : 'libnss3-tools, or nss-tools'}), and run this again.`,
        ]),
  ]
  return {
    stores: [...(named ? [named] : []), ...(canEdit ? browsers : []), ...(isWsl ? [windowsStore(deps, true)] : [])],
    lacking,
  }
}
