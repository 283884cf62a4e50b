import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { holdsFluxObject, kustomizationFile } from '../kustomize/files.ts'

type FolderFiles = {
  /** Manifests, sorted. */
  readonly files: readonly string[]
  /** Folders that kustomize builds. */
  readonly kustomizations: readonly string[]
}

type Options = {
  /** What does not reach Flux. */
  readonly isLeftOut?: (path: string) => boolean
  /** `kubectl apply` takes a kustomization.yaml that holds a Kustomization of Flux for the object that it is; Flux itself refuses it. */
  readonly byHand?: boolean
}

/**
 * What Flux makes the objects of a folder from: the kustomization in it, or, where it has none, all manifests in it and below,
 * and the kustomizations of folders below. Source: fluxcd/pkg/kustomize, the generator.
 */
export const folderFiles = (folder: string, options: Options = {}): FolderFiles => {
  const { isLeftOut = () => false, byHand = false } = options
  const found = kustomizationFile(folder)
  if (found !== undefined && !(byHand && holdsFluxObject(readFileSync(found, 'utf8'))))
    return { files: [], kustomizations: [folder] }
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== '.git')
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const below = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => folderFiles(join(folder, name), options))
  const own = entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map(({ name }) => join(folder, name))
    .filter((file) => !isLeftOut(file))
  return {
    files: [...own, ...below.flatMap(({ files }) => files)],
    kustomizations: below.flatMap(({ kustomizations }) => kustomizations),
  }
}
