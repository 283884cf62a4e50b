import { refOf } from '../../cluster/kube/ref.ts'
import type { Tools } from '../../cluster/tools/tools.ts'
import type { Run } from '../../core/run.ts'
import type { Deployable } from '../deployable.ts'
import { makeHelm, type Helm } from '../helm/helm.ts'
import { withLocalDependencies } from '../helm/local-dependencies.ts'
import { locateChart, type LocatedChart } from '../helm/locate-chart.ts'
import { helmTemplate } from '../helm/template.ts'
import type { Render } from '../helm/template-output.ts'
import { groupKind, identity } from '../kinds/kind.ts'
import { buildKustomization } from '../kustomize/build.ts'
import { applyPatches } from '../kustomize/patch.ts'
import { faultProblems } from '../shape/fault-problems.ts'
import { readManifests } from '../plain/manifests.ts'
import type { Inputs } from './inputs.ts'
import { cachedRender } from './render-cache.ts'

/** What renders. */
export type Renderer = {
  readonly helm: Helm
  readonly run: Run
  readonly tools: Tools
  readonly cacheFolder: string
  readonly env?: Helm['env']
  readonly kubernetes: string
  readonly signal?: AbortSignal
}

export const makeRenderer = (deps: Omit<Renderer, 'helm'>): Renderer => ({ ...deps, helm: makeHelm(deps) })

/** A deployable's chart on this machine, if it has one and it is here. */
export const chartOf = (
  { source }: Deployable,
  { cacheFolder }: Pick<Renderer, 'cacheFolder'>,
): LocatedChart | undefined => {
  const found = source.kind === 'helm' ? locateChart(source.chart, cacheFolder) : undefined
  return found && withLocalDependencies(found, cacheFolder)
}

/** The objects as their renderer makes them, patches applied, from the cache where nothing changed. */
export const render = (
  deployable: Deployable,
  {
    chart,
    inputs,
    apiVersions,
  }: { readonly chart: LocatedChart | undefined; readonly inputs: Inputs; readonly apiVersions: readonly string[] },
  renderer: Renderer,
): Promise<Render> => {
  const { source, patches, namespace } = deployable
  const { kubernetes, signal, cacheFolder } = renderer
  const where = source.kind === 'helm' ? chart?.path : source.kind === 'kustomize' ? source.folder : source.paths
  const ways = source.kind === 'kustomize' ? { ways: [source.loadRestrictor, source.helm] } : {}
  const key = { where, inputs, patches, ...ways, ...(source.kind === 'helm' ? { kubernetes, apiVersions } : {}) }
  return cachedRender(key, cacheFolder, async () => {
    const made = await renderAnew()
    return patches.length === 0 ? made : patched(made)
  })

  async function renderAnew(): Promise<Render> {
    if (source.kind === 'manifests') return readManifests(source.paths, cacheFolder)
    if (source.kind === 'kustomize')
      return buildKustomization(source.folder, renderer, { ...source, ...(signal ? { signal } : {}) })
    if (!chart) throw new Error(`${deployable.id} was to be rendered without its chart`)
    return helmTemplate(
      { chart, release: source.release, namespace, values: source.values, kubernetes, apiVersions, at: deployable.at },
      renderer.helm,
      signal,
    )
  }

  async function patched(made: Render): Promise<Render> {
    // A patch may reach into what was left out to read faster: then everything is needed.
    const objects = made.documents.map(({ object }) => object)
    const after = await applyPatches(objects, patches, renderer, signal)
    const before = new Map(made.documents.map((document) => [identity(refOf(document.object)), document]))
    return {
      ...made,
      documents: after.map((object) => {
        const same = before.get(identity(refOf(object)))
        const near = same ?? made.documents.find((document) => groupKind(document.object) === groupKind(object))
        const at = near?.at ?? deployable.at
        const faults = faultProblems(object, object, () => at)
        return {
          object,
          at,
          ...(faults.length > 0 ? { faults } : {}),
          ...(same?.text === undefined ? {} : { text: same.text }),
        }
      }),
    }
  }
}
