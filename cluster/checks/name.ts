import { unlessRefused } from '../../core/errors.ts'
import { readMarker } from '../ownership-marker.ts'
import { nameTaken, situationOf } from '../kind/situation.ts'
import { failedWith, noFile, withEngine, type Check, type CheckDependencies } from './check.ts'

export const nameCheck: Check = {
  id: 'name',
  title: "the cluster's name is free, or ours",
  run: async (dependencies) => {
    const { config } = dependencies
    if (!config) return noFile
    return withEngine(dependencies, async (engine) => {
      const situation = await situationOf(engine, config.name)
      const taken = nameTaken(engine, config, situation)
      if (taken) return failedWith(taken)
      if (situation.marker) return { state: 'ok', evidence: `${config.name}: a cluster of this file` }
      const elsewhere = await inAnotherEngine(dependencies, config.name)
      if (elsewhere === undefined) return { state: 'ok', evidence: `${config.name}: free` }
      return {
        state: 'failed',
        cause: `The cluster ${config.name} is in ${elsewhere}, and ${engine.name} is taken now: both answer.`,
        evidence: `volume kindup-${config.name} of ${elsewhere}`,
        fix: [
          `KIND_EXPERIMENTAL_PROVIDER=${elsewhere} kindup up   # or, in the file: cluster: { engine: ${elsewhere} }`,
          `kindup down --name ${config.name}   # takes it out of ${elsewhere}`,
        ].join('\n'),
      }
    })
  },
}

/** Of two engines at once, only one is looked into: a cluster in the other would be made a second time. */
const inAnotherEngine = async ({ config, others }: CheckDependencies, name: string): Promise<string | undefined> => {
  if (!others || config?.cluster.engine !== 'auto') return undefined
  const answering = (await others()).filter(({ failure }) => !failure)
  const held = await Promise.all(
    answering.map(async ({ engine }) => {
      // It answered a moment ago and fails now: it is not the one that is wanted.
      return unlessRefused(
        async () => ((await readMarker(engine, name)) === undefined ? undefined : engine.name),
        undefined,
      )
    }),
  )
  return held.find((engine) => engine !== undefined)
}
