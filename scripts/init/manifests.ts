import type { KubeObject } from '../../cluster/kube/kube.ts'
import { definedKind, isBuiltIn } from '../../manifests/kinds/built-in.ts'
import { groupOf, isCrd } from '../../manifests/kinds/kind.ts'
import { podTemplateOf } from '../../manifests/transform/pod-templates.ts'
import { inFile, parseObjects } from '../../manifests/yaml/parse.ts'
import type { File, FoundGitOps, FoundObjects } from './found.ts'
import { inOrder, isEnvironment, isLabel } from './names.ts'
import { asWritten, folderOf, isWithin, nameOf } from './paths.ts'
import { textOf } from './read-yaml.ts'

type Manifest = { readonly path: string; readonly objects: readonly KubeObject[] }

const readable = /\.(?:ya?ml|json)$/i

/** Reads the Kubernetes objects of a file; none where it holds something else. */
export type ObjectReader = (file: File) => readonly KubeObject[]

/** A reader that reads each file once: bases are part of many kustomizations, and large ones take long to parse. */
export const objectReader = (): ObjectReader => {
  const known = new Map<string, readonly KubeObject[]>()
  return (file) => {
    const found = known.get(file.full) ?? objectsIn(file)
    known.set(file.full, found)
    return found
  }
}

const objectsIn = (file: File): readonly KubeObject[] => {
  if (!readable.test(file.path)) return []
  const text = textOf(file)
  // Most files of a folder are something else.
  if (!/["']?apiVersion["']?\s*:/.test(text) || !/["']?kind["']?\s*:/.test(text)) return []
  return parseObjects(text, { place: inFile(file.path) }).objects.map(({ object }) => object)
}

/** The GitOps tool whose own an object is. */
export const toolOf = ({ apiVersion }: Pick<KubeObject, 'apiVersion'>): FoundGitOps['tool'] | undefined =>
  groupOf(apiVersion) === 'argoproj.io'
    ? 'argocd'
    : /^(\w+\.)?toolkit\.fluxcd\.io$/.test(groupOf(apiVersion))
      ? 'flux'
      : undefined

const isGitOps = (object: KubeObject): boolean => toolOf(object) !== undefined && podTemplateOf(object) === undefined

/** Whether an object is one that Kubernetes runs: files of other tools look alike and hold none. */
const isOrdinary = (object: KubeObject): boolean => isBuiltIn(object) && !isCrd(object)

/** Patches for a definition look like one, and define nothing. */
const isWholeCrd = (object: KubeObject): boolean => isCrd(object) && definedKind(object) !== undefined

/** What plain manifests of a folder stand for. `loose` are those of its files that belong to no chart and no kustomization. */
export const findManifests = (
  loose: readonly File[],
  files: readonly File[],
  objectsOf: ObjectReader,
): {
  readonly found: readonly FoundObjects[]
  readonly crds: readonly string[]
  readonly defined: readonly string[]
} => {
  const all = loose.map((file): Manifest => ({ path: file.path, objects: objectsOf(file) }))
  const ordinary = all.filter(({ objects }) => objects.some(isOrdinary) && !objects.some(isGitOps))
  const crds = all.filter(({ objects }) => objects.length > 0 && objects.every(isWholeCrd))
  const hasWorkload = ordinary.some(({ objects }) => objects.some((object) => podTemplateOf(object) !== undefined))
  return {
    found: hasWorkload ? groupsOf(ordinary, files) : [],
    crds: clusterPaths(crds, files),
    defined: crds
      .flatMap(({ objects }) => objects.map(definedKind))
      .flatMap((kind) => (kind === undefined ? [] : [`${kind.group}/${kind.kind}`])),
  }
}

/** Manifests by the topmost folder that holds some; folders that are named after environments side by side are one. */
const groupsOf = (manifests: readonly Manifest[], files: readonly File[]): readonly FoundObjects[] => {
  const folders = [...new Set(manifests.map(({ path }) => folderOf(path)))]
  const environments = folders.filter((folder) => isEnvironment(nameOf(folder)) && isLabel(nameOf(folder)))
  const perEnvironment = environments.filter(
    (folder) =>
      environments.filter((other) => folderOf(other) === folderOf(folder)).length > 1 &&
      filesOf(folder, manifests, files)[0] === asWritten(folder),
  )
  const tops = folders.filter(
    (folder) =>
      !perEnvironment.some((other) => isWithin(folder, other)) &&
      // What lies at the top stands beside everything, and covers nothing.
      !folders.some(
        (other) => other !== folder && other !== '.' && isWithin(folder, other) && !isWithin(other, folder),
      ),
  )
  return [
    ...tops.map((folder): FoundObjects => {
      const own = manifests.filter(
        ({ path }) =>
          (folder === '.' ? folderOf(path) === '.' : isWithin(path, folder)) &&
          !perEnvironment.some((other) => isWithin(path, other)),
      )
      return {
        ...nothingMore,
        folder,
        paths: filesOf(folder, own, files),
        environments: [],
        objects: own.flatMap(({ objects }) => objects),
      }
    }),
    ...[...Map.groupBy(perEnvironment, folderOf)].map(([parent, members]): FoundObjects => ({
      ...nothingMore,
      folder: parent,
      paths: [asWritten(parent === '.' ? '{env}' : `${parent}/{env}`)],
      environments: inOrder(members.map(nameOf)).map((name) => ({ name })),
      objects: manifests
        .filter(({ path }) => members.some((member) => isWithin(path, member)))
        .flatMap(({ objects }) => objects),
    })),
  ]
}

const nothingMore = { kind: 'manifests', renamed: {}, renames: false } as const

/** The folder, where all that would be read in it is a manifest, and otherwise the manifests one by one. */
const filesOf = (folder: string, manifests: readonly Manifest[], files: readonly File[]): readonly string[] => {
  const own = new Set(manifests.map(({ path }) => path))
  const all = files.filter(({ path }) => isWithin(path, folder) && readable.test(path))
  return folder !== '.' && all.every(({ path }) => own.has(path))
    ? [asWritten(folder)]
    : [...own].filter((path) => isWithin(path, folder)).map(asWritten)
}

/** The folders that hold nothing but these, and the files that stand among others. */
const clusterPaths = (manifests: readonly Manifest[], files: readonly File[]): readonly string[] =>
  [...Map.groupBy(manifests, ({ path }) => folderOf(path))].flatMap(([folder, own]) => filesOf(folder, own, files))

/** The objects of Argo CD and Flux in any file of the folder. */
export const findGitOps = (files: readonly File[], objectsOf: ObjectReader): readonly FoundGitOps[] =>
  (['argocd', 'flux'] as const).flatMap((tool) => {
    const mention = tool === 'argocd' ? /argoproj\.io\// : /toolkit\.fluxcd\.io\//
    const own = files.filter(
      (file) =>
        readable.test(file.path) &&
        mention.test(textOf(file)) &&
        objectsOf(file).some((object) => toolOf(object) === tool && isGitOps(object)),
    )
    return own.length === 0 ? [] : [{ tool, files: own.map(({ path }) => path) }]
  })
