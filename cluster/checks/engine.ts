import { EngineUnreachable } from '../engine/unreachable.ts'
import { failedWith, inGiB, type Check, type CheckDependencies } from './check.ts'
import { engineRepair } from './repairs/engine.ts'

/** A healthy engine answers within a tenth of this; every step asks it several times. */
const slowMs = 5_000

export const engineCheck: Check = {
  id: 'engine',
  title: 'a container engine answers',
  run: async (dependencies) => {
    const found = await dependencies.engine().catch(async (error: unknown) => {
      if (!(error instanceof EngineUnreachable)) throw error
      const repair = await engineRepair(error.troubles, dependencies)
      return { ...failedWith(error), ...(repair ? { repair } : {}) }
    })
    if ('state' in found) return found
    const {
      version,
      cpus,
      memoryBytes,
      cgroupVersion,
      rootless,
      product,
      reachedBy,
      answeredMs = 0,
    } = await found.info()
    const made = [product, reachedBy].filter((part) => part !== undefined).join(', ')
    const evidence = [
      `${found.name} ${version}${made === '' ? '' : ` (${made})`}: ${cpus} CPUs, ${inGiB(memoryBytes)}`,
      `cgroup v${cgroupVersion}${rootless ? ', rootless' : ''}; ${whyThis(dependencies)}`,
    ].join(', ')
    if (answeredMs < slowMs) return { state: 'ok', evidence }
    return {
      state: 'warning',
      cause: `${found.name} took ${(answeredMs / 1000).toFixed(1)} s to say how it is: everything will be slow.`,
      evidence,
      fix: 'Restart the engine, or give it more memory and CPUs.',
    }
  },
}

const whyThis = ({ config, env }: CheckDependencies): string => {
  const want = config?.cluster.engine ?? 'auto'
  if (want !== 'auto') return `cluster.engine says ${want}`
  const preferred = env['KIND_EXPERIMENTAL_PROVIDER']
  if (preferred) return `KIND_EXPERIMENTAL_PROVIDER=${preferred}`
  return 'the first of docker, podman, nerdctl that answers'
}
