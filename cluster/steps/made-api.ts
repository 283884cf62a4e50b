import { readFile } from 'node:fs/promises'
import { EnvironmentError } from '../../core/errors.ts'
import type { Context, Status, Step } from '../../core/step.ts'
import { whyNoApi } from '../kind/access.ts'
import type { OwnershipMarker } from '../ownership-marker.ts'
import type { Container } from '../engine/engine.ts'
import { withRole } from '../kind/endpoint.ts'
import { doesNotAnswer } from '../kind/lifecycle.ts'
import { clusterContainers } from '../kind/situation.ts'
import { isMarkedFinished } from '../kind/finished.ts'
import { addToKubeconfig, hasEntries } from '../kubeconfig/kubeconfig.ts'
import { builtCount, builtOtherwise, builtUndo, differsInWorkers } from '../nodes/built.ts'
import { nodesStep } from '../nodes/head.ts'
import { hasJoined, rejoin } from './rejoin.ts'
import { trustAuthorities } from '../nodes/trust.ts'
import { portsOfNode } from '../kind/ports-of-node.ts'
import { changePorts, dropForwarders, portsInPlace, portsRefusal } from '../ports/in-place.ts'
import { noteMoved } from '../ports/moved.ts'
import { ensureMarker } from './ownership-marker.ts'
import type { Parts } from '../parts.ts'

/** How long the API of a cluster that was made before may take after its nodes run: its pods start one after the other. */
const wakingMs = 120_000
/** And of one that was perhaps never finished: it answers now, or it is made again. */
const glanceMs = 5_000

/** How a cluster stands that has containers, and what makes it answer. */
export type MadeApi = Pick<Step, 'up'> & {
  status(marker: OwnershipMarker, containers: readonly Container[]): Promise<Status>
}

export const madeApi = (parts: Parts): MadeApi => {
  const { config, access, lifecycle, nodes, context } = parts
  const { name } = config

  const missing = (containers: readonly Container[]): readonly string[] =>
    nodes.map(({ container }) => container).filter((node) => !containers.some((container) => container.name === node))

  /** Whether kind did all of its work: it cannot go on where it was killed. */
  const isWhole = async (containers: readonly Container[]): Promise<boolean> => {
    const entry = (await (await access.record()).entries()).get(nodesStep.id)
    if (entry?.fingerprint) return true
    // A change of its nodes that was broken off makes a cluster that was whole no half of one.
    if (await isMarkedFinished(await parts.engine(), containers)) return true
    const kube = await access.kube()
    const live = await kube.list({ apiVersion: 'v1', kind: 'Node' })
    if (!nodes.every(({ container }) => live.some(({ metadata }) => metadata.name === container))) return false
    // A node that is alone is there before kind brings the network and, last, the StorageClass; kubeadm ends without kind.
    if (nodes.length > 1) return true
    return (await kube.list({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' })).length > 0
  }

  /** Why `--recreate` makes this cluster again. The API answers. */
  const otherwise = async (containers: readonly Container[]): Promise<string | undefined> => {
    const gone = missing(containers)
    if (gone.length > 0) return `there is no ${gone.join(', ')}`
    const other = builtOtherwise(config, (await (await access.record()).entries()).get(nodesStep.id))
    const ports = await portsInPlace(parts, containers)
    return other ?? ports.otherwise[0] ?? ports.left[0]
  }

  /** Workers that were made, and whose join was broken off: they hold nothing, and no kubelet of theirs will ever come. */
  const neverJoined = async (containers: readonly Container[]): Promise<readonly string[]> => {
    // One that kind is making joins them itself.
    if (lifecycle.created()) return []
    const ours = withRole(containers, 'worker').filter(({ name: worker }) =>
      nodes.some(({ container }) => container === worker),
    )
    const live = await (await access.kube()).list({ apiVersion: 'v1', kind: 'Node' })
    const engine = await parts.engine()
    const found = await Promise.all(
      ours
        .filter(({ name: worker }) => !live.some(({ metadata }) => metadata.name === worker))
        .map(async ({ name: worker }) => ((await hasJoined(engine, worker)) ? [] : [worker])),
    )
    return found.flat()
  }

  /** Containers of a finished cluster that somebody took away, or that never joined. A node that only the file has is no such. */
  const lostNodes = async (containers: readonly Container[]): Promise<readonly string[]> => {
    const gone = [...missing(containers), ...(await neverJoined(containers))]
    if (gone.length === 0) return []
    const entry = (await (await access.record()).entries()).get(nodesStep.id)
    return builtOtherwise(config, entry) === undefined ? gone : []
  }

  /** Those that the cluster was built with are lost, the others are new in the file. */
  const lostOrNew = async (names: readonly string[], containers: readonly Container[]): Promise<string> => {
    const entry = (await (await access.record()).entries()).get(nodesStep.id)
    return differsInWorkers(config, entry) && (builtCount(entry) ?? 0) < nodes.length
      ? `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} to join: the cluster was made without`
      : names.every((one) => containers.some((container) => container.name === one))
        ? `joining ${names.join(', ')} was interrupted`
        : `there is no container ${names.join(', ')} any more`
  }

  const status: MadeApi['status'] = async (marker, containers) => {
    const stopped = containers.filter(({ running }) => !running)
    if (stopped.length > 0)
      return {
        state: 'broken',
        why: `${list(stopped)} ${stopped.length > 1 ? 'are' : 'is'} ${stopped.every(({ paused }) => paused) ? 'paused' : 'stopped'}`,
      }
    if (withRole(containers, 'control-plane').length === 0)
      return { state: 'broken', why: 'there is no control plane any more: it is made again' }
    let why = await whyNoApi(access, containers)
    if (why !== undefined && (await access.renew())) why = await whyNoApi(access)
    if (why !== undefined) return { state: 'broken', why }
    if (!(await isWhole(containers))) return { state: 'broken', why: 'making it was interrupted' }
    // The API believes in a node for 40 s more, and in its pods for minutes.
    const lost = await lostNodes(containers)
    if (lost.length > 0) return { state: 'broken', why: await lostOrNew(lost, containers) }
    const other = parts.recreate ? await otherwise(containers) : undefined
    // Broken, because whatever is ready in it now goes with it: the steps after this one are asked again.
    if (other !== undefined && !lifecycle.created()) return { state: 'broken', why: `${other}: it is made again` }
    const [ports, leads] = await Promise.all([
      portsInPlace(parts, containers),
      hasEntries(marker.kubeconfig, name, await readFile(await access.kubeconfig(), 'utf8')),
    ])
    const changes = [
      ...(leads ? [] : [`${marker.kubeconfig} does not lead to it as ${context}`]),
      ...ports.changes,
      ...ports.otherwise.map((words) => `the file has ${words}; only --recreate changes that`),
      ...ports.refused.map(({ message }) => message.replace(/\.$/, '')),
    ]
    const refusal = await portsRefusal(parts, ports)
    if (changes.length > 0) return { state: 'changed', what: changes.join('; '), ...(refusal && { refusal }) }
    return { state: 'ready', ...(ports.left.length > 0 && { note: ports.left.join(' ') }) }
  }

  /** Makes what is there answer, or says that it has to be made again. */
  const revive = async (ctx: Context, containers: readonly Container[]): Promise<'answers' | 'recreate'> => {
    const engine = await parts.engine()
    if (withRole(containers, 'control-plane').length === 0) return 'recreate'
    await lifecycle.start(ctx)
    const whole = await isMarkedFinished(engine, await clusterContainers(engine, name))
    try {
      await lifecycle.answers(ctx, Math.min(whole ? wakingMs : glanceMs, ctx.timeoutMs))
    } catch (error) {
      ctx.signal.throwIfAborted()
      if (!(error instanceof EnvironmentError)) throw error
      if (whole && !parts.recreate) throw doesNotAnswer(name, error)
      return 'recreate'
    }
    if (!(await isWhole(await clusterContainers(engine, name)))) return 'recreate'
    if (parts.recreate && (await otherwise(containers)) !== undefined) return 'recreate'
    const lost = await lostNodes(containers)
    if (lost.length > 0) {
      await dropForwarders(parts, lost)
      await rejoin(lost, parts, await access.kube(), ctx)
    }
    await changePorts(parts, await clusterContainers(engine, name), ctx)
    return 'answers'
  }

  const up = async (ctx: Context): Promise<void> => {
    const { marker, containers } = await ensureMarker(parts)
    const state = containers.length === 0 ? 'recreate' : await revive(ctx, containers)
    if (state === 'recreate') {
      // The nodes that are made now have the ports of the file themselves.
      await dropForwarders(parts)
      await lifecycle.create(ctx)
      const engine = await parts.engine()
      const names = nodes.map(({ container }) => container)
      const byForwarder = nodes.some(({ ports }) => portsOfNode(ports, config.cluster, engine).length < ports.length)
      if (byForwarder) await changePorts(parts, await clusterContainers(engine, name), ctx)
      await Promise.all([trustAuthorities(engine, names, parts.env), noteMoved(engine, nodes)])
      const { id, of, title, kind, needs } = nodesStep
      await (await access.record()).begin({ id, of, title, kind, needs, undo: builtUndo(config) })
    }
    await addToKubeconfig({
      file: marker.kubeconfig,
      name,
      kubeconfig: await readFile(await access.kubeconfig(), 'utf8'),
      signal: ctx.signal,
    })
  }

  return { status, up }
}

const list = (containers: readonly Container[]): string => containers.map(({ name }) => name).join(', ')
