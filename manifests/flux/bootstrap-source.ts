import { basename } from 'node:path'
import { repositoryKey } from '../../config/adopt/repository-key.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import type { Place } from '../../core/problem.ts'
import { isFlux, keyOf, sourceKeyOf } from '../../gitops/flux/kinds.ts'
import type { OwnTree } from '../../gitops/tree/tree-files.ts'
import type { RenderedDocument } from '../yaml/outlined.ts'

type Found = { readonly document: RenderedDocument; readonly readAt: Place }

/**
 * The GitRepository that `flux bootstrap` writes beside the other objects, where repositories leave it to whoever bootstraps them:
 * objects read it and nothing has it. It is this repository; undefined where nothing reads it.
 */
export const bootstrapSource = (
  documents: readonly RenderedDocument[],
  home: string,
  worktree: OwnTree,
): Found | undefined => {
  const reader = documents.find(({ object }) => isFlux(object) && readsBootstrap(object, home))
  const namespace = reader?.object.metadata.namespace
  const url = urlOf(worktree)
  if (!reader || namespace === undefined || url === undefined) return undefined
  const object = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: namespace, namespace },
    spec: { interval: '1m', url, ref: { branch: 'main' } },
  }
  const readAt = reader.placeOf?.(['spec']) ?? reader.at
  return { document: { object, at: reader.at }, readAt }
}

/** Bootstrapping gives it the name of the namespace that it is in. */
export const bootstrapKey = (namespace: string): string => keyOf('GitRepository', namespace, namespace)

/** Whether an object of Flux reads what bootstrapping makes. */
export const readsBootstrap = (object: RenderedDocument['object'], home: string): boolean => {
  const { namespace } = object.metadata
  if (namespace === undefined) return false
  const wanted = bootstrapKey(namespace)
  const reads =
    object.kind === 'ArtifactGenerator'
      ? mapsAt(object, 'spec', 'sources').map((one) =>
          keyOf(textAt(one, 'kind') ?? '', textAt(one, 'namespace') ?? namespace, textAt(one, 'name') ?? ''),
        )
      : [sourceKeyOf(object, home)]
  return reads.includes(wanted)
}

/** An address that is this repository's. Nothing is fetched from it. */
const urlOf = ({ remotes, root }: OwnTree): string | undefined =>
  remotes === undefined
    ? `https://localhost/${encodeURIComponent(basename(root))}`
    : remotes.map((key) => `https://${key}`).find((url) => remotes.includes(repositoryKey(url)))
