import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Tools } from '../../cluster/tools/tools.ts'
import type { Place, Problem } from '../../core/problem.ts'
import type { KustomizeOptions } from '../../config/config.ts'
import { CommandError, type Run } from '../../core/run.ts'
import type { Helm } from '../helm/helm.ts'
import { yamlFault } from '../yaml/fault.ts'
import { parseOutlined, type Render } from '../yaml/outlined.ts'
import { inFile, lineFinder } from '../yaml/parse.ts'
import { kustomizationFile, kustomizationFiles, kustomizationManifests } from './files.ts'
import { invalidAt } from './invalid-at.ts'
import { makeMadeAt } from './made-at.ts'
import { argocdSet } from './argocd-set.ts'
import { chartPlace, farChart } from './charts.ts'
import { farResource } from './far-resource.ts'
import { kustomizeSaid } from './said.ts'
import { writtenAt } from './written-at.ts'

export type KustomizeDeps = { readonly run: Run; readonly tools: Pick<Tools, 'kubectl'> }

/** The objects of an overlay as kustomize makes them, with the places of the files they come from. */
export const buildKustomization = async (
  folder: string,
  deps: KustomizeDeps & Partial<Pick<HelmDeps, 'helm'>>,
  options: KustomizeOptions & { readonly signal?: AbortSignal; readonly allowedBy?: 'argocd' } = {},
): Promise<Render> => {
  const file = kustomizationFile(folder)
  if (file === undefined)
    return {
      documents: [],
      problems: [{ severity: 'error', message: `${folder} holds no kustomization.yaml.`, at: { file: folder } }],
    }
  // Read first: kustomize stops at the first mistake and names no line for most.
  const written = kustomizationManifests(folder).map((one) => {
    const text = readFileSync(one, 'utf8')
    return parseOutlined(text, { reader: 'kustomize', place: inFile(one) })
  })
  const broken = written.flatMap(({ problems }) => problems).filter(isAboutText)
  try {
    const { stdout } = await kustomize(folder, deps, options.signal, await flagsOf(options, deps))
    const { documents, problems } = parseOutlined(stdout, { reader: 'kustomize', place: () => ({ file }) })
    const madeAt = makeMadeAt(folder)
    return {
      documents: documents.map((one) => ({
        ...one,
        ...writtenAt(
          one.object,
          written.flatMap((part) => part.documents),
          { file },
          madeAt,
        ),
      })),
      problems: [...problems, ...broken],
    }
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'command-failed') throw error
    const said = kustomizeProblem(error.stderr, folder, { file }, options.allowedBy)
    // It goes on with a key that stands twice in some places, and stops for it in others.
    const errors = broken
      .map((one): Problem => (/twice with different values/.test(one.message) ? { ...one, severity: 'error' } : one))
      .filter(({ severity }) => severity === 'error')
    return { documents: [], problems: errors.length > 0 ? errors : [...broken, said] }
  }
}

/** `kubectl kustomize` has kustomize built in, and reads no cluster. */
export const kustomize = async (
  folder: string,
  { run, tools }: KustomizeDeps,
  signal?: AbortSignal,
  flags: readonly string[] = [],
) => {
  const { path } = await tools.kubectl()
  return run(path, ['kustomize', folder, ...flags], { ...(signal ? { signal } : {}), env: { KUBECONFIG: undefined } })
}

type HelmDeps = { readonly helm: Pick<Helm, 'path'> }

const flagsOf = async (
  { loadRestrictor, helm }: KustomizeOptions,
  deps: Partial<HelmDeps>,
): Promise<readonly string[]> => [
  ...(loadRestrictor === 'none' ? ['--load-restrictor', 'LoadRestrictionsNone'] : []),
  ...(helm === true && deps.helm ? ['--enable-helm', '--helm-command', await deps.helm.path()] : []),
]

/** What the file says where kustomize refuses by default; of Applications Argo CD's own configuration says it, once for all of them. */
const waysOut: readonly (readonly [refused: RegExp, hint: string, ofApplications?: string])[] = [
  [
    /security; file .* is not in or below/,
    'Allow it: kustomize: { path: DIR, loadRestrictor: none }, or make a base of what lies outside: a folder with a kustomization.yaml.',
    argocdSet('--load-restrictor LoadRestrictionsNone'),
  ],
  [/must specify --enable-helm/, 'Allow it: kustomize: { path: DIR, helm: true }', argocdSet('--enable-helm')],
  [
    /requires helm V3|helm version -c --short/i,
    'The kustomize in this kubectl knows helm 3 only: tools: { kubectl: download }, or { helm: 3.21.4 }',
  ],
]

/** Patches and generator files are parts of objects: only what is wrong with their text is wrong. */
const isAboutText = ({ message }: Problem): boolean => !message.startsWith('This is no Kubernetes object')

/** What kustomize said, as a sentence with the file that it names. */
const kustomizeProblem = (stderr: string, folder: string, at: Place, allowedBy: 'argocd' | undefined): Problem => {
  const text = kustomizeSaid(stderr)
  const hint = hintFor(text, allowedBy)
  if (/must specify --enable-helm/.test(text))
    return {
      severity: 'error',
      message: `${folder} renders charts (helmCharts), which kustomize does only where it is allowed to.`,
      ...hint,
      at: chartPlace(folder) ?? at,
    }
  const chart = farChart(text)
  if (chart)
    return {
      severity: 'error',
      message: `The kustomization takes the chart ${chart.name} from the network, and it did not come: ${chart.why}`,
      hint: `Try it alone: ${chart.command}`,
      at: chartPlace(folder, chart.name) ?? at,
    }
  const named = /(?:accumulating resources from|from file|loading file|file) '([^']+)'/.exec(text)?.[1]
  const line = /(?:yaml: |at )line (\d+)/.exec(text)?.[1]
  const [, ...either] =
    /'?([^\s']+)'?: no such file or directory|must build at directory: not a valid directory: evalsymlink failure on '([^']+)'/.exec(
      text,
    ) ?? []
  const far = farResource(text)
  if (far)
    return {
      severity: 'error',
      message: `The kustomization takes ${far.resource} from the network, and it did not come: ${far.why}`,
      hint: `Try it alone: ${far.command}`,
      at: namedAt(resolve(folder, far.resource), folder) ?? at,
    }
  const invalid = invalidAt(text, folder)
  if (invalid) return { severity: 'error', message: `kustomize cannot build ${folder}: ${text}`, ...invalid }
  const missing = either.find((one) => one !== undefined)
  return {
    severity: 'error',
    message: missing
      ? `The kustomization names ${missing}, which is not there.`
      : `kustomize cannot build ${folder}: ${text}`,
    ...hint,
    at: missing
      ? (namedAt(resolve(folder, missing), folder) ?? at)
      : named === undefined
        ? text.startsWith('invalid Kustomization: ') && line !== undefined
          ? { ...at, line: Number(line) }
          : at
        : placeIn(resolve(folder, named), line, text),
  }
}

/** Where a kustomization, or one that it is made of, names a path. */
const namedAt = (path: string, folder: string): Place | undefined => {
  for (const file of kustomizationFiles(folder).filter((one) => kustomizationFile(dirname(one)) === one)) {
    const text = readFileSync(file, 'utf8')
    for (const { 0: word, index } of text.matchAll(/[^\s"'[\],{}]+/g)) {
      const from = word.indexOf('=') + 1
      if (resolve(dirname(file), word) !== path && resolve(dirname(file), word.slice(from)) !== path) continue
      return { file, ...lineFinder(text)(index) }
    }
  }
  return undefined
}

/** Of some faults kustomize tells no line. */
const placeIn = (file: string, line: string | undefined, said: string): Place =>
  line !== undefined ? { file, line: Number(line) } : /\byaml: /.test(said) ? yamlFault(file, 'kustomize') : { file }

const hintFor = (text: string, allowedBy: 'argocd' | undefined): Pick<Problem, 'hint'> => {
  const [, own, ofApplications = own] = waysOut.find(([refused]) => refused.test(text)) ?? []
  const hint = allowedBy === undefined ? own : ofApplications
  return hint === undefined ? {} : { hint }
}
