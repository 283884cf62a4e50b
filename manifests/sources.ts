import type { Problem } from '../core/problem.ts'
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import type { ResolvedImage } from '../cluster/images/images.ts'
import type { Tools } from '../cluster/tools/tools.ts'
import type { Config } from '../config/config.ts'
import { makeFiles, makeOfFiles } from '../core/files.ts'
import { cacheFolder } from '../core/paths.ts'
import type { Run } from '../core/run.ts'
import type { Deployable } from './deployable.ts'
import { askedApis, toldApis, type AskedApis } from './source/asked-apis.ts'
import type { LocatedChart } from './helm/locate-chart.ts'
import type { DefinedKind } from './kinds/built-in.ts'
import { applicationProjects } from './problems/application-projects.ts'
import { withAwaited } from './problems/awaited.ts'
import { missingConfig, unsaid } from './problems/missing-config.ts'
import { namedNothing } from './problems/named-nothing.ts'
import { namedSecrets } from './problems/named-secrets.ts'
import { traefikProblems } from './problems/traefik-ingress.ts'
import { behindRemote } from './problems/behind-remote.ts'
import { ignoredByGit } from './problems/ignored-by-git.ts'
import { nginxProblems } from './problems/nginx-ingress.ts'
import { ownershipProblems } from './problems/of-all.ts'
import { imagesOfOneReference } from './problems/images-of-one-name.ts'
import { unusedImages } from './problems/unused-images.ts'
import { routeProblems } from './problems/routes.ts'
import { broughtFor } from './source/brought.ts'
import { checkedProblems } from './source/checked.ts'
import { clashProblems } from './problems/secret-clashes.ts'
import type { KnownSecrets } from './problems/secret-uses.ts'
import { definitionsOf } from './source/crds.ts'
import { finish } from './source/finish.ts'
import { inParallel } from '../core/in-parallel.ts'
import { kubernetesOf } from './source/kubernetes-version.ts'
import type { Rendered } from './source/rendered.ts'
import { renderRaw, type Raw } from './source/raw.ts'
import { chartOf, makeRenderer, type Renderer } from './source/render.ts'
import { toolsHere } from '../cluster/tools/tools-here.ts'
import { authorityMaps, certificateSecrets } from './tls-objects.ts'
import { defines, planContextOf } from './source/plan-context.ts'

export type SourceDeps = {
  readonly config: Config
  readonly images: readonly ResolvedImage[]
  readonly secrets?: KnownSecrets
  /** Left out: those on this machine, so that a plan downloads none. */
  readonly tools?: Tools
  readonly run: Run
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
  /** What was read and rendered for an earlier collection of the same files. Left out: this is the only one. */
  readonly known?: Pick<Renderer, 'files' | 'ofFiles'>
}

/**
 * Renders every deployable whose renderer and chart are on this machine, from the cache where nothing changed. Fetches
 * nothing. The entry `crds` tells of the definitions that the file names. What is wrong is in the `problems` of each; throws only what no deployable is to blame for.
 */
export const collectSources = async (
  deployables: readonly Deployable[],
  deps: SourceDeps,
): Promise<ReadonlyMap<string, Rendered>> => {
  // Services share charts, and several things are asked of each.
  const renderer = { ...rendererOf(deps), files: makeFiles(), ofFiles: makeOfFiles(), ...deps.known }
  const crds = await definitionsOf(deps.config)
  const raws = await renderAll(deployables, crds.kinds, renderer)
  const documentsOf = (id: string) => raws.get(id)?.documents
  const whole = planContextOf(
    deps,
    deployables,
    [...crds.bringers, ...deployables.map(({ id }) => ({ id, kinds: documentsOf(id) && defines(documentsOf(id)) }))],
    documentsOf,
  )
  const finished = deployables.map((deployable) => {
    const raw = raws.get(deployable.id)
    if (!raw) throw new Error(`${deployable.id} was not rendered`)
    return { deployable, raw, rendered: finish(deployable, raw, whole) }
  })
  const made = [...authorityMaps(deps.config, deployables), ...certificateSecrets(deps.config, whole.listeners)]
  const checked = await checkedProblems(finished, whole, renderer, {
    definitions: crds.rendered.flatMap(([, { objects = [] }]) => objects),
    made,
  })
  const known = finished.flatMap(({ deployable, rendered: { objects, exposed } }) => {
    const leading = exposed.map((object) => ({ object, at: deployable.at }))
    return objects ? [{ deployable, documents: [...objects, ...leading] }] : []
  })
  const unused = [
    ...unusedImages(deps.images, deployables, known),
    ...imagesOfOneReference(deps.images),
    ...namedNothing(
      finished.map(({ deployable, raw }) => ({ deployable, objects: raw.documents?.map(({ object }) => object) })),
      deps.config,
    ),
    ...namedSecrets(deployables, known, deps.secrets?.known ?? [], deps.config, made),
  ]
  const twice = [
    ...ownershipProblems(known),
    ...routeProblems(known),
    ...nginxProblems(deployables, known),
    ...traefikProblems(deployables, known),
    // Of what cannot be rendered yet nobody knows whether it brings one.
    ...(known.length === finished.length ? applicationProjects(known) : []),
    ...ignoredByGit(deployables, deps.config.folder),
    ...(await behindRemote(deployables, deps.config.folder, deps.run)),
    ...clashProblems(known, deps.secrets?.known ?? []),
    ...unsaid(missingConfig(known, deps.secrets?.known ?? [], made), checked),
  ]
  const told = finished.map(({ deployable: { id }, rendered }, index): [string, readonly Problem[]] => [
    id,
    [
      ...rendered.problems,
      ...checked.filter(({ step }) => step === id),
      ...twice.filter(({ step }) => step === id),
      // They are about several, or none: the first one says them.
      ...(index === 0 ? unused : []),
    ],
  ])
  const problems = new Map(withAwaited(told, (group) => whole.bringersOf(group)))
  return new Map([
    ...crds.rendered,
    ...finished.map(({ deployable: { id }, rendered }): [string, Rendered] => [
      id,
      { ...rendered, problems: problems.get(id) ?? [] },
    ]),
  ])
}

/** The renderer of a run; with no `env`, this process's decides where the cache is. */
export const rendererOf = ({ config, run, tools, env, signal }: Omit<SourceDeps, 'images'>): Renderer =>
  makeRenderer({
    run,
    tools: tools ?? toolsHere({ want: config.tools, run, env: env ?? process.env, ...(signal ? { signal } : {}) }),
    cacheFolder: cacheFolder(env),
    ...(env && { env }),
    given: config.given?.() ?? [],
    kubernetes: kubernetesOf(config),
    ...(signal ? { signal } : {}),
  })

/**
 * What every deployable is made of. A chart that asks for an API which another one turns out to bring is rendered again,
 * and so on: what it makes of that may bring something too.
 */
const renderAll = async (
  deployables: readonly Deployable[],
  known: readonly DefinedKind[],
  renderer: Renderer,
): Promise<ReadonlyMap<string, Raw>> => {
  const charts = new Map(deployables.map((deployable) => [deployable.id, chartOf(deployable, renderer)]))
  const asked = await askedOf(charts, renderer)
  const raws = new Map<string, Raw>()
  const told = new Map<string, readonly string[]>()
  for (let round = 0; round < mostRounds; round++) {
    const due = deployables.flatMap((deployable) => {
      const { id } = deployable
      const question = asked.get(id)
      const apis =
        question && (question.any || question.names.size > 0)
          ? toldApis(question, renderer.kubernetes, [...known, ...broughtFor(id, raws)])
          : []
      return isDeepStrictEqual(told.get(id), apis) ? [] : [{ deployable, chart: charts.get(id), apis }]
    })
    if (due.length === 0) break
    // The longest first, so that nothing is waited for alone at the end.
    const inTurn = due.toSorted((a, b) => weightOf(b.chart) - weightOf(a.chart))
    await inParallel(inTurn, availableParallelism() + 2, async ({ deployable, chart, apis }) => {
      told.set(deployable.id, apis)
      raws.set(deployable.id, await renderRaw(deployable, chart, apis, renderer))
    })
  }
  return raws
}

const askedOf = async (
  charts: ReadonlyMap<string, LocatedChart | undefined>,
  { files }: Pick<Renderer, 'files'>,
): Promise<ReadonlyMap<string, AskedApis | undefined>> => {
  const byPath = new Map<string, ReturnType<typeof askedApis>>()
  const ask = (chart: LocatedChart): ReturnType<typeof askedApis> => {
    const known = byPath.get(chart.path) ?? askedApis(chart, files)
    byPath.set(chart.path, known)
    return known
  }
  return new Map(await Promise.all([...charts].map(async ([id, chart]) => [id, chart && (await ask(chart))] as const)))
}

/** Charts that wait for each other's kinds would go on without end. */
const mostRounds = 4

const weightOf = (chart: LocatedChart | undefined): number =>
  chart?.kind === 'archive' ? (statSync(chart.path, { throwIfNoEntry: false })?.size ?? 0) : 0
