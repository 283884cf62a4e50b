import { mapsAt, textAt, valueAt } from '../../core/fields.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { Context, Status, Step } from '../../core/step.ts'
import { recorded } from '../inventory/recorded-step.ts'
import type { InventoryEntry } from '../inventory/inventory.ts'
import type { Parts } from '../parts.ts'
import type { Certs } from './certs.ts'
import { isLeased, type UsageLease } from './usage-leases.ts'
import { ensureRegistryImage, ensureServed, troubleOf, type Dependencies } from './container.ts'
import { registryHead } from './head.ts'
import { hostingRef } from './local.ts'
import { registryVolume } from './names.ts'
import { release } from './release.ts'
import type { Served } from './served.ts'

type Deps = { readonly parts: Parts; readonly certs: Certs }

/** What takes the step away again. */
type Undo = {
  readonly uses: readonly { readonly host: string; readonly container: string; readonly isOwn: boolean }[]
  readonly hosting: boolean
}

/** A registry that runs beside the cluster, and the nodes know of: the local one, or a mirror. */
export const registryStep = (served: Served, deps: Deps): Step => {
  const { parts, certs } = deps
  const { title, host, hostsToml, container, keep, isOwn, hosting } = served
  const { access, config } = parts
  const lease: UsageLease = { container: container.name, cluster: config.name, keep }

  const probe = async (): Promise<Status> => {
    const engine = await parts.engine()
    const [trouble, lacking, isWanted, told] = await Promise.all([
      troubleOf(container, engine, config.name),
      certs.lacking(host, hostsToml),
      isOwn || isLeased(engine, lease),
      hosting && access.kube().then((kube) => kube.get(hostingRef)),
    ])
    if (trouble !== undefined) return { state: 'broken', why: trouble }
    if (lacking.length > 0)
      return { state: 'broken', why: `${lacking.join(', ')} ${lacking.length > 1 ? 'do' : 'does'} not know of it` }
    if (!isWanted) return { state: 'broken', why: 'it is not marked as used by this cluster' }
    if (hosting && hashOf(told?.['data']) !== hashOf(hosting['data']))
      return { state: 'broken', why: `the ConfigMap ${hostingRef.name} says something else` }
    return { state: 'ready' }
  }

  return recorded(
    {
      ...registryHead(served),
      kind: 'registry',
      undo: (_ctx, previous) => Promise.resolve(both(previous, undoOf(served))),
      // Not the configuration: it may hold a password, and the container itself is asked about it.
      fingerprint: () => Promise.resolve({ host: hashOf([host, hostsToml]), keep: hashOf(keep) }),
      probe,
      prepare: async (ctx) => {
        const dependencies = await dependenciesOf(parts, ctx)
        // kind makes the network when it makes its first cluster.
        if (await dependencies.engine.hasNetwork('kind')) await ensureServed(served, parts, dependencies)
        else await ensureRegistryImage(dependencies)
      },
      up: async (ctx, previous) => {
        const before = readUndo(previous).uses.filter((use) => use.host !== host || use.container !== container.name)
        for (const use of before) await removeDeployed(use, deps, ctx)
        // Before the container: a mirror whose upstream is away now may answer later.
        await certs.write(host, hostsToml)
        await ensureServed(served, parts, await dependenciesOf(parts, ctx))
        if (hosting) await (await access.kube()).apply(hosting)
        const engine = await parts.engine()
        if (container.alias !== undefined && !engine.aliases)
          ctx.warn(
            `${title}: ${engine.name} gives a container one name and no DNS, so that programs in pods do not find ${container.alias}:${container.port}. The nodes pull from it as ${host}.`,
          )
      },
      down: (ctx, previous) => undoRegistry(previous, deps, ctx),
      facts: async () =>
        container.hostPort === undefined || (await (await parts.engine()).reach()).host !== undefined
          ? {}
          : { endpoints: [{ name: 'registry', url: `http://${host}` }] },
    },
    { record: () => access.record() },
  )
}

/** Takes a registry or a mirror away that the file no longer has. */
export const undoRegistry = async (entry: InventoryEntry | undefined, deps: Deps, ctx: Context): Promise<void> => {
  const { uses, hosting } = readUndo(entry)
  for (const use of uses) await removeDeployed(use, deps, ctx)
  if (hosting) await (await deps.parts.access.kube()).delete(hostingRef)
}

const removeDeployed = async (
  { host, container, isOwn }: Undo['uses'][number],
  { parts, certs }: Deps,
  ctx: Context,
): Promise<void> => {
  const engine = await parts.engine()
  await certs.remove(host)
  if (!isOwn) await release(container, { name: parts.config.name, engine, paths: parts.paths, signal: ctx.signal })
  else {
    await engine.removeContainers([container])
    await engine.removeVolume(registryVolume(container))
  }
}

const undoOf = ({ host, container, isOwn, hosting }: Served): Undo => ({
  uses: [{ host, container: container.name, isOwn }],
  hosting: hosting !== undefined,
})

/** Until the work is done, what was there before is to be undone too. */
const both = (previous: InventoryEntry | undefined, now: Undo): Undo => {
  const before = readUndo(previous)
  const others = before.uses.filter(
    (use) => !now.uses.some((one) => one.host === use.host && one.container === use.container),
  )
  return { uses: [...others, ...now.uses], hosting: before.hosting || now.hosting }
}

const readUndo = (entry: InventoryEntry | undefined): Undo => ({
  uses: mapsAt(entry?.undo, 'uses').map((use) => ({
    host: textAt(use, 'host') ?? '',
    container: textAt(use, 'container') ?? '',
    isOwn: use['isOwn'] === true,
  })),
  hosting: valueAt(entry?.undo, 'hosting') === true,
})

const dependenciesOf = async ({ engine, run, env }: Parts, { signal, report }: Context): Promise<Dependencies> => ({
  engine: await engine(),
  run,
  env,
  signal,
  report,
})
