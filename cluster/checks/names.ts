import type { Check } from './check.ts'

export const namesCheck: Check = {
  id: 'names',
  title: 'the host names lead nowhere else',
  run: async ({ hosts, hostNames = [] }) => {
    if (!hosts?.mapped) return { state: 'skipped', cause: 'The file asks for no hosts file.' }
    const mapped = await hosts.mapped()
    const evidence = hostNames.length === 0 ? 'the file names none' : hostNames.join(', ')
    const foreign = mapped.filter(({ cluster, address }) => cluster === undefined && address !== '127.0.0.1')
    const shared = mapped.filter(({ cluster }) => cluster !== undefined)
    if (foreign.length + shared.length === 0) return { state: 'ok', evidence }
    return {
      state: 'warning',
      cause: [
        ...foreign.map(({ host, address, line }) => `${host} already leads to ${address} (${hosts.file}:${line})`),
        ...shared.map(({ host, cluster }) => `${host} is also a name of cluster ${cluster}`),
      ]
        .join('; ')
        .concat('.'),
      evidence,
      fix:
        foreign.length > 0
          ? `Take ${foreign.length > 1 ? 'those lines' : 'that line'} out: of several, the first one counts.`
          : 'Give one of the two another name, or take the other cluster away: kindup down --name NAME',
    }
  },
}
