import { inGiB, type Check } from './check.ts'

export const engineCheck: Check = {
  id: 'engine',
  title: 'a container engine answers',
  run: async ({ engine }) => {
    const found = await engine()
    const { version, cpus, memoryBytes, cgroupVersion, rootless } = await found.info()
    const more = `${cpus} CPUs, ${inGiB(memoryBytes)}, cgroup v${cgroupVersion}${rootless ? ', rootless' : ''}`
    return { state: 'ok', evidence: `${found.name} ${version}: ${more}` }
  },
}
