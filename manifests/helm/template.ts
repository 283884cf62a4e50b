import type { Files } from '../../core/files.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { CommandError } from '../../core/run.ts'
import type { ValuesLayer } from '../../config/chart-config.ts'
import { dependencyProblems } from './dependencies.ts'
import type { Helm } from './helm.ts'
import type { LocatedChart } from './locate-chart.ts'
import { templateProblem } from './template-error.ts'
import type { Render } from '../yaml/outlined.ts'
import { withValuesFiles } from './values-files.ts'
import { withoutGoneApis } from './without-gone-apis.ts'
import { crdOutline, isCrdText } from '../yaml/crd-outline.ts'
import { parseOne } from '../yaml/parse.ts'
import { splitDocuments } from '../yaml/split.ts'
import { chartFile, templateLines } from './template-lines.ts'

export type TemplateRequest = {
  readonly chart: LocatedChart
  readonly release: string
  readonly namespace: string
  readonly values: readonly ValuesLayer[]
  /** `1.36.4`; undefined takes helm's own. */
  readonly kubernetes: string | undefined
  /** `group/version` and `group/version/Kind` that the chart asks for and will find; helm knows a part of them. */
  readonly apiVersions: readonly string[]
  /** Where the deployable stands in the file: for problems that have no better place. */
  readonly at: Place
  /** Left out: the chart's files as they are now. */
  readonly files?: Files | undefined
}

/** Renders a chart without a cluster. What is wrong with the chart is in `problems`; throws only what helm itself suffers. */
export const helmTemplate = async (request: TemplateRequest, helm: Helm, signal?: AbortSignal): Promise<Render> => {
  const { chart, at, kubernetes } = request
  const missing = dependencyProblems(chart, helm.env, request.files)
  if (missing.length > 0) return { documents: [], problems: missing }
  const asServed = (use: (path: string) => Promise<Render>): Promise<Render> =>
    kubernetes === undefined
      ? use(chart.path)
      : withoutGoneApis(chart, kubernetes, helm.cacheFolder, use, request.files)
  return asServed((path) =>
    withValuesFiles(request.values, helm, async (values) => {
      const args = [...templateArguments(request, path), ...values]
      try {
        const { stdout } = await helm.run(args, signal ? { signal } : {})
        return parseTemplateOutput(stdout, chart)
      } catch (error) {
        if (!(error instanceof CommandError) || error.code !== 'command-failed') throw error
        const problem = templateProblem(error.stderr, chart, at)
        const shown = /no valid YAML/.test(problem.message) ? await brokenPlaces(args, chart, helm, signal) : []
        return { documents: [], problems: shown.length > 0 ? shown : [problem] }
      }
    }),
  )
}

const templateArguments = (
  { release, namespace, kubernetes, apiVersions }: TemplateRequest,
  path: string,
): readonly string[] => [
  'template',
  release,
  path,
  '--namespace',
  namespace,
  '--include-crds',
  '--skip-tests',
  ...(kubernetes === undefined ? [] : ['--kube-version', kubernetes]),
  ...apiVersions.flatMap((one) => ['--api-versions', one]),
]

/** helm tells the line of a broken object in its own rendering; with --debug it prints that, and our parser finds the template's line. */
const brokenPlaces = async (
  args: readonly string[],
  chart: LocatedChart,
  helm: Helm,
  signal: AbortSignal | undefined,
): Promise<Render['problems']> => {
  const { stdout } = await helm.run([...args, '--debug'], { okCodes: [0, 1], ...(signal ? { signal } : {}) })
  return parseTemplateOutput(stdout, chart).problems.filter(({ severity }) => severity === 'error')
}

/** What `helm template` printed, as objects with the places of the templates that made them. */
const parseTemplateOutput = (output: string, chart: LocatedChart): Render => {
  let source: string | undefined
  const parts = splitDocuments(output).map(({ text }): Render => {
    // Definitions, and what is broken, helm prints as the file has it: several documents below one name.
    source = /^# Source: (.+?)\s*$/m.exec(text)?.[1] ?? source
    const from = source
    const find = source === undefined ? undefined : templateLines(chart, source)
    const isDefinition = isCrdText(text)
    const read = isDefinition ? crdOutline(text) : text
    const parsed = parseOne(
      { text: read, line: 1 },
      {
        reader: 'helm',
        place: (line) => find?.(read.split('\n'), line - 1) ?? { file: from ? chartFile(chart, from) : chart.path },
      },
    )
    return {
      documents: isDefinition ? parsed.objects.map((one) => ({ ...one, text })) : parsed.objects,
      problems: parsed.problems.map(withoutColumn),
    }
  })
  return {
    documents: parts.flatMap(({ documents }) => documents),
    problems: parts.flatMap(({ problems }) => problems),
  }
}

/** Columns are those of the rendered text and not of the template. */
const withoutColumn = (problem: Problem): Problem => {
  if (!problem.at) return problem
  const { file, line } = problem.at
  return { ...problem, at: line === undefined ? { file } : { file, line } }
}
