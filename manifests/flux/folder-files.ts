import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { kustomizationFile } from '../kustomize/files.ts'

type FolderFiles = {
  /** Manifests, sorted. */
  readonly files: readonly string[]
  /** Folders that kustomize builds. */
  readonly kustomizations: readonly string[]
}

/**
 * What Flux makes the objects of a folder from: the kustomization in it, or, where it has none, all manifests in it and below,
 * and the kustomizations of folders below. `isLeftOut` says what does not reach Flux. Source: fluxcd/pkg/kustomize, the generator.
 */
export const folderFiles = (folder: string, isLeftOut: (path: string) => boolean = () => false): FolderFiles => {
  if (kustomizationFile(folder) !== undefined) return { files: [], kustomizations: [folder] }
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== '.git')
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const below = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => folderFiles(join(folder, name), isLeftOut))
  const own = entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map(({ name }) => join(folder, name))
    .filter((file) => !isLeftOut(file))
  return {
    files: [...own, ...below.flatMap(({ files }) => files)],
    kustomizations: below.flatMap(({ kustomizations }) => kustomizations),
  }
}
