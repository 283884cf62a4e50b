import type { Check } from './check.ts'

export const hostsCheck: Check = {
  id: 'hosts',
  title: 'host names can be written',
  run: async ({ hosts }) => {
    if (!hosts) return { state: 'skipped', cause: 'The file asks for no hosts file.' }
    if (await hosts.mayWrite()) return { state: 'ok', evidence: `${hosts.file} may be written` }
    if (await hosts.needsElevation()) return { state: 'ok', evidence: `${hosts.file} through sudo, which asks first` }
    return {
      state: 'warning',
      cause: `No write permission for ${hosts.file}.`,
      fix: `Let yourself write it, name another under hosts.file, or say hosts: { mode: none }.`,
    }
  },
}
