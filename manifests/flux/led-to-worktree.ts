import type { KubeObject } from '../../cluster/kube/kube.ts'
import { partsOf } from '../../cluster/reference.ts'
import { fieldsAt, listAt, mapsAt, type Fields } from '../../core/fields.ts'
import { isHelmRelease, isKustomization, isFlux, keyOfObject, sourceKeyOf } from '../../gitops/flux/kinds.ts'
import type { KustomizeImage } from '../../gitops/remote.ts'
import { groupOf } from '../kinds/kind.ts'
import { imageRuleFor } from '../transform/image-rule.ts'
import { containersOf, podTemplateOf } from '../transform/pod-templates.ts'
import type { ImageRule } from '../transform/rules.ts'
import { jsonDiff } from './json-diff.ts'
import { isLeftOut } from './object-problems.ts'
import { isComponent, type Brought, type FluxGraph } from './read-flux.ts'

/** What is done to an object that a Kustomization brings; undefined where it is left out. */
export type Change = (object: KubeObject, among: Brought) => KubeObject | undefined

type With = {
  readonly graph: FluxGraph
  readonly images: readonly ImageRule[]
  readonly change: Change
}

/**
 * Objects of Flux as they have to be for the working tree to be deployed: its GitRepositories are held, so that nothing is
 * fetched, and each Kustomization changes what it brings as kindup would (`patches`, `images`), those that it brings included.
 */
export const ledToWorktree = (object: KubeObject, around: With, above: readonly string[] = []): KubeObject => {
  const { graph } = around
  const key = keyOfObject(object, graph.home)
  if (graph.own.has(key)) return withSpec(object, { suspend: true })
  const isOfTree = graph.own.has(sourceKeyOf(object, graph.home) ?? '')
  if (isHelmRelease(object) && isOfTree) return releaseOf(object, around)
  const brought = isKustomization(object) && !above.includes(key) ? graph.brings.get(key) : undefined
  if (!brought) return object
  const objects = brought.documents.map((one) => one.object)
  const spec = fieldsAt(object, 'spec')
  const patches = [...listAt(spec, 'patches'), ...patchesFor(brought, around, [...above, key])]
  const names = imagesOf(objects, around.images)
  const kept = mapsAt(spec, 'images').filter(({ name }) => !names.some((one) => one.name === name))
  return withSpec(object, {
    ...(patches.length > 0 ? { patches } : {}),
    ...(names.length > 0 ? { images: [...kept, ...names] } : {}),
  })
}

/** A chart is packaged again when any file of it changes, and not only with its version. */
const releaseOf = (object: KubeObject, { images }: With): KubeObject => {
  const chart = fieldsAt(object, 'spec', 'chart')
  const own = images.map(({ name, ref }) => kustomizeImage(name, ref))
  return withSpec(object, {
    chart: { ...chart, spec: { ...fieldsAt(chart, 'spec'), reconcileStrategy: 'Revision' } },
    ...(own.length > 0
      ? { postRenderers: [...listAt(object, 'spec', 'postRenderers'), { kustomize: { images: own } }] }
      : {}),
  })
}

type Patch = { readonly target: Fields; readonly patch: string }

const patchesFor = (brought: Brought, around: With, above: readonly string[]): readonly Patch[] => {
  const { graph } = around
  const objects = brought.documents.map((one) => one.object)
  const own = objects.filter((object) => !isComponent(object))
  return [
    // Flux itself comes with its add-on.
    ...(own.length < objects.length ? [deletion({ labelSelector: 'app.kubernetes.io/part-of=flux' })] : []),
    ...own.flatMap((object): readonly Patch[] => {
      const target = targetOf(object)
      // What kindup applies has one owner.
      if (isFlux(object) && graph.direct.has(keyOfObject(object, graph.home))) return [deletion(target)]
      if (isLeftOut(object)) return [deletion(target)]
      const after = isFlux(object) ? ledToWorktree(object, around, above) : around.change(object, brought)
      if (!after) return [deletion(target)]
      const operations = jsonDiff(object, after)
      return operations.length > 0 ? [{ target, patch: JSON.stringify(operations) }] : []
    }),
  ]
}

/** A patch that leaves an object out. */
export const deletion = (target: Fields): Patch => ({
  target,
  patch: JSON.stringify({ $patch: 'delete', apiVersion: 'v1', kind: 'Any', metadata: { name: 'any' } }),
})

/** A target is a regular expression; a namespace that the kustomization sets is not there yet when patches are applied. */
export const targetOf = ({ apiVersion, kind, metadata }: KubeObject): Fields => ({
  ...(groupOf(apiVersion) === '' ? {} : { group: escaped(groupOf(apiVersion)) }),
  kind,
  name: escaped(metadata.name),
})

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

const withSpec = (object: KubeObject, more: Fields): KubeObject => ({
  ...object,
  spec: { ...fieldsAt(object, 'spec'), ...more },
})

/** The images of the file that the objects run, by the names that stand in them. */
export const imagesOf = (objects: readonly KubeObject[], rules: readonly ImageRule[]): readonly KustomizeImage[] => {
  const found = new Map<string, KustomizeImage>()
  for (const object of objects)
    for (const { image = '' } of containersOf(podTemplateOf(object))) {
      const rule = imageRuleFor(image, rules)
      const { repository: name } = partsOf(image)
      if (rule) found.set(name, kustomizeImage(name, rule.ref))
    }
  return [...found.values()]
}

const kustomizeImage = (name: string, ref: string): KustomizeImage => {
  const { repository: newName, tag, digest } = partsOf(ref)
  return { name, newName, ...(digest === undefined ? (tag === undefined ? {} : { newTag: tag }) : { digest }) }
}
