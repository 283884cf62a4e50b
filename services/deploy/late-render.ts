import { ConfigError, EnvironmentError } from '../../core/errors.ts'
import { asSentence } from '../../core/wait.ts'
import { addressesOf, releaseOf, type Deployable } from '../../manifests/deployable.ts'
import { fetchManifest } from '../../manifests/plain/fetched.ts'
import { askedApis, toldApis } from '../../manifests/source/asked-apis.ts'
import { fetchChart } from '../../manifests/helm/fetch-chart.ts'
import type { LocatedChart } from '../../manifests/helm/locate-chart.ts'
import { checkedProblems } from '../../manifests/source/checked.ts'
import { finish } from '../../manifests/source/finish.ts'
import { renderRaw } from '../../manifests/source/raw.ts'
import { chartOf, readerOf, type Renderer } from '../../manifests/source/render.ts'
import { wholeObject, type RenderedDocument } from '../../manifests/yaml/outlined.ts'
import type { PlanContext } from '../../manifests/source/plan-context.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'

/** A deployable with its objects and its chart on this machine. */
export type Ready = {
  readonly rendered: Rendered & { readonly objects: NonNullable<Rendered['objects']> }
  readonly chart: LocatedChart | undefined
}

/** Fetches the chart and renders, where that could not be done for the plan. Throws what is wrong with either. */
export const makeReady = async (
  deployable: Deployable,
  known: Rendered,
  whole: PlanContext,
  renderer: Renderer,
  signal: AbortSignal,
): Promise<Ready> => {
  const { source, at, id } = deployable
  const chart = await fetchedChart(deployable, renderer, signal)
  for (const address of addressesOf(source))
    await fetchManifest(address, { cacheFolder: renderer.cacheFolder, env: renderer.helm.env, signal, at })
  if (known.objects) return { rendered: { ...known, objects: wholeObjects(deployable, known.objects) }, chart }
  const asked = chart && (await askedApis(chart))
  const apis = asked ? toldApis(asked, renderer.kubernetes, whole.definedFor(id)) : []
  const raw = await renderRaw(deployable, chart, apis, { ...renderer, signal })
  const rendered = finish(deployable, raw, whole)
  const checked = await checkedProblems([{ deployable, raw }], whole, renderer, { whole: false })
  const errors = [...rendered.problems, ...checked].filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new ConfigError(`${id} cannot be deployed as it is rendered.`, { problems: errors })
  if (!rendered.objects)
    throw new EnvironmentError('not-rendered', asSentence(rendered.why ?? `${id} could not be rendered`))
  return { rendered: { ...rendered, objects: wholeObjects(deployable, rendered.objects) }, chart }
}

/** What the API is to get has every part; what helm brings it has read itself. */
const wholeObjects = (deployable: Deployable, objects: readonly RenderedDocument[]): readonly RenderedDocument[] =>
  releaseOf(deployable)
    ? objects
    : objects.map((one) =>
        one.text === undefined ? one : { ...without(one), object: wholeObject(one, readerOf(deployable.source)) },
      )

const without = ({ text: _text, ...rest }: RenderedDocument): RenderedDocument => rest

/** The chart and the published ones that it depends on, fetched where they are not here yet. */
export const fetchedChart = async (
  deployable: Deployable,
  renderer: Renderer,
  signal: AbortSignal,
): Promise<LocatedChart | undefined> => {
  const { source, at } = deployable
  if (source.kind !== 'helm') return undefined
  const found = chartOf(deployable, renderer) ?? (await fetchChart(source.chart, at, renderer.helm, signal))
  const lacking = found.published?.filter(({ path }) => path === undefined) ?? []
  if (lacking.length === 0) return found
  // One after the other: the same chart may be wanted twice, and repositories count their callers.
  for (const one of lacking) await fetchChart(one.chart, one.at, renderer.helm, signal)
  return chartOf(deployable, renderer)
}
