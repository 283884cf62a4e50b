import { ownRepository } from '../../config/adopt/own-repository.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { bootstrapKey, readsBootstrap } from '../../manifests/flux/bootstrap-source.ts'
import {
  isFlux,
  isHelmRelease,
  isKustomization,
  isOwnSource,
  keyOfObject,
  sourceKeyOf,
} from '../../gitops/flux/kinds.ts'
import type { DraftService } from './draft-service.ts'
import type { File, FluxFolder } from './found.ts'
import type { ObjectReader } from './manifests.ts'
import { inOrder } from './names.ts'
import { listed } from './listed.ts'
import { asWritten, folderOf, isWithin, nameOf } from './paths.ts'
import { filledAt } from './read-yaml.ts'

/** The folders that Flux deploys of this repository: `clusters/dev`, whose Kustomization names that folder itself. */
export const findFluxFolders = (
  folder: string,
  files: readonly File[],
  objectsOf: ObjectReader,
): readonly FluxFolder[] => {
  const { root, remotes } = ownRepository(folder)
  // Paths start at the top of the repository; of a folder below it they would lead elsewhere.
  if (root !== folder) return []
  const all = files.flatMap((file) =>
    objectsOf(file)
      .filter(isFlux)
      .map((object) => ({ file: file.path, object })),
  )
  const own = all.filter(({ object }) => isOwnSource(object, { root, ...(remotes ? { remotes: [...remotes] } : {}) }))
  const reads = all.filter(
    ({ file, object }) =>
      isKustomization(object) &&
      own.some((source) => keyOfObject(source.object, '') === sourceKeyOf(object, '') && isBeside(source.file, file)),
  )
  const roots = [
    ...new Set([
      ...reads.filter(({ file, object }) => isWithin(file, pathOf(object))).map(({ object }) => pathOf(object)),
      ...unbootstrapped(all),
    ]),
  ].filter((one) => one !== '.')
  // They stand in folders that Kustomizations lead to, and seldom in that of the cluster itself.
  const charts = all.flatMap(({ object }) => (isHelmRelease(object) ? chartOf(object) : []))
  return roots
    .filter((one) => !roots.some((other) => other !== one && isWithin(one, other)))
    .map((one) => {
      const within = all.filter(({ file }) => isWithin(file, one))
      return {
        folder: one,
        keys: within.map(({ object }) => keyOfObject(object, '')),
        deploys: within.filter(({ object }) => isKustomization(object)).map(({ object }) => pathOf(object)),
        charts,
        generates: within.some(({ object }) => object.kind === 'ArtifactGenerator'),
      }
    })
}

/**
 * Folders whose objects read the source that `flux bootstrap` writes, in repositories that leave it to whoever bootstraps
 * them: those that no other such Kustomization brings.
 */
const unbootstrapped = (all: readonly { readonly file: string; readonly object: KubeObject }[]): readonly string[] => {
  const there = new Set(all.map(({ object }) => keyOfObject(object, '')))
  const readers = all.filter(
    ({ object }) => readsBootstrap(object, '') && !there.has(bootstrapKey(object.metadata.namespace ?? '')),
  )
  const paths = readers.filter(({ object }) => isKustomization(object)).map(({ object }) => pathOf(object))
  return readers
    .map(({ file }) => folderOf(file))
    .filter((folder) => folder !== '.' && !paths.some((path) => path !== '.' && isWithin(folder, path)))
}

/** Of a Kustomization: from the top of the repository. */
const pathOf = (object: unknown): string =>
  (filledAt(object, 'spec', 'path') ?? '.').replace(/^(?:\.?\/)+|\/+$/g, '') || '.'

/** From the top of the repository; none where it comes from elsewhere. */
const chartOf = (release: KubeObject): readonly string[] => {
  const chart = filledAt(release, 'spec', 'chart', 'spec', 'chart')
  return chart !== undefined && filledAt(release, 'spec', 'chart', 'spec', 'sourceRef', 'kind') === 'GitRepository'
    ? [chart.replace(/^(?:\.?\/)+|\/+$/g, '')]
    : []
}

/** A source in another stage has the same name. */
const isBeside = (source: string, file: string): boolean =>
  isWithin(file, folderOf(source)) || isWithin(source, folderOf(file)) || folderOf(folderOf(source)) === folderOf(file)

/** What Flux deploys of it, as services, and what could not be in the same cluster. */
export const fluxServices = (
  found: readonly FluxFolder[],
): { readonly services: readonly DraftService[]; readonly notes: readonly string[] } => {
  const groups = [...Map.groupBy(found, ({ folder }) => folderOf(folder))]
  const made = groups.map(([parent, members]) => {
    const stages = inOrder(members.map(({ folder }) => nameOf(folder))).flatMap(
      (name) => members.find(({ folder }) => nameOf(folder) === name) ?? [],
    )
    const kept = stages.filter(
      ({ keys }, index) => !stages.slice(0, index).some((earlier) => earlier.keys.some((key) => keys.includes(key))),
    )
    const left = stages.filter((one) => !kept.includes(one))
    const [only] = stages.length === 1 ? stages : []
    const name = groups.length === 1 ? 'cluster' : nameOf(parent)
    const service: DraftService = {
      name,
      from: only?.folder ?? parent,
      deploy: { kind: 'flux', path: asWritten(only?.folder ?? `${parent}/{env}`) },
      environments: only ? [] : kept.map(({ folder }) => nameOf(folder)),
    }
    const names = listed(left.map(({ folder }) => asWritten(folder)))
    return {
      service,
      notes:
        left.length === 0
          ? []
          : [
              `${names} ${left.length === 1 ? 'has' : 'have'} objects of Flux of the same names, and cannot be in one cluster with ${asWritten(kept[0]?.folder ?? '')}: name another of them in \`environments\`, or in a file of its own.`,
            ],
    }
  })
  return { services: made.map(({ service }) => service), notes: made.flatMap(({ notes }) => notes) }
}

/** Whether Flux deploys what stands at a path: itself, or something beside it that is made of it. */
export const isOfFlux = (path: string, found: readonly FluxFolder[]): boolean => {
  const plain = path.replace(/^\.\//, '')
  return found.some(
    ({ folder, deploys, charts }) =>
      charts.includes(plain) ||
      [folder, ...deploys].some((one) => isWithin(plain, one) || (one.includes('/') && isWithin(plain, folderOf(one)))),
  )
}
