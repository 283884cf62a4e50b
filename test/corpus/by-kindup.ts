import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { Problem } from '../../core/problem.ts'
import type { Tools } from '../../cluster/tools/tools.ts'
import { namedNodes } from '../../cluster/nodes/may-run.ts'
import { watchedOf } from '../../cluster/ready/targets.ts'
import { claimsOf } from '../../services/remove/claims.ts'
import { endpointsOf } from '../../services/deploy/endpoints.ts'
import { imageNodes } from '../../services/deploy/pods.ts'
import { undoOf } from '../../services/deploy/undo-of.ts'
import { makeHelm } from '../../manifests/helm/helm.ts'
import { postRender, type PostRenderRules } from '../../services/helm/post-render.ts'
import { withPostRenderer } from '../../services/helm/post-renderer.ts'
import { renderOut } from '../../manifests/render-out.ts'
import { rulesFor } from '../../manifests/source/finish.ts'
import { planContextOf } from '../../manifests/source/plan-context.ts'
import { collectSources } from '../../manifests/sources.ts'
import { madeConfig, madeNode } from '../support/made-config.ts'
import { madeDeployable } from '../unit/manifests/made-deployable.ts'
import type { Case } from './case.ts'
import { byTool, home, isRefused, kubernetes, release, type Said, type Told, type ToolDeps } from './tool.ts'

export type KindupDeps = ToolDeps & {
  readonly tools: Tools
  readonly cache: string
  readonly throughHelm: boolean
  readonly patched: boolean
}

export type Ours = {
  /** What `render` writes. */
  readonly text?: string
  readonly problems: readonly Problem[]
  readonly told: Told
}

const id = 'service/it@dev'

const findsNothing = { target: { kind: 'NothingOfThisKind' }, patch: '[{ op: remove, path: /spec }]' }

const planOf = (one: Case, { cache, patched }: KindupDeps) => {
  const config = madeConfig({
    folder: cache,
    nodes: [madeNode('control-plane', { ports: ['80:80'] })],
    cluster: {
      engine: 'auto',
      nodes: [madeNode('control-plane', { ports: ['80:80'] })],
      onPortConflict: 'fail',
      mirrors: [],
      kind: {},
      kubernetes,
    },
  })
  const at = { file: join(cache, 'kindup.yaml'), line: 1 }
  const values = one.values === undefined ? [] : [{ file: one.values, at }]
  const source =
    one.kind === 'chart'
      ? { kind: 'helm' as const, chart: { chart: one.path }, release, values }
      : one.kind === 'kustomization'
        ? { kind: 'kustomize' as const, folder: one.path }
        : { kind: 'manifests' as const, paths: [one.path] }
  return {
    config,
    deployable: madeDeployable(id, { namespace: home, source, at, patches: patched ? [findsNothing] : [] }),
  }
}

/** What kindup makes of a case, by what `plan`, `render` and the steps of `up` call. Throws where it has a defect. */
export const byKindup = async (one: Case, deps: KindupDeps): Promise<Ours> => {
  const { config, deployable } = planOf(one, deps)
  const told = { apiVersions: new Set<string>(), otherwise: false }
  const run: Run = (program, args, options) => {
    if (args[0] === 'template') {
      args.forEach((word, index) => word === '--api-versions' && told.apiVersions.add(args[index + 1] ?? ''))
      told.otherwise ||= args[2] !== one.path
    }
    return deps.run(program, args, options)
  }
  const sources = await collectSources([deployable], {
    config,
    images: [],
    run,
    tools: deps.tools,
    env: { ...process.env, KINDUP_CACHE: deps.cache },
  })
  const rendered = sources.get(id)
  if (!rendered) throw new Error('it was not rendered')
  // What the steps read of the same objects once there is a cluster.
  const objects = (rendered.objects ?? []).map(({ object }) => object)
  imageNodes(objects, namedNodes(config.name, config.cluster.nodes), rendered.images)
  claimsOf(objects, home)
  watchedOf({ objects, namespace: home })
  endpointsOf('it', objects, [{ hostPort: 80, nodePort: 80, protocol: 'tcp', address: '127.0.0.1' }])
  undoOf(deployable, rendered)
  const [file] = await renderOut({ deployables: [deployable], sources }, () => true)
  return {
    ...(rendered.objects && file ? { text: file.text } : {}),
    problems: rendered.problems,
    told: { ...told, apiVersions: [...told.apiVersions] },
  }
}

/** What helm is handed back by kindup's post-renderer for what it rendered; with `throughHelm`, what helm makes of that. */
export const afterPostRenderer = async (one: Case, rendered: string, told: Told, deps: KindupDeps): Promise<Said> => {
  const { config, deployable } = planOf(one, deps)
  const rules = {
    rules: rulesFor(
      deployable,
      planContextOf({ config, images: [] }, [deployable], [], () => undefined),
    ),
    patches: deployable.patches,
    kubectl: deps.kubectl,
  }
  try {
    if (!deps.throughHelm) return { text: await withRulesFile(rules, (file) => postRender(rendered, file)) }
    const helm = makeHelm({ run: deps.run, tools: deps.tools, cacheFolder: deps.cache })
    return await withPostRenderer(rules, helm, async (postRenderer) => {
      const said = await byTool(one, deps, told, postRenderer)
      if (isRefused(said)) throw new EnvironmentError('helm-failed', said.refused)
      return said
    })
  } catch (error) {
    // What the post-renderer throws stops helm, and is shown.
    return { refused: messageOf(error) }
  }
}

const withRulesFile = async <T>(rules: PostRenderRules, use: (file: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-corpus-'))
  try {
    const file = join(folder, 'rules.json')
    await writeFile(file, JSON.stringify(rules))
    return await use(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
