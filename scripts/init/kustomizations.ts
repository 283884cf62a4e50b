import { existsSync } from 'node:fs'
import { dirname, relative, sep } from 'node:path'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { chartsIn } from '../../manifests/kustomize/charts.ts'
import { kustomizationFiles } from '../../manifests/kustomize/files.ts'
import { listAt, valueAt } from '../../core/fields.ts'
import type { File, FoundObjects } from './found.ts'
import { inOrder, isEnvironment, isLabel } from './names.ts'
import { asWritten, folderOf, fromFolder, nameOf } from './paths.ts'
import { filledAt, readYaml } from './read-yaml.ts'

type Kustomization = { readonly folder: string; readonly full: string; readonly content: unknown }

const overlayFolders = new Set(['overlays', 'overlay', 'environments', 'envs', 'env'])

const isKustomization = (name: string): boolean => /^([Kk]ustomization\.ya?ml|Kustomization)$/.test(name)

/** What the kustomizations of a folder stand for, and the files that belong to them. `objectsIn` reads files. */
export const findKustomizations = (
  files: readonly File[],
  folder: string,
  objectsIn: (files: readonly string[]) => readonly KubeObject[],
): { readonly found: readonly FoundObjects[]; readonly taken: ReadonlySet<string> } => {
  const there = files
    .filter(({ path }) => isKustomization(nameOf(path)))
    .map((file) => ({ folder: folderOf(file.path), full: dirname(file.full), content: readYaml(file) }))
    // Flux has a kind of that name too, and it is an object like any other.
    .filter(({ content }) => !(filledAt(content, 'apiVersion') ?? '').includes('toolkit.fluxcd.io'))
  const all = withoutGatherers(there)
  const used = new Set(all.flatMap(foldersUsed))
  const operators = operatorFolders(there)
  const roots = all.filter(({ folder: own, content }) => {
    const operator = operators.find((one) => own.startsWith(`${one}/`))
    if (operator !== undefined) return own === `${operator}/default`
    return !used.has(own) && filledAt(content, 'kind') !== 'Component'
  })

  const groups = Map.groupBy(roots, (root) =>
    environmentOf(root) === undefined ? root.folder : `${folderOf(root.folder)}/{env}`,
  )
  const taken = new Set<string>()
  const found = [...groups].map(([path, members]): FoundObjects => {
    const parts = members.flatMap((member) => kustomizationFiles(member.full))
    for (const file of parts) taken.add(relative(folder, file).split(sep).join('/'))
    const perEnvironment = path.endsWith('/{env}')
    const [only] = members
    const home = perEnvironment ? undefined : filledAt(only?.content, 'namespace')
    return {
      kind: 'kustomize',
      folder: perEnvironment ? folderOf(path) : path,
      paths: [asWritten(path)],
      ...(home !== undefined && isLabel(home) && { namespace: home }),
      environments: perEnvironment
        ? inOrder(members.map((member) => nameOf(member.folder))).map((name) => {
            const namespace = filledAt(members.find((member) => nameOf(member.folder) === name)?.content, 'namespace')
            return { name, ...(namespace === undefined || !isLabel(namespace) ? {} : { namespace }) }
          })
        : [],
      objects: objectsIn([...new Set(parts)].filter((file) => !isKustomization(nameOf(file.split(sep).join('/'))))),
      renamed: Object.fromEntries(all.flatMap(({ content }) => renamedBy(content))),
      renames: all.some(({ content }) =>
        ['namePrefix', 'nameSuffix'].some((key) => valueAt(content, key) !== undefined),
      ),
      ...chartsOf(members.map(({ full }) => full)),
    }
  })
  // A base without anything that is made of it is left as well; a kustomization's folder holds patches, too.
  for (const { folder: own } of there) for (const { path } of files) if (folderOf(path) === own) taken.add(path)
  return { found, taken }
}

/** Whether kustomizations render charts, and whether all of those are here. */
export const chartsOf = (folders: readonly string[]): Pick<FoundObjects, 'charts'> => {
  const charts = folders.flatMap(chartsIn)
  return charts.length === 0 ? {} : { charts: charts.some(({ isFar }) => isFar) ? 'far' : 'here' }
}

/**
 * Folders as kubebuilder and the Operator SDK lay them out: what `make deploy` applies is their `default`. All others are parts of it, with
 * names that it replaces (`namespace: system`), or bundles and samples.
 */
const operatorFolders = (all: readonly Kustomization[]): readonly string[] => {
  const folders = new Set(all.map(({ folder }) => folder))
  return [...folders]
    .filter((folder) => nameOf(folder) === 'default')
    .map(folderOf)
    .filter((folder) => folder !== '.' && ['manager', 'rbac'].every((part) => folders.has(`${folder}/${part}`)))
}

/** Without those that only put all environments together: each of these can be had alone. */
const withoutGatherers = (all: readonly Kustomization[]): readonly Kustomization[] => {
  const environments = new Set(all.filter((one) => environmentOf(one) !== undefined).map(({ folder }) => folder))
  return all.filter((one) => {
    const parts = foldersUsed(one)
    return parts.length < 2 || !parts.every((part) => environments.has(part)) || environmentOf(one) !== undefined
  })
}

/** The name of the environment that a kustomization is for, from the folder that it is in. */
const environmentOf = ({ folder, content }: Kustomization): string | undefined => {
  const name = nameOf(folder)
  if (folder === '.' || !isLabel(name)) return undefined
  const builds = [...listAt(content, 'resources'), ...listAt(content, 'bases')]
  return overlayFolders.has(nameOf(folderOf(folder))) || (isEnvironment(name) && builds.some(isAbove))
    ? name
    : undefined
}

const isAbove = (path: unknown): boolean => typeof path === 'string' && path.startsWith('../')

const foldersUsed = ({ folder, full, content }: Kustomization): readonly string[] =>
  ['resources', 'bases', 'components']
    .flatMap((key) => listAt(content, key))
    .filter((path) => typeof path === 'string')
    .filter((path) => !/^\w+:\/\//.test(path) && existsSync(`${full}/${path}`))
    .map((path) => fromFolder(folder, path))

const renamedBy = (content: unknown): readonly (readonly [string, string])[] =>
  listAt(content, 'images').flatMap((image) => {
    const [from, to] = [filledAt(image, 'name'), filledAt(image, 'newName')]
    return from === undefined || to === undefined ? [] : [[from, to] as const]
  })
