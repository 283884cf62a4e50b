import { identified } from '../../core/identity.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Facts, Status, Step } from '../../core/step.ts'
import { nodeImage } from '../kind/node-images.ts'
import { clusterContainers, nameTaken, situationOf } from '../kind/situation.ts'
import { refuseManyByIpv6 } from '../ports/refuse-many-by-ipv6.ts'
import type { MadeApi } from './made-api.ts'
import type { Parts } from '../parts.ts'

/** A cluster whose API answers, and the user's kubeconfig that leads to it. */
export const clusterApiStep = (parts: Parts): Step => {
  const { config, access, nodes } = parts
  const { name } = config
  let loading: Promise<MadeApi> | undefined
  /** A plan without a cluster does without. */
  const made = (): Promise<MadeApi> => (loading ??= import('./made-api.ts').then(({ madeApi }) => madeApi(parts)))

  const status = async (): Promise<Status> => {
    // A version that nobody knows is a mistake in the file, whatever the engine says.
    nodeImage(config.cluster.kubernetes, undefined, config.at(['cluster', 'kubernetes']))
    const found = await parts.engine().then(
      (engine) => ({ engine }),
      (error: unknown) => {
        if (error instanceof EnvironmentError && error.code === 'engine-unreachable') return { why: error.message }
        throw error
      },
    )
    if ('why' in found) return { state: 'unknown', why: found.why }
    refuseManyByIpv6(config, found.engine)
    const situation = await situationOf(found.engine, name)
    const taken = nameTaken(found.engine, config, situation)
    if (taken) return { state: 'broken', why: taken.message }
    const { marker, containers } = situation
    if (!marker || containers.length === 0) return { state: 'absent' }
    return (await made()).status(marker, containers)
  }

  return {
    ...identified({ kind: 'cluster', name: 'api' }),
    title: `Cluster ${name}`,
    dies: 'by-itself',
    status,
    up: async (ctx) => (await made()).up(ctx),
    down: async (ctx) => {
      const [{ downCluster }, { undoError }] = await Promise.all([
        import('../down/down-cluster.ts'),
        import('../undo.ts'),
      ])
      const result = await downCluster({
        name,
        engine: await parts.engine(),
        run: parts.run,
        paths: parts.paths,
        signal: ctx.signal,
      })
      access.forget()
      const error = undoError(name, result)
      if (error) throw error
    },
    facts: async (ctx): Promise<Facts> => {
      const [{ portsOf }, { portsInPlace }] = await Promise.all([
        import('../ports/ports-of.ts'),
        import('../ports/in-place.ts'),
      ])
      const engine = await parts.engine()
      const { left } = await portsInPlace(parts, await clusterContainers(engine, name))
      for (const words of left) ctx.warn(words)
      return { ports: await portsOf(engine, name, nodes) }
    },
  }
}
