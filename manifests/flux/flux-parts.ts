import { join } from 'node:path'
import { treeFiles, treeIgnored } from '../../gitops/tree/tree-files.ts'
import { kustomizationFile, kustomizationFiles } from '../kustomize/files.ts'
import type { Input } from '../../core/watch/inputs.ts'
import type { FluxSource } from '../deployable.ts'
import { folderFiles } from './folder-files.ts'

type Part = (Input & { readonly files: readonly string[] }) | { readonly said: unknown }

/** What a folder of Flux is made of: all of the repository that Flux gets, or the folder alone where it reads the remotes. */
export const fluxParts = ({ folder, worktree }: FluxSource): { readonly files: readonly Part[] } => {
  if (!worktree) {
    const { files, kustomizations } = folderFiles(folder, { byHand: true })
    const all = [...files, ...kustomizations.flatMap(kustomizationFiles), kustomizationFile(folder) ?? []].flat()
    return { files: [{ path: folder, files: all }] }
  }
  const ignored = treeIgnored(worktree)
  const names = treeFiles(worktree, ignored)
  const { root } = worktree
  // The hash of files knows no names.
  return { files: [{ path: root, files: names.map((name) => join(root, name)), ignored }, { said: names }] }
}
