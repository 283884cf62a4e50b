import { existsSync, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { isInside } from '../../core/paths.ts'
import { textAt, textsAt } from '../../core/fields.ts'
import type { Problem } from '../../core/problem.ts'
import { inServedVersion } from '../../gitops/flux-objects/served-version.ts'
import { treeIgnored } from '../../gitops/tree/tree-files.ts'
import { kustomizationFiles } from '../kustomize/files.ts'
import { buildKustomization, type KustomizeDeps } from '../kustomize/build.ts'
import { readManifests } from '../plain/manifests.ts'
import type { Render, RenderedDocument } from '../yaml/outlined.ts'
import type { OwnTree } from '../../gitops/tree/tree-files.ts'
import type { FluxSource } from '../deployable.ts'
import { bootstrapSource } from './bootstrap-source.ts'
import { chartProblems } from './chart-problems.ts'
import { isLeftOut, objectProblems } from './object-problems.ts'
import { folderFiles } from './folder-files.ts'
import {
  isFlux,
  isHelmRelease,
  isKustomization,
  isOwnSource,
  keyOfObject,
  sourceKeyOf,
} from '../../gitops/flux/kinds.ts'
import { substituted } from './substitute.ts'
import { treeProblems } from './tree-problems.ts'

/** The objects that a Kustomization brings. */
export type Brought = {
  readonly documents: readonly RenderedDocument[]
  /** Where it puts them, whatever they say; undefined where they say it themselves. */
  readonly namespace: string | undefined
}

/** What the objects of Flux in a folder deploy, as far as it lies in this repository. */
export type FluxGraph = {
  /** By the key of a Kustomization that reads this repository. */
  readonly brings: ReadonlyMap<string, Brought>
  /** Keys of the objects that kindup applies itself. */
  readonly direct: ReadonlySet<string>
  /** Keys of the GitRepositories that are this repository. */
  readonly own: ReadonlySet<string>
  /** The namespace of objects that name none. */
  readonly home: string
}

export type FluxRead = Render & { readonly graph: FluxGraph }

type Reading = KustomizeDeps & { readonly cacheFolder: string; readonly signal?: AbortSignal }

/**
 * Reads the objects of Flux in a folder and follows its Kustomizations through the working tree. The documents are those
 * that kindup applies itself: what no Kustomization among them brings, and each GitRepository that is this repository.
 */
export const readFlux = async ({ folder, worktree }: FluxSource, home: string, deps: Reading): Promise<FluxRead> => {
  const problems: Problem[] = []
  const build = folderReader(worktree, deps, problems)
  const written = await build(folder, true)
  const bootstrap = worktree && missingBootstrap(written, home, worktree, problems)
  const inFolder = bootstrap ? [...written, bootstrap] : written
  const found = inFolder.filter(({ object }) => isFlux(object))
  if (found.length === 0 && problems.length === 0)
    problems.push({
      severity: 'error',
      message: `There is no object of Flux in ${folder}.`,
      at: { file: folder },
      hint: 'kustomize: or manifests: deploys plain objects; gitops: flux hands them to Flux.',
    })
  const all = new Map(found.map((one) => [keyOfObject(one.object, home), one]))
  const brings = new Map<string, Brought>()
  const own = (): ReadonlySet<string> =>
    new Set([...all].filter(([, { object }]) => worktree && isOwnSource(object, worktree)).map(([key]) => key))
  for (const [key, document] of all) {
    if (!worktree || !isKustomization(document.object)) continue
    // A source may be among what is brought later: sources of this repository are known by their address.
    if (!own().has(sourceKeyOf(document.object, home) ?? '')) continue
    const documents = await broughtBy(document, worktree, build, problems)
    brings.set(key, { documents, namespace: textAt(document.object, 'spec', 'targetNamespace') })
    for (const one of documents)
      if (isFlux(one.object)) {
        const name = keyOfObject(one.object, home)
        if (!all.has(name)) all.set(name, one)
      }
  }
  const ownKeys = own()
  problems.push(
    ...objectProblems(
      [...all.values()].filter((one) => one !== bootstrap),
      { all, own: ownKeys, home, worktree },
    ),
  )
  if (worktree) {
    const ignored = treeIgnored(worktree)
    problems.push(...treeProblems(worktree, ignored))
    for (const document of all.values())
      if (isHelmRelease(document.object) && ownKeys.has(sourceKeyOf(document.object, home) ?? ''))
        problems.push(...chartProblems(document, worktree, ignored))
  }
  const broughtKeys = new Set(
    [...brings].flatMap(([by, { documents }]) =>
      documents
        .map(({ object }) => keyOfObject(object, home))
        .filter((key) => key !== by && !leadsBack(key, by, brings, home)),
    ),
  )
  const documents = [...all].filter(
    ([key, { object }]) =>
      ownKeys.has(key) || (found.some((one) => one === all.get(key)) && !broughtKeys.has(key) && !isLeftOut(object)),
  )
  const covered = new Set(
    [...brings.values()]
      .flatMap((one) => one.documents)
      .map(({ object }) => `${object.apiVersion} ${keyOfObject(object, home)}`),
  )
  const bare = inFolder.find(
    ({ object }) =>
      !isFlux(object) && !isComponent(object) && !covered.has(`${object.apiVersion} ${keyOfObject(object, home)}`),
  )
  if (bare && worktree && found.length > 0)
    problems.push({
      severity: 'warning',
      message: `${bare.object.kind} ${bare.object.metadata.name} is no object of Flux, and no Kustomization deploys it: it is left out.`,
      at: bare.at,
    })
  return {
    documents: documents.map(([, document]) => document),
    problems,
    graph: { brings, direct: new Set(documents.map(([key]) => key)), own: ownKeys, home },
  }
}

/** The source that only bootstrapping writes, where the folder has objects that read it. That is said. */
const missingBootstrap = (
  documents: readonly RenderedDocument[],
  home: string,
  worktree: OwnTree,
  problems: Problem[],
): RenderedDocument | undefined => {
  const source = bootstrapSource(documents, home, worktree)
  if (!source) return undefined
  const { document, readAt } = source
  const key = keyOfObject(document.object, home)
  if (documents.some(({ object }) => keyOfObject(object, home) === key)) return undefined
  problems.push({
    severity: 'warning',
    message: `${key} is not in the folder: \`flux bootstrap\` writes it elsewhere. It is taken for this repository.`,
    at: readAt,
  })
  return document
}

/** Parts of Flux itself, as `flux install` and `flux bootstrap` write them: the add-on brings those. */
export const isComponent = ({ metadata }: RenderedDocument['object']): boolean =>
  metadata.labels?.['app.kubernetes.io/part-of'] === 'flux'

/** Whether a Kustomization that another brings brings that one in turn; of such a circle the first stays. */
const leadsBack = (key: string, by: string, brings: FluxGraph['brings'], home: string): boolean => {
  const order = [...brings.keys()]
  if (order.indexOf(key) < 0 || order.indexOf(key) > order.indexOf(by)) return false
  const seen = new Set<string>()
  const reach = (from: string): boolean => {
    if (seen.has(from)) return false
    seen.add(from)
    const next = (brings.get(from)?.documents ?? []).map(({ object }) => keyOfObject(object, home))
    return next.includes(by) || next.some(reach)
  }
  return reach(key)
}

type Build = (folder: string, byHand?: boolean) => Promise<readonly RenderedDocument[]>

/** Reads each folder once. */
const folderReader = (worktree: OwnTree | undefined, deps: Reading, problems: Problem[]): Build => {
  const ignored = worktree && treeIgnored(worktree)
  const isIgnored = (file: string): boolean =>
    worktree !== undefined && ignored !== undefined && ignored.matches(relative(worktree.root, file))
  const known = new Map<string, Promise<readonly RenderedDocument[]>>()
  const read = async (folder: string, byHand: boolean): Promise<readonly RenderedDocument[]> => {
    const { files, kustomizations } = folderFiles(folder, { isLeftOut: isIgnored, byHand })
    const renders = [
      ...(files.length > 0 ? [await readManifests(files, deps.cacheFolder)] : []),
      ...(await Promise.all(
        kustomizations.map((one) => buildKustomization(one, deps, deps.signal ? { signal: deps.signal } : {})),
      )),
    ]
    problems.push(...renders.flatMap((one) => one.problems))
    for (const file of kustomizations.flatMap(kustomizationFiles)) {
      const by =
        worktree && isInside(file, worktree.root) ? ignored?.by(relative(worktree.root, file), false) : undefined
      if (by)
        problems.push({
          severity: 'error',
          message: `${relative(folder, file)} is part of the kustomization ${folder}, and git ignores it: it reaches Flux neither here nor from the remote.`,
          at: { file: by.file, line: by.line },
          hint: `Take \`${by.text}\` away, or git add --force ${file}`,
        })
    }
    return renders.flatMap(({ documents }) => documents).map((one) => ({ ...one, object: inServedVersion(one.object) }))
  }
  return (folder, byHand = false) => {
    const key = `${byHand} ${folder}`
    const reading = known.get(key) ?? read(folder, byHand)
    known.set(key, reading)
    return reading
  }
}

const broughtBy = async (
  { object, at, placeOf }: RenderedDocument,
  worktree: OwnTree,
  build: Build,
  problems: Problem[],
): Promise<readonly RenderedDocument[]> => {
  const path = textAt(object, 'spec', 'path') ?? '.'
  const folder = resolve(worktree.root, path.replace(/^\/+/, ''))
  const refuse = (message: string): readonly RenderedDocument[] => {
    problems.push({
      severity: 'error',
      message: `Kustomization ${object.metadata.name}: ${message}`,
      at: placeOf?.(['spec', 'path']) ?? at,
      hint: `Paths start at ${worktree.root}.`,
    })
    return []
  }
  if (!isInside(folder, worktree.root)) return refuse(`${path} leads out of the repository.`)
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    return refuse(`there is no folder ${path} in this repository.`)
  if (worktree.only !== undefined && !isInside(folder, worktree.only))
    return refuse(`${path} is not below ${relative(worktree.root, worktree.only)}, the root of its gitops.`)
  const values = textsAt(object, 'spec', 'postBuild', 'substitute')
  return (await build(folder)).map((one) => ({ ...one, object: substituted(one.object, values) }))
}
