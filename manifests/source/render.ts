import { refOf } from '../../cluster/kube/ref.ts'
import type { Render } from '../yaml/outlined.ts'
import type { Tools } from '../../cluster/tools/tools.ts'
import { makeNow, type Files, type OfFiles } from '../../core/files.ts'
import { holdsText } from '../../core/mask/secret-values.ts'
import type { Run } from '../../core/run.ts'
import type { Deployable, Source } from '../deployable.ts'
import { makeHelm, type Helm } from '../helm/helm.ts'
import { withDependencies } from '../helm/with-dependencies.ts'
import { locateChart, type LocatedChart } from '../helm/locate-chart.ts'
import { groupKind, identity } from '../kinds/kind.ts'
import type { Reader } from '../yaml/parse.ts'
import type { Inputs } from './inputs.ts'
import { cachedRender } from './render-cache.ts'

/** What renders. */
export type Renderer = {
  readonly helm: Helm
  readonly run: Run
  readonly tools: Tools
  readonly cacheFolder: string
  readonly env?: Helm['env']
  /** Values of the configuration that stand in none of its files. */
  readonly given?: readonly string[]
  readonly kubernetes: string
  readonly signal?: AbortSignal
  /** Left out: each file as it is now. */
  readonly files?: Files
  /** Keeps what is made of them. Left out: it is made each time. */
  readonly ofFiles?: OfFiles
}

export const makeRenderer = (deps: Omit<Renderer, 'helm'>): Renderer => ({ ...deps, helm: makeHelm(deps) })

/** A deployable's chart on this machine, if it has one and it is here. */
export const chartOf = (
  { source }: Deployable,
  renderer: Pick<Renderer, 'cacheFolder' | 'env' | 'files' | 'ofFiles'>,
): LocatedChart | undefined => {
  if (source.kind !== 'helm') return undefined
  const { ofFiles = makeNow } = renderer
  // Services share charts.
  return ofFiles(`chart ${JSON.stringify(source.chart)}`, () => {
    const found = locateChart(source.chart, renderer.cacheFolder)
    return found && withDependencies(found, renderer)
  })
}

type Given = {
  readonly chart: LocatedChart | undefined
  readonly inputs: Inputs
  readonly apiVersions: readonly string[]
}

/** Who reads what a source makes, beside kindup. */
export const readerOf = ({ kind }: Source): Reader => (kind === 'manifests' || kind === 'flux' ? 'kubectl' : kind)

/**
 * The objects as their renderer makes them, patches applied, from the cache where nothing changed. Those of the cache do
 * not know where their parts were written: `fresh` renders them again.
 */
export const render = (
  deployable: Deployable,
  { chart, inputs, apiVersions }: Given,
  renderer: Renderer,
  { fresh = false }: { readonly fresh?: boolean } = {},
): Promise<Render> => {
  const { source, patches, namespace } = deployable
  if (source.kind === 'flux') throw new Error(`${deployable.id} is read, and not rendered`)
  const { kubernetes, signal, cacheFolder } = renderer
  const where = source.kind === 'helm' ? chart?.path : source.kind === 'kustomize' ? source.folder : source.paths
  const ways =
    source.kind === 'kustomize'
      ? { ways: [source.loadRestrictor, source.helm] }
      : source.kind === 'manifests' && source.only
        ? { ways: [source.only] }
        : {}
  const key = { where, inputs, patches, ...ways, ...(source.kind === 'helm' ? { kubernetes, apiVersions } : {}) }
  const whole = async (): Promise<Render> => {
    const unpatched = await renderAgain()
    return patches.length === 0 ? unpatched : patched(unpatched)
  }
  // What the environment or a flag gave stands in no file, and is not to stand in one of the cache.
  const given = [source.kind === 'helm' ? source.values : [], patches]
  const isPrivate = holdsText(given, renderer.given ?? [])
  const { ofFiles = makeNow } = renderer
  // Of a failed one, and of places, the cache keeps nothing.
  return ofFiles(`render ${JSON.stringify([key, source, fresh, source.kind === 'helm' ? deployable.at : ''])}`, () =>
    fresh || isPrivate ? whole() : cachedRender(key, cacheFolder, whole),
  )

  async function renderAgain(): Promise<Render> {
    if (source.kind === 'manifests')
      return onlyThat(
        await (await import('../plain/manifests.ts')).readManifests(source.paths, cacheFolder, source),
        source.only,
      )
    if (source.kind === 'kustomize')
      return (await import('../kustomize/build.ts')).buildKustomization(source.folder, renderer, {
        ...source,
        ...(signal ? { signal } : {}),
      })
    if (!chart || source.kind !== 'helm') throw new Error(`${deployable.id} was to be rendered without its chart`)
    const { helmTemplate } = await import('../helm/template.ts')
    return helmTemplate(
      {
        chart,
        release: source.release,
        namespace,
        values: source.values,
        kubernetes,
        apiVersions,
        at: deployable.at,
        files: renderer.files,
      },
      renderer.helm,
      signal,
    )
  }

  async function patched(made: Render): Promise<Render> {
    const [{ applyPatches }, { wholeObject }] = await Promise.all([
      import('../kustomize/patch.ts'),
      import('../yaml/outlined.ts'),
    ])
    // A patch may reach into what was left out to read faster: then everything is needed. helm's own passes through it later.
    const reader = readerOf(source)
    const objects = made.documents.map((document) =>
      reader === 'helm' ? document.object : wholeObject(document, reader),
    )
    const after = await applyPatches(objects, patches, renderer, signal)
    const before = new Map(made.documents.map((document) => [identity(refOf(document.object)), document]))
    return {
      ...made,
      documents: after.map((object) => {
        const same = before.get(identity(refOf(object)))
        const near = same ?? made.documents.find((document) => groupKind(document.object) === groupKind(object))
        return {
          object,
          at: near?.at ?? deployable.at,
          // What a patch wrote has no place of its own: that of what is around it will do.
          ...(near?.placeOf ? { placeOf: near.placeOf } : {}),
          ...(same?.text === undefined || reader !== 'helm' ? {} : { text: same.text }),
        }
      }),
    }
  }
}

const onlyThat = (made: Render, only: Extract<Source, { kind: 'manifests' }>['only']): Render =>
  only === undefined
    ? made
    : {
        ...made,
        documents: made.documents.filter(
          ({ object }) => object.kind === only.kind && object.metadata.name === only.name,
        ),
      }
