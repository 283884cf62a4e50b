import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Cluster } from '../../../../cluster/cluster.ts'
import { namedNodes } from '../../../../cluster/nodes/may-run.ts'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { makeInventory } from '../../../../cluster/inventory/make-inventory.ts'
import type { NodeStarts } from '../../../../cluster/ready/node-starts.ts'
import { removalSteps } from '../../../../cluster/inventory/removals.ts'
import type { SecretConfig } from '../../../../config/config.ts'
import { makeRun } from '../../../../core/run.ts'
import type { Context, Step } from '../../../../core/step.ts'
import { deploySteps, undoers } from '../../../../services/deploy-step.ts'
import type { Deployable } from '../../../../manifests/deployable.ts'
import { readSecrets } from '../../../../services/secrets/read-secrets.ts'
import { collectSources } from '../../../../manifests/sources.ts'
import { startApiServer } from '../../../support/api-server/start-api-server.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'
import { postRenderHere } from '../../../support/stand-ins/post-render-here.ts'
import { context } from '../../../support/steps.ts'
import { temporary, toolsWith } from '../../manifests/helm/helms.ts'

/** A cluster whose API is in memory, with real tools, and what is deployed to it. */
export const makeWorld = async (
  helm?: { readonly major: number; readonly path: string },
  /** The secrets of the file as it is at each run. */
  secretsNow: () => readonly SecretConfig[] = () => [],
  /** References of images that the engine holds. */
  held: readonly string[] = [],
  /** Namespaces that each run keeps its hands off. */
  leavesNow: () => ReadonlySet<string> | undefined = () => undefined,
  /** Since when each node runs. */
  startsNow: () => NodeStarts = () => new Map(),
) => {
  const cache = await temporary()
  const server = await startApiServer({ context: 'kind-demo' })
  // The ingress controller: it knows every name that is a name.
  const ingress = createServer(({ headers }, response) =>
    response.writeHead(headers.host?.endsWith('.invalid') ? 404 : 200).end(),
  ).listen(0, '127.0.0.1')
  await once(ingress, 'listening')
  const { port: ingressPort } = ingress.address() as AddressInfo
  const kubeconfig = join(cache.folder, 'kubeconfig')
  await writeFile(kubeconfig, server.kubeconfig)
  const kube = await makeKube({ kubeconfig, context: 'kind-demo' })
  const commands: string[] = []
  const loaded: string[] = []
  const here = postRenderHere(join(cache.folder, 'calls-of-helm'))
  const run = makeRun({ log: (line) => void commands.push(line), spawn: here.spawn })
  const tools = toolsWith(helm ? { helm } : {})
  const config = madeConfig()
  const env = { KINDUP_CACHE: cache.folder }
  const image = { id: 'sha256:1', labels: {}, architecture: 'amd64', repoDigests: [] }
  const { engine } = standInEngine({ images: Object.fromEntries(held.map((ref) => [ref, image])) })
  const cluster: Cluster = {
    config,
    run,
    tools,
    context: 'kind-demo',
    nodes: namedNodes(config.name, config.cluster.nodes),
    kubeconfig: () => Promise.resolve(kubeconfig),
    engine: () => Promise.resolve(engine),
    kube: () => Promise.resolve(kube),
    record: () => Promise.resolve(makeInventory(kube)),
    ports: () => Promise.resolve([{ address: '127.0.0.1', hostPort: ingressPort, nodePort: 80, protocol: 'tcp' }]),
    nodeStarts: () => Promise.resolve(startsNow()),
    load: (images, containers) => {
      loaded.push(`${images.join(' ')} → ${containers.join(' ')}`)
      return Promise.resolve(images)
    },
    loadEarly: () => undefined,
    missing: () => Promise.resolve([]),
  }
  /** The steps as a new run of kindup makes them. */
  const steps = async (deployables: readonly Deployable[]): Promise<readonly Step[]> => {
    const now = { ...config, secrets: secretsNow() }
    const secrets = await readSecrets(now)
    const sources = await collectSources(deployables, { config: now, images: [], secrets, run, tools, env })
    const errors = [...secrets.problems, ...[...sources.values()].flatMap(({ problems }) => problems)].filter(
      ({ severity }) => severity === 'error',
    )
    if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('; '))
    const leaves = leavesNow()
    return deploySteps(deployables, sources, {
      config: now,
      cluster,
      images: [],
      secrets,
      env,
      ...(leaves ? { leaves } : {}),
    })
  }
  /** Makes all of them so, and takes away what is recorded and not among them. Answers what was to be done before. */
  const up = async (deployables: readonly Deployable[], ctx: Context = context()): Promise<readonly string[]> => {
    const all = await steps(deployables)
    const entries = await makeInventory(kube).entries()
    const record = makeInventory(kube)
    const current = new Set(all.map(({ id }) => id))
    const gone = [...entries.values()].filter(({ id }) => !current.has(id))
    const removals = removalSteps(
      entries,
      current,
      undoers({ cluster, env }, { deployables, secrets: cluster.config.secrets }, gone),
      () => Promise.resolve(record),
    )
    for (const step of removals) await step.up(ctx)
    const found: string[] = removals.map(({ id }) => `${id} removed`)
    for (const step of all) {
      const { state, ...why } = await step.status(ctx)
      found.push([step.id, state, ...Object.values(why)].join(' '))
      await step.prepare?.(ctx, state !== 'unknown')
      if (state !== 'ready') await step.up(ctx)
    }
    return found
  }
  return {
    cluster,
    kube,
    /** The host port that leads to the ingress controller. */
    ingressPort,
    state: server.state,
    commands,
    loaded,
    steps,
    up,
    folder: cache.folder,
    [Symbol.asyncDispose]: async () => {
      ingress.close()
      await here[Symbol.asyncDispose]()
      await server.stop()
      await cache[Symbol.asyncDispose]()
    },
  }
}
