import { nameTaken, situationOf } from '../kind/situation.ts'
import { failedWith, noFile, withEngine, type Check } from './check.ts'

export const nameCheck: Check = {
  id: 'name',
  title: "the cluster's name is free, or ours",
  run: async (surroundings) => {
    const { config } = surroundings
    if (!config) return noFile
    return withEngine(surroundings, async (engine) => {
      const situation = await situationOf(engine, config.name)
      const taken = nameTaken(engine, config, situation)
      if (taken) return failedWith(taken)
      return { state: 'ok', evidence: `${config.name}: ${situation.deed ? 'a cluster of this file' : 'free'}` }
    })
  },
}
