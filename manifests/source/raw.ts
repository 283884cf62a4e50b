import { makeNow } from '../../core/files.ts'
import { ConfigError, EnvironmentError, KindupError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { Input } from '../../core/watch/inputs.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { ValuesLayer } from '../../config/chart-config.ts'
import type { Deployable } from '../deployable.ts'
import { dependencyProblems } from '../helm/dependencies.ts'
import { isLocal, type LocatedChart, type PublishedDependency } from '../helm/locate-chart.ts'
import type { RenderedDocument } from '../yaml/outlined.ts'
import { unpinned } from '../../core/address.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { addressesOf } from '../deployable.ts'
import { isFetched } from '../plain/kept.ts'
import type { FluxGraph } from '../flux/read-flux.ts'
import { filesOf, inputsOf, partsOf, type Inputs, type Parts } from './inputs.ts'
import { render, type Renderer } from './render.ts'

/** What a renderer made of one deployable, before it passes the transform pipeline. */
export type Raw = {
  readonly inputs: Inputs
  readonly documents?: readonly RenderedDocument[]
  /** The same documents, rendered again by those that know where their parts were written. */
  located?(): Promise<readonly RenderedDocument[]>
  /** The objects with one more layer of values on top; undefined where that cannot be rendered. */
  renderedWith?(layer: ValuesLayer): Promise<readonly KubeObject[] | undefined>
  readonly chart?: LocatedChart
  /** What objects of Flux among them deploy. */
  readonly flux?: FluxGraph
  /** Why there are no documents although nothing is wrong. */
  readonly why?: string
  readonly problems: readonly Problem[]
  /** Where what it reads lies on this machine, as far as that is known. */
  readonly madeFrom: readonly Input[]
}

/** Renders one deployable, or says why that has to wait. Throws defects and a stopped run only. */
export const renderRaw = async (
  deployable: Deployable,
  chart: LocatedChart | undefined,
  apiVersions: readonly string[],
  renderer: Renderer,
): Promise<Raw> => {
  const { id, source, at } = deployable
  let parts: Parts = {}
  const { files, ofFiles = makeNow } = renderer
  const broken = (error: KindupError): Raw => ({
    inputs: {},
    madeFrom: filesOf(parts),
    problems:
      error.problems.length > 0
        ? error.problems.map((problem) => ({ ...problem, step: id }))
        : [
            {
              severity: 'error',
              message: error.message,
              at,
              step: id,
              ...(error.hints[0] === undefined ? {} : { hint: error.hints[0] }),
            },
          ],
  })
  try {
    parts = await partsOf(deployable, chart, renderer.cacheFolder)
    const madeFrom = filesOf(parts)
    const inputs = await inputsOf(parts, files, ofFiles)
    if (source.kind === 'helm' && !chart) {
      if (isLocal(source.chart)) return broken(new ConfigError(`There is no chart ${source.chart.chart}.`))
      const { chart: name, version } = source.chart
      return {
        inputs,
        madeFrom,
        problems: [],
        why: `the chart ${name}${version === undefined ? '' : ` ${version}`} has not been fetched yet`,
      }
    }
    const unfetched = chart?.published?.filter(({ path }) => path === undefined) ?? []
    const wrong = chart
      ? ofFiles(`dependencies ${chart.path}`, () => dependencyProblems(chart, renderer.helm.env, files))
      : []
    if (unfetched.length > 0 && wrong.length === 0)
      return { inputs, madeFrom, problems: [], why: notFetched(unfetched) }
    const lacking = addressesOf(source).find((address) => !isFetched(address, renderer.cacheFolder))
    if (lacking !== undefined)
      return { inputs, madeFrom, problems: [], why: `${withoutLogin(unpinned(lacking))} has not been fetched yet` }
    if (source.kind === 'flux') {
      const { readFlux } = await import('../flux/read-flux.ts')
      const { documents, problems, graph } = await readFlux(source, deployable.namespace, renderer)
      const failed = documents.length === 0 && problems.some(({ severity }) => severity === 'error')
      const said = problems.map((problem) => ({ ...problem, step: id }))
      return { inputs, madeFrom, ...(failed ? {} : { documents, flux: graph }), problems: said }
    }
    const given = { chart, inputs, apiVersions }
    const { documents, problems } = await render(deployable, given, renderer)
    const failed = documents.length === 0 && problems.some(({ severity }) => severity === 'error')
    return {
      inputs,
      madeFrom,
      ...(failed ? {} : { documents }),
      ...(chart && source.kind === 'helm'
        ? {
            chart,
            renderedWith: async (layer: ValuesLayer) => {
              const changed = { ...deployable, source: { ...source, values: [...source.values, layer] } }
              const made = await render(changed, given, renderer, { fresh: true })
              return made.documents.length === 0 ? undefined : made.documents.map(({ object }) => object)
            },
          }
        : {}),
      located: async () => (await render(deployable, given, renderer, { fresh: true })).documents,
      problems: [...problems, ...documents.flatMap(({ faults = [] }) => faults)].map((problem) => ({
        ...problem,
        step: id,
      })),
    }
  } catch (error) {
    if (error instanceof ConfigError) return broken(error)
    const missing = error instanceof EnvironmentError && error.code !== 'command-failed' && error.code !== 'timed-out'
    if (!missing) throw error
    return { inputs: await inputsOf(parts, files, ofFiles), madeFrom: filesOf(parts), problems: [], why: error.message }
  }
}

const notFetched = (some: readonly PublishedDependency[]): string => {
  const names = some.map(({ chart, at }) => {
    const where = at.line === undefined ? at.file : `${at.file}:${at.line}`
    return `${chart.chart}${chart.version === undefined ? '' : ` ${chart.version}`} (${where})`
  })
  return `${names.join(' and ')}, which its chart depends on, ${names.length === 1 ? 'has' : 'have'} not been fetched yet`
}
