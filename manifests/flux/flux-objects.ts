import type { KubeObject } from '../../cluster/kube/kube.ts'
import { isFlux } from '../../gitops/flux/kinds.ts'
import { configsOf, withConfigs } from '../transform/config-digests.ts'
import { podTemplateOf } from '../transform/pod-templates.ts'
import type { Rules } from '../transform/rules.ts'
import { labels } from '../transform/step-label.ts'
import { transform } from '../transform/transform.ts'
import type { RenderedDocument } from '../yaml/outlined.ts'
import { ledToWorktree, type Change } from './led-to-worktree.ts'
import { isComponent, type Brought, type FluxGraph } from './read-flux.ts'

type FluxObjects = {
  /** Those that kindup applies, so that what they bring is what kindup would deploy. */
  readonly documents: readonly RenderedDocument[]
  /** What they bring, as it is written. */
  readonly before: readonly RenderedDocument[]
  /** The same, as Flux is to deploy it. */
  readonly brought: readonly RenderedDocument[]
}

/** Takes objects of Flux through the transform pipeline: what they bring gets the same images, placement and marks as without Flux. */
export const fluxObjects = (documents: readonly RenderedDocument[], graph: FluxGraph, rules: Rules): FluxObjects => {
  const change = changesBy(graph, rules)
  const all = [...graph.brings.values()].map((one) => ({
    ...one,
    documents: one.documents.filter(({ object }) => !isComponent(object) && !isFlux(object)),
  }))
  return {
    documents: documents.map((one) => ({
      ...one,
      object: ledToWorktree(one.object, { graph, images: rules.images, change }),
    })),
    before: all.flatMap((one) => one.documents),
    brought: all.flatMap((one) =>
      one.documents.flatMap(({ object, at }) => {
        const [changed] = transform([change(object, one) ?? []].flat(), {
          ...rules,
          namespace: one.namespace ?? graph.home,
        })
        return changed ? [{ object: changed, at }] : []
      }),
    ),
  }
}

/** What is done to an object that a Kustomization brings; undefined where it is left out. */
const changesBy = (graph: FluxGraph, rules: Rules): Change => {
  const { namespace: _namespace, ...elsewhere } = rules
  const known = new Map<Brought, Rules>()
  const rulesOf = (among: Brought): Rules => {
    const home = among.namespace ?? graph.home
    const objects = among.documents.map(({ object }) => object)
    const own = rules.configs ? { configs: withConfigs(rules.configs, configsOf(objects, home)) } : {}
    const made = known.get(among) ?? { ...elsewhere, home, ...own }
    known.set(among, made)
    return made
  }
  return (object, among) => {
    const [after] = transform([object], rulesOf(among))
    if (!after) return undefined
    // What is encrypted, and what kindup has no part in, stays as it is.
    if (!podTemplateOf(object) && object.kind !== 'Service') return object
    return withoutMarks(after, object)
  }
}

/** Whose an object is, its Kustomization says. */
const withoutMarks = (object: KubeObject, before: KubeObject): KubeObject => {
  const { [labels.cluster]: _cluster, [labels.step]: _step, ...own } = object.metadata.labels ?? {}
  const { labels: _labels, ...metadata } = object.metadata
  return { ...object, metadata: { ...metadata, ...(before.metadata.labels ? { labels: own } : {}) } }
}
