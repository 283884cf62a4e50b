import { addonDeployables } from '../addons/index.ts'
import type { ResolvedImage } from '../cluster/images/images.ts'
import { resolveImages } from '../cluster/images/resolve.ts'
import { imageSteps } from '../cluster/images/steps.ts'
import { makeCluster } from '../cluster/make-cluster.ts'
import type { FindOptions } from '../cluster/tools/make-tools.ts'
import { clearPrivateFolders } from '../cluster/private-folder.ts'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import { hashOf } from '../core/fingerprint.ts'
import { hiding, hidingIn } from '../core/mask/step.ts'
import { narrowed } from '../core/narrow.ts'
import { cacheFolder } from '../core/paths.ts'
import { saidOnce, type Problem } from '../core/problem.ts'
import { showHosts } from '../hosts/hosts-file.ts'
import { hostsStep } from '../hosts/step.ts'
import { deploySteps } from '../services/deploy-step.ts'
import { hostsOfSteps } from './hosts-of-steps.ts'
import { writtenHosts } from '../manifests/kinds/hosts.ts'
import { withRegistryNeeds } from '../manifests/registry-needs.ts'
import { readSecrets, type Secrets } from '../services/secrets/read-secrets.ts'
import { lackingProblems } from '../manifests/problems/local-only.ts'
import { hostProblems, portProblems, unreachableTests } from '../services/smoke/problems.ts'
import { namesProblems } from '../services/smoke/names.ts'
import { buildProblems } from '../cluster/images/build-names.ts'
import { oldToolProblems } from '../cluster/tools/old.ts'
import { skippedImages } from '../manifests/source/skipped-images.ts'
import { serviceDeployables } from '../services/services.ts'
import { collectSources } from '../manifests/sources.ts'
import { toolsHere } from '../cluster/tools/tools-here.ts'
import { loadOptions, type App } from './app.ts'
import { reachesOf } from '../services/smoke/reach.ts'
import type { SmokeResult } from '../services/smoke/smoke.ts'
import { engineOf } from './engine-of.ts'
import { existingWay, imageProblems, notRecreated, settledAgain, settleExisting } from './existing/settle-existing.ts'
import { chosenEnvironments } from './chosen-environments.ts'
import { settingsOf } from './settings.ts'
import { settle, type Settled } from './settle.ts'
import { reachIn, withSmoke } from './smoke-tests.ts'
import { version } from './version.ts'
import { runOf } from './run-of.ts'
import type { Environment, Flags, PortOptions, Kept, Downloads } from './environment.ts'

/** The file as the flags change it. Throws ConfigError. */
export const configOf = (app: App, flags: Flags): ReturnType<typeof loadConfig> => loadConfig(loadOptions(app, flags))

/**
 * Reads the file, settles its host ports, renders what is on disk, and makes the steps. Starts no engine, and asks one
 * for nothing but ports, and for images that no registry brings. Throws ConfigError.
 * A tool that is missing is downloaded only where `downloads` says how: `plan` wants no network.
 */
export const openEnvironment = async (
  app: App,
  flags: Flags,
  downloads?: Downloads,
  ports: PortOptions = {},
  before?: Kept,
): Promise<Environment> => {
  const { config: file, warnings } = await configOf(app, flags)
  const problems: Problem[] = [...warnings]
  const notes: string[] = [] // in any order: images are looked at side by side
  await clearPrivateFolders(cacheFolder(app.env))
  const run = runOf(app)
  const hash = hashOf([file.name, file.cluster, file.tools])
  const kept = before?.hash === hash ? before : undefined
  kept?.tools.forgetFailures?.()
  const known = before?.known ?? new Map()
  const reading = before?.synced?.reading(file)
  const tools = kept?.tools ?? (await toolsFor({ want: file.tools, run, env: app.env, signal: app.signal }, downloads))
  const chosen = chosenEnvironments(file, flags.env)
  const engine = kept?.engine ?? ports.engine ?? engineOf(app, file.cluster.engine)
  const recreate = flags.recreate ?? false
  const { context } = file.cluster
  if (context !== undefined && recreate) throw notRecreated(context)
  const existing =
    context === undefined ? undefined : { context, ...existingWay(app, file.name, context, kept?.access) }
  const settling = async (): Promise<Settled> => {
    if (ports.asFile) return { config: file, conflicts: [], problems: [] }
    if (existing)
      return kept?.settled.seen
        ? settledAgain(file, kept.settled.seen)
        : settleExisting(file, { app, engine, ...existing })
    if (kept) return { ...kept.settled, config: { ...file, cluster: kept.settled.config.cluster } }
    return settle(file, engine, { run, env: app.env, recreate, fallback: false, nice: false, ...ports })
  }
  const [settled, images, secrets, ofBuilds]: [Settled, readonly ResolvedImage[], Secrets, readonly Problem[]] =
    await Promise.all([
      settling(),
      resolveImages(file, {
        run,
        env: app.env,
        warn: (text) => void notes.push(text),
        known,
        ...(reading && { hold: reading.hold }),
      }),
      readSecrets(file),
      buildProblems(file),
    ])
  const { config, conflicts, address } = settled
  problems.push(...notes.toSorted().map((message): Problem => ({ message, severity: 'warning' })))
  problems.push(...settled.problems, ...secrets.problems, ...imageProblems(config, images, settled.seen))
  problems.push(...oldToolProblems(config), ...ofBuilds)
  const cluster = makeCluster({
    config,
    run,
    tools,
    env: app.env,
    version: version(),
    signal: app.signal,
    recreate,
    isNarrowed: [flags.only, flags.skip, flags.env].some((given = []) => given.length > 0),
    engine,
    looks: app.looks,
    ...(app.spawn && { spawn: app.spawn }),
    ...existing,
    ...(kept ? { access: kept.access, imageStores: kept.imageStores, pushes: kept.pushes } : {}),
  })
  const every = [...addonDeployables(config), ...serviceDeployables(config, images, undefined, app.env)]
  const sources = await collectSources(every, { config, images, secrets, tools, run, env: app.env, signal: app.signal })
  const localOnly = [...sources.values()].flatMap((source) => source.localOnly ?? [])
  problems.push(...[...sources.values()].flatMap((source) => source.problems))
  problems.push(...(await lackingProblems(localOnly, cluster)))
  problems.push(...namesProblems(every, sources, config))
  const hostNames = new Set<string>()
  const smoke: SmokeResult[] = []
  const reaches = reachesOf(every, sources)
  const tested = every.map((deployable) => {
    const reach = reachIn(reaches, deployable.id)
    const unreachable = unreachableTests(deployable, sources.get(deployable.id), reach, config)
    problems.push(...unreachable.map(({ problem }) => problem), ...portProblems(deployable, config))
    problems.push(...hostProblems(deployable, reach, sources, config))
    const left = new Set(unreachable.map(({ index }) => index))
    return withSmoke(withRegistryNeeds(deployable, sources.get(deployable.id), config), {
      reach,
      results: smoke,
      left,
      env: app.env,
    })
  })

  const hosts = hostsStep({
    name: config.name,
    ...config.hosts,
    hosts: async () => [...hostNames],
    wildcards: () => [...sources].flatMap(([id, { wildcards = [] }]) => (isNamed(id) ? wildcards : [])),
    run,
    address,
  })
  const all = [
    ...cluster.steps,
    ...imageSteps(config, images, cluster, { registry: cluster.registry }),
    ...deploySteps(tested, sources, {
      config,
      cluster,
      images,
      secrets,
      env: app.env,
      ...chosen,
      // Of everything, however this walk is narrowed: one certificate is for all.
      hosts: () => [...new Set([...servedHosts(sources), ...config.hosts.extra, ...hostNames])],
    }),
    ...(config.hosts.mode === 'file' ? [hosts] : []),
  ].map((step) => hiding(step, secrets.hidden.texts))
  const narrowing = {
    only: flags.only ?? [],
    skip: [
      ...(flags.skip ?? []),
      ...all.filter((step) => chosen?.leavesOut(step)).map(({ id }) => id),
      ...(flags.hosts === false && config.hosts.mode === 'file' ? ['hosts'] : []),
    ],
  }
  const taken = narrowed(all, narrowing)
  const isTaken = (id: string): boolean => taken.some((step) => step.id === id)
  problems.push(...(await lackingProblems(skippedImages(images, sources, isTaken), cluster)))
  // `--only hosts` is about the names of everything.
  const named = isTaken('hosts') ? narrowed(all, { ...narrowing, only: [] }) : taken
  const isNamed = (id: string): boolean => named.some((step) => step.id === id)
  const names = hostsOfSteps(sources, isNamed)
  for (const host of names.taken) hostNames.add(host)
  for (const host of await namesThatStay(config, names.left)) hostNames.add(host)
  const inputs = { hash: hashOf([config.hosts, [...hostNames].toSorted(), address ?? '']), files: [] }
  const left = new Set(all.map(({ id }) => id).filter((id) => !isTaken(id)))
  return {
    config,
    conflicts,
    run,
    cluster,
    images,
    deployables: every,
    secrets,
    sources,
    reaches,
    steps: taken.map((step) => (step.id === 'hosts' ? { ...step, inputs } : step)),
    allIds: all.map(({ id }) => id),
    isNarrowed: narrowing.only.length > 0 || (flags.skip ?? []).length > 0 || chosen !== undefined,
    // What a walk leaves out is not what it could fail of.
    leaves: chosen?.leaves ?? new Set(),
    problems: hidingIn(
      saidOnce(problems.filter(({ step }) => step === undefined || !left.has(step))),
      secrets.hidden.texts,
    ),
    hostNames,
    env: app.env,
    fileHosts: names.taken,
    settings: settingsOf(flags),
    smoke,
    kept: {
      hash,
      tools,
      engine,
      settled,
      access: cluster.access,
      imageStores: cluster.imageStores,
      pushes: kept?.pushes ?? new Map(),
      known,
      ...(before?.synced && { synced: before.synced }),
    },
    ...(reading && { read: reading.read }),
  }
}

/** The names of all that is rendered or declared, wildcards included. */
const servedHosts = (sources: Environment['sources']): readonly string[] =>
  [...sources.values()].flatMap(({ hosts, objects = [] }) => [
    ...hosts,
    ...objects.flatMap(({ object }) => writtenHosts(object)),
  ])

/** Of the names of what is left out, those that lead here already: a walk of a part adds none for the rest, and removes none. */
const namesThatStay = async ({ name, hosts }: Config, left: readonly string[]): Promise<readonly string[]> => {
  if (left.length === 0 || hosts.mode === 'none') return []
  const there = new Set(await showHosts(hosts.file, name).catch(() => []))
  return left.filter((host) => there.has(host.toLowerCase()))
}

/** kind is needed last, and by nobody who renders: it comes while the charts are looked at. */
const toolsFor = async (options: FindOptions, downloads: Downloads | undefined): Promise<Kept['tools']> => {
  if (!downloads) return toolsHere(options)
  const { makeTools } = await import('../cluster/tools/make-tools.ts')
  const tools = makeTools({ ...options, ...downloads })
  tools.prefetch('kind')
  return tools
}
