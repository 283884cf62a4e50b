import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { withPrivateFolder } from '../../cluster/private-folder.ts'
import type { PatchConfig } from '../../config/config.ts'
import { ConfigError } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'
import { identity } from '../kinds/kind.ts'
import { parseObjects } from '../yaml/parse.ts'
import { writeObject, writeObjects } from '../yaml/write.ts'
import { kustomize, type KustomizeDeps } from './build.ts'
import { asKustomizeReads } from './patch-text.ts'
import { kustomizeSaid } from './said.ts'

/**
 * Applies patches with kustomize itself: what a strategic merge does to a list is its knowledge.
 * Throws ConfigError with what it said, which names the patch or the target.
 */
export const applyPatches = async (
  objects: readonly KubeObject[],
  patches: readonly PatchConfig[],
  deps: KustomizeDeps & { readonly cacheFolder: string },
  signal?: AbortSignal,
): Promise<readonly KubeObject[]> => {
  if (patches.length === 0 || objects.length === 0) return objects
  return withPrivateFolder(deps.cacheFolder, (folder) => patched(folder, objects, patches, deps, signal))
}

const patched = async (
  folder: string,
  objects: readonly KubeObject[],
  patches: readonly PatchConfig[],
  deps: KustomizeDeps,
  signal: AbortSignal | undefined,
): Promise<readonly KubeObject[]> => {
  try {
    await writeFile(join(folder, 'objects.yaml'), writeObjects(objects), { mode: 0o600 })
    await writeFile(
      join(folder, 'kustomization.yaml'),
      writeObject({
        apiVersion: 'kustomize.config.k8s.io/v1beta1',
        kind: 'Kustomization',
        resources: ['objects.yaml'],
        patches: patches.map((one) => ({ ...one, patch: asKustomizeReads(one) })),
      }),
      { mode: 0o600 },
    )
    const { stdout } = await kustomize(folder, deps, signal)
    const { objects: made } = parseObjects(stdout, { reader: 'helm', place: () => ({ file: folder }) })
    return inOrderOf(
      objects,
      made.map(({ object }) => object),
    )
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'command-failed') throw error
    const said = kustomizeSaid(error.stderr).replaceAll(folder, 'the rendered objects')
    throw new ConfigError(`The patches cannot be applied: ${said}`, { cause: error })
  }
}

/** kustomize sorts by kinds and names, and nobody asked for that. What has another name now stays behind what it came after. */
const inOrderOf = (before: readonly KubeObject[], after: readonly KubeObject[]): readonly KubeObject[] => {
  const places = new Map(before.map((object, index) => [identity(refOf(object)), index]))
  let last = 0
  return after
    .map((object) => ({ object, place: (last = places.get(identity(refOf(object))) ?? last) }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ object }) => object)
}
