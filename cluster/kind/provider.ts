import type { Engine } from '../engine/engine.ts'
import type { Places } from '../places.ts'

/** kind's environment: the engine that is meant, and a kubeconfig that nobody reads instead of the user's. */
export const kindEnvironment = (engine: Engine, places: Places): Readonly<Record<string, string>> => ({
  KIND_EXPERIMENTAL_PROVIDER: engine.name,
  KUBECONFIG: places.kindKubeconfig,
})
