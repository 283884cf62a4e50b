import { inGiB, withEngine, type Check } from './check.ts'

const GiB = 2 ** 30

export const memoryCheck: Check = {
  id: 'memory',
  title: 'the engine has memory enough',
  run: (dependencies) =>
    withEngine(dependencies, async (engine) => {
      const { memoryBytes } = await engine.info()
      const nodes = dependencies.config?.cluster.nodes.length ?? 1
      // A control plane takes about 1 GiB at rest, a worker half of one; the rest is for what runs there.
      const wanted = 2 * GiB + (nodes - 1) * 0.5 * GiB
      const evidence = `${inGiB(memoryBytes)} for ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`
      // Engines that do not tell say 0.
      if (memoryBytes === 0 || memoryBytes >= wanted) return { state: 'ok', evidence }
      return {
        state: 'warning',
        cause: `The engine has ${inGiB(memoryBytes)} of memory; ${nodes} nodes want ${inGiB(wanted)}.`,
        evidence,
        fix: 'Give the engine more memory (Docker Desktop: Settings, Resources), or take fewer nodes.',
      }
    }),
}
