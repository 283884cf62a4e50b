import { withEngine, type Check } from './check.ts'

export const cpusCheck: Check = {
  id: 'cpus',
  title: 'the engine has CPUs enough',
  run: (dependencies) =>
    withEngine(dependencies, async (engine) => {
      const { cpus } = await engine.info()
      const nodes = dependencies.config?.cluster.nodes.length ?? 1
      // kubeadm asks for two in a control plane; beyond that several nodes share one well while they rest.
      const wanted = Math.max(2, Math.ceil(nodes / 4))
      const evidence = `${cpus} for ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`
      // Engines that do not tell say 0.
      if (cpus === 0 || cpus >= wanted) return { state: 'ok', evidence }
      return {
        state: 'warning',
        cause: `The engine has ${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}; ${nodes} ${nodes === 1 ? 'node wants' : 'nodes want'} ${wanted}.`,
        evidence,
        fix: 'Give the engine more CPUs (Docker Desktop: Settings, Resources; colima start --cpu 4), or take fewer nodes.',
      }
    }),
}
