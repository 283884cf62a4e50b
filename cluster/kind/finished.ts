import type { Container, Engine } from '../engine/engine.ts'
import { withRole } from './endpoint.ts'

/** Made in the control plane when all nodes were ready: a cluster without it was perhaps never finished. */
const finishedFile = '/kind/kindup-whole'

export const markFinished = async (engine: Engine, containers: readonly Container[]): Promise<void> => {
  const [controlPlane] = withRole(containers, 'control-plane')
  if (controlPlane) await engine.exec(controlPlane.name, ['touch', finishedFile])
}

/** Whether the cluster was finished once, as far as its control plane can tell without its API. */
export const isMarkedFinished = async (engine: Engine, containers: readonly Container[]): Promise<boolean> => {
  const [controlPlane] = withRole(containers, 'control-plane')
  if (!controlPlane?.running) return false
  const { code, stderr } = await engine.exec(controlPlane.name, ['test', '-e', finishedFile], { okCodes: [0, 1] })
  // `test` says nothing: it is the engine that could not ask, and a cluster is not thrown away on a guess.
  return code === 0 || stderr.trim() !== ''
}
