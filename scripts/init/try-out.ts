import { dirname } from 'node:path'
import { readId } from '../../core/identity.ts'
import { addonDeployables } from '../../addons/index.ts'
import { resolveImages } from '../../cluster/images/resolve.ts'
import { loadConfig } from '../../config/load.ts'
import type { Problem } from '../../core/problem.ts'
import type { Run } from '../../core/run.ts'
import type { Deployable, RenderedObject } from '../../manifests/deployable.ts'
import { webPortOf } from '../../manifests/problems/load-balancers.ts'
import { ownershipProblems } from '../../manifests/problems/of-all.ts'
import { serviceDeployables } from '../../services/services.ts'
import { collectSources, type SourceDeps } from '../../manifests/sources.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'
import { isLoadBalancer } from '../../manifests/transform/load-balancer.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { keyOf, type DraftService, type Exposed } from './draft-service.ts'
import type { Draft } from './draft.ts'
import { toolOf } from './manifests.ts'
import { asWritten } from './paths.ts'
import { filesAtFault, saidAt } from './files-at-fault.ts'
import { scopeOf } from '../../manifests/kinds/built-in.ts'
import { repositoryOf } from './repository.ts'
import { templateProblems } from './templates.ts'

/** What it is called, and why it is left out, as the end of a sentence. */
export type LeftOut = readonly [what: string, why: string]

/** What came of rendering what is proposed. */
export type Tried = {
  /** Of services that cannot be: where each was found, and why, as the end of a sentence. */
  readonly without: ReadonlyMap<string, string>
  /** Further services that `plan` would refuse, found where others are that it takes, by their keys: what each is called, and why. */
  readonly wrong: ReadonlyMap<string, LeftOut>
  /** Manifests that `plan` would refuse, by their paths from the folder: what each is called, and why. */
  readonly files: ReadonlyMap<string, LeftOut>
  /** Images that cannot be built, by their keys. */
  readonly unbuilt: ReadonlyMap<string, LeftOut>
  /** Where charts were found of which a second release would write the objects of the first. */
  readonly single: ReadonlySet<string>
  /** Services, by their keys, that would write the same object in each environment: one of these can have them. */
  readonly once: ReadonlySet<string>
  /** Services of rendered charts that wait for a load balancer's address where no Ingress leads anywhere; by the name of the service. */
  readonly balanced: ReadonlyMap<string, readonly Exposed[]>
  /** Repositories of the images that the objects of a service name and nothing here builds yet; by where it was found. */
  readonly runs: ReadonlyMap<string, readonly string[]>
}

type Trying = {
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Charts of several environments are in the first of them alone. */
  readonly isInOne?: boolean
  /** What earlier tries rendered. */
  readonly known: SourceDeps['known']
}

/**
 * Renders the services of a draft that was written to a file, as far as the tools for it are here: what nobody can render was
 * no service, and of two that write the same objects one is enough.
 */
export const tryOut = async (
  draft: Draft,
  file: string,
  { run, env, signal, known: earlier, isInOne = false }: Trying,
): Promise<Tried> => {
  const { config } = await loadConfig({ file, cwd: '/', env })
  const images = await resolveImages(config, { run, env, warn: () => undefined, known: new Map() })
  const deployables = [...addonDeployables(config), ...serviceDeployables(config, images, undefined, env)]
  const sources = await collectSources(deployables, {
    config,
    images,
    run,
    env,
    signal,
    ...(earlier && { known: earlier }),
  })
  const known = deployables.flatMap((deployable) => {
    const documents = sources.get(deployable.id)?.objects
    return documents === undefined ? [] : [{ deployable, documents }]
  })
  const of = (name: string): readonly Deployable[] =>
    deployables.filter((one) => one.of.kind === 'service' && one.of.name === name)

  const shown = (text: string): string => text.replaceAll(`${dirname(file)}/`, './')
  const refused = new Map<DraftService, string>()
  const wrong = new Map<DraftService, string>()
  const files = new Map<string, LeftOut>()
  const single = new Set<string>()
  const once = new Set<string>()
  const taken = known.filter(({ deployable }) => deployable.of.kind === 'addon')
  for (const service of draft.services.toSorted(byWorth(sources, of))) {
    const own = of(service.name)
    const unbuilt = own.map(({ id }) => sources.get(id)).find(isUnbuilt)
    if (unbuilt) {
      refused.set(service, shown(errorOf(unbuilt)?.message ?? 'it cannot be rendered.'))
      continue
    }
    const mine = known.filter(({ deployable }) => own.includes(deployable))
    const errors = [
      ...own.flatMap(({ id }) => sources.get(id)?.problems.filter(isError) ?? []),
      ...(service.deploy.kind === 'manifests' ? templateProblems(mine.flatMap(({ documents }) => documents)) : []),
    ]
    const inFiles = filesAtFault(
      service,
      errors,
      mine.flatMap(({ documents }) => documents),
      dirname(file),
    )
    if (inFiles) for (const [path, problem] of inFiles) files.set(path, [asWritten(path), shown(saidAt(problem))])
    else if (errors[0]) wrong.set(service, shown(errors[0].message))
    const nothing = madeForNobody(
      service,
      mine.flatMap(({ documents }) => documents.map(({ object }) => object)),
    )
    if (nothing !== undefined && mine.length > 0) {
      refused.set(service, nothing)
      continue
    }
    const ids = own.map(({ id }) => id)
    if (isInOne && service.deploy.kind === 'helm' && mine.some(isOfCluster)) once.add(keyOf(service))
    const clash = ownershipProblems([...taken, ...mine]).find(({ step }) => step !== undefined && ids.includes(step))
    // What one service writes twice is its own mistake, which is among those of its objects.
    const [, object = '', owner = ''] = /^(.+) is written by \S+ and by (\S+) \(/.exec(clash?.message ?? '') ?? []
    const first = clash && owner !== '' ? ownerOf(owner, draft) : undefined
    if (first === undefined) taken.push(...mine)
    else if (first === service && own.length > 1) {
      once.add(keyOf(service))
      taken.push(...mine)
    } else {
      refused.set(service, `${typeof first === 'string' ? first : first.from} writes ${object} too.`)
      const isShared = service.deploy.kind === 'helm' && service.deploy.shared
      if (isShared && typeof first !== 'string' && first.from === service.from) single.add(service.from)
    }
  }
  // An image may have been matched with what is left out, or an object be written by it: errors count once nothing else is to be left out.
  const isSettled = refused.size + once.size === 0
  const out = isSettled ? wrong : refused
  const found = [...Map.groupBy(draft.services, ({ from }) => from)]
  const isWhole = (services: readonly DraftService[]): boolean => services.every((service) => out.has(service))
  return {
    without: new Map(
      found.flatMap(([from, services]) => {
        const why = isWhole(services) ? out.get(services[0]!) : undefined
        return why === undefined ? [] : [[from, why]]
      }),
    ),
    // Of those that were found at one place and cannot be together, the first stays.
    wrong: new Map(
      found.flatMap(([, services]) =>
        isWhole(services)
          ? []
          : services.flatMap((service): readonly (readonly [string, LeftOut])[] => {
              const why = single.has(service.from) ? undefined : out.get(service)
              return why === undefined ? [] : [[keyOf(service), [service.name, why]]]
            }),
      ),
    ),
    files: isSettled ? files : new Map(),
    unbuilt: new Map(),
    single,
    once,
    balanced: new Map(
      await Promise.all(
        draft.services.map(async ({ name }) => {
          const written = await Promise.all(of(name).map(async ({ id }) => sources.get(id)?.written?.() ?? []))
          return [name, balancedOf(written.map((documents) => documents.map(({ object }) => object)))] as const
        }),
      ),
    ),
    runs: new Map(
      found.map(([from, services]) => {
        const ran = services.flatMap(({ name }) => of(name).flatMap(({ id }) => sources.get(id)?.images ?? []))
        // What is built here already has its place.
        const theirs = ran.filter((image) => !images.some(({ ref }) => ref === image))
        return [from, [...new Set(theirs.flatMap((image) => repositoryOf(image) ?? []))]]
      }),
    ),
  }
}

/** Whether something of it would be written by its release in every other environment too. */
const isOfCluster = ({
  deployable,
  documents,
}: {
  deployable: Deployable
  documents: readonly RenderedObject[]
}): boolean => {
  const own = [deployable.namespace, deployable.of.environment ?? ''].filter((name) => name !== '')
  return documents.some(
    ({ object }) => scopeOf(object) === 'cluster' && !own.some((name) => object.metadata.name.includes(name)),
  )
}

/** Why what a service makes is nothing that runs: no object at all, or objects for a GitOps tool alone, which nobody would hand to it. */
const madeForNobody = ({ deploy }: DraftService, objects: readonly KubeObject[]): string | undefined => {
  const [first] = objects
  if (!first) return deploy.kind === 'kustomize' ? 'it makes no object.' : undefined
  const tool = toolOf(first)
  if (
    ['flux', 'applications'].includes(deploy.kind) ||
    tool === undefined ||
    objects.some((object) => toolOf(object) !== tool)
  )
    return undefined
  const more = objects.length > 1 ? ` and ${objects.length - 1} more` : ''
  return `it makes objects for ${tool === 'argocd' ? 'Argo CD' : 'Flux'} alone (${first.kind} ${first.metadata.name}${more}); what they deploy of this folder is deployed directly.`
}

/** `rendered`: the objects of each environment, as they were written. What is called differently in each has no line that serves all. */
const balancedOf = (rendered: readonly (readonly KubeObject[])[]): readonly Exposed[] => {
  const [first = [], ...others] = rendered
  if (first.some(({ kind }) => kind === 'Ingress' || kind === 'HTTPRoute')) return []
  return first.filter(isLoadBalancer).flatMap((object): readonly Exposed[] => {
    const port = webPortOf(object)
    const service = object.metadata.name
    const isEverywhere = others.every((objects) =>
      objects.some((other) => isLoadBalancer(other) && other.metadata.name === service),
    )
    return port === undefined || !isEverywhere ? [] : [{ service, port }]
  })
}

/** The other one, in words where it is no service of the draft. */
const ownerOf = (id: string, { services }: Draft): DraftService | string => {
  const { kind, name = '' } = readId(id)
  return kind === 'addon' ? `the add-on ${name}` : (services.find((service) => service.name === name) ?? id)
}

/** A renderer that is here was asked and failed. */
const isUnbuilt = (rendered: Rendered | undefined): rendered is Rendered =>
  rendered !== undefined && rendered.objects === undefined && errorOf(rendered) !== undefined

const errorOf = (rendered: Rendered | undefined): Problem | undefined => rendered?.problems.find(isError)

const isError = ({ severity }: Problem): boolean => severity === 'error'

/** Charts before the rest, what has environments before what has none, and what brings more before what brings less. */
const byWorth = (sources: ReadonlyMap<string, Rendered>, of: (name: string) => readonly Deployable[]) => {
  const worth = ({ name, deploy, environments }: DraftService): readonly number[] => [
    deploy.kind === 'helm' ? 1 : 0,
    environments.length,
    of(name).reduce((sum, { id }) => sum + (sources.get(id)?.objects?.length ?? 0), 0),
  ]
  return (a: DraftService, b: DraftService): number => {
    const [first, second] = [worth(a), worth(b)]
    const at = first.findIndex((value, index) => value !== second[index])
    return at < 0 ? 0 : (second[at] ?? 0) - (first[at] ?? 0)
  }
}
