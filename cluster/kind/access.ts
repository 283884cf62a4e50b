import { readFile } from 'node:fs/promises'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { once } from '../../core/shared.ts'
import type { Observations } from '../../core/observations.ts'
import type { Container, Engine } from '../engine/engine.ts'
import { apiEndpoint } from './endpoint.ts'
import { clusterContainers } from './situation.ts'
import type { Kube } from '../kube/kube.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { ClusterPaths } from '../paths.ts'

/** How the cluster is reached during one run. Everything is found once, when first asked for; a failure is not kept. */
export type Access = {
  /** Path of the private kubeconfig, which leads to the cluster as it is now, or to its containers as they are `known`. Throws `cluster-absent`, `api-unreachable`. */
  kubeconfig(known?: readonly Container[]): Promise<string>
  kube(): Promise<Kube>
  /** Past `guard`: for what guards. */
  bareKube(): Promise<Kube>
  /** The same, for what is to be written although the run was stopped. It gives up after a few seconds. */
  lastKube(): Promise<Kube>
  /** Every write from now on waits for `mayWrite`, which throws where the cluster is no longer this run's to change. */
  guard(mayWrite: (() => Promise<void>) | undefined): void
  record(): Promise<Inventory>
  /** Takes the credentials out of the control plane again; false while they are not there yet. */
  renew(): Promise<boolean>
  /** Another run may have written to the record since: it is read again. */
  reread(): void
  /** Nothing that was found before holds any more: the cluster was started, made or deleted. */
  forget(): void
}

type AccessOptions = {
  readonly name: string
  readonly context: string
  readonly paths: ClusterPaths
  readonly engine: () => Promise<Engine>
  readonly signal?: AbortSignal | undefined
  /** What is known of the world outside. Left out: the API is asked each time. */
  readonly looks?: Observations | undefined
}

/** What a stopped run may still take over its last words to the cluster. */
const lastMs = 3_000

export const makeAccess = ({ name, context, paths, engine, signal, looks }: AccessOptions): Access => {
  const write = async (): Promise<string | undefined> => {
    const using = await engine()
    const [containers, { host }] = await Promise.all([clusterContainers(using, name), using.reach()])
    const server = apiEndpoint(containers, host)
    if (server === undefined) return undefined
    const { adminKubeconfig } = await import('./admin-kubeconfig.ts')
    const text = await adminKubeconfig(using, containers, context, server, host !== undefined)
    if (text === undefined) return undefined
    await writeFileAtomic(paths.kubeconfig, text, { mode: 0o600 })
    return paths.kubeconfig
  }

  const find = async (known: readonly Container[] | undefined): Promise<string> => {
    const using = await engine()
    const [kept, containers, { host }] = await Promise.all([
      readFile(paths.kubeconfig, 'utf8').catch(() => undefined),
      known ?? clusterContainers(using, name),
      using.reach(),
    ])
    if (containers.length === 0)
      throw new EnvironmentError('cluster-absent', `There is no cluster ${name}.`, { hints: ['kindup up'] })
    const { serverOf } = await import('./admin-kubeconfig.ts')
    const server = apiEndpoint(containers, host)
    if (kept !== undefined && server !== undefined && serverOf(kept) === server) return paths.kubeconfig
    if (await write()) return paths.kubeconfig
    throw new EnvironmentError('api-unreachable', `The control plane of ${name} hands out no kubeconfig.`, {
      hints: ['kindup up   # starts what is stopped, or makes it again'],
    })
  }

  return accessOver({ context, signal, looks, find, write })
}

type Ways = {
  readonly context: string
  readonly signal?: AbortSignal | undefined
  readonly looks?: Observations | undefined
  /** Where the private kubeconfig is, made where it is missing. */
  find(known?: readonly Container[]): Promise<string>
  /** Writes it again, and answers where; undefined while its credentials are not there yet. */
  write(): Promise<string | undefined>
}

/** The access that a private kubeconfig gives, however that comes about. */
export const accessOver = ({ context, signal, looks, find, write }: Ways): Access => {
  const found: Partial<Record<'file' | 'bare' | 'kube' | 'record', () => Promise<unknown>>> = {}
  let guard: (() => Promise<void>) | undefined
  const forget = (): void => {
    delete found.file
    delete found.bare
    delete found.kube
    delete found.record
  }
  const keep = <T>(key: keyof typeof found, ask: () => Promise<T>): Promise<T> =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a key has one kind of answer
    (found[key] ??= once(ask))() as Promise<T>
  const kubeconfig: Access['kubeconfig'] = (known) => keep('file', () => find(known))
  const bareKube = (): Promise<Kube> =>
    keep('bare', async () => {
      const path = await kubeconfig()
      // Node's HTTP takes 40 ms to load: a plan without a cluster does without.
      const { makeKube } = await import('../kube/make-kube.ts')
      return makeKube({ kubeconfig: path, context, ...(signal ? { signal } : {}) })
    })
  const lastKube = async (): Promise<Kube> => {
    const path = await kubeconfig()
    const { makeKube } = await import('../kube/make-kube.ts')
    return makeKube({ kubeconfig: path, context, signal: AbortSignal.timeout(lastMs) })
  }
  const kube = (): Promise<Kube> =>
    keep('kube', async () => {
      const [{ guarded }, { seen }] = await Promise.all([import('../kube/guarded.ts'), import('../kube/seen.ts')])
      const asked = guarded(await bareKube(), async () => guard?.())
      return looks ? seen(asked, context, looks) : asked
    })
  return {
    kubeconfig,
    kube,
    bareKube,
    lastKube,
    guard: (mayWrite) => {
      guard = mayWrite
    },
    record: () =>
      keep('record', async () => {
        const { makeInventory } = await import('../inventory/make-inventory.ts')
        return makeInventory(await kube())
      }),
    renew: async () => {
      const file = await write()
      if (file === undefined) return false
      forget()
      found.file = () => Promise.resolve(file)
      return true
    },
    reread: () => void delete found.record,
    forget,
  }
}

/**
 * Whether the API answers the administrator, undefined for yes. kube-system is made by the API server when it is up,
 * and may be read only once kubeadm has bound the administrators: `/version` answers before both.
 */
export const whyNoApi = async (access: Access, known?: readonly Container[]): Promise<string | undefined> => {
  try {
    await access.kubeconfig(known)
    const kube = await access.kube()
    const found = await kube.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' })
    return found ? undefined : 'the API answers, and has no kube-system yet'
  } catch (error) {
    if (error instanceof EnvironmentError) return error.message
    throw error
  }
}
