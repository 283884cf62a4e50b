import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../../core/errors.ts'
import { textAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { CommandError, type Run } from '../../core/run.ts'
import { parseJson } from '../../core/whole-number.ts'
import { withoutGoneApis } from '../../manifests/helm/without-gone-apis.ts'
import type { Case } from './case.ts'

export const home = 'dev'
export const release = 'demo'
export const kubernetes = '1.36.4'

export type ToolDeps = {
  readonly run: Run
  readonly helm: string
  readonly kubectl: string
  /** An empty folder of helm's own. */
  readonly helmHome: string
}

/** What a tool answered: text that it sends, or why it refuses. */
export type Said = { readonly text: string } | { readonly refused: string }

export const isRefused = (said: object): said is { readonly refused: string } => 'refused' in said

/** Neither the repositories nor the cluster of whoever runs this. */
const helmHomes = (folder: string): Readonly<Record<string, string | undefined>> => ({
  HELM_CACHE_HOME: join(folder, 'cache'),
  HELM_CONFIG_HOME: join(folder, 'config'),
  HELM_DATA_HOME: join(folder, 'data'),
  KUBECONFIG: undefined,
  HELM_NAMESPACE: undefined,
})

/** What kindup told helm of the cluster: that is on purpose, so helm is told the same. */
export type Told = {
  readonly apiVersions: readonly string[]
  /** Another folder was rendered: without questions for APIs that are gone, or with the charts that it names by `file://`. */
  readonly otherwise: boolean
}

const nothingTold: Told = { apiVersions: [], otherwise: false }

/** What the tool itself makes of a case. */
export const byTool = async (
  one: Case,
  deps: ToolDeps,
  { apiVersions, otherwise }: Told = nothingTold,
  more: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> } = { args: [], env: {} },
): Promise<Said> => {
  const { run, helm, kubectl, helmHome } = deps
  if (otherwise)
    return withoutGoneApis({ path: one.path, kind: 'folder' }, kubernetes, helmHome, (path) =>
      byTool({ ...one, path }, deps, { apiVersions, otherwise: false }, more),
    )
  switch (one.kind) {
    case 'manifest':
      return { text: await readFile(one.path, 'utf8') }
    case 'kustomization':
      return answer(run(kubectl, ['kustomize', one.path], { env: { KUBECONFIG: undefined } }))
    case 'chart':
      return answer(
        run(
          helm,
          [
            'template',
            release,
            one.path,
            '--namespace',
            home,
            '--include-crds',
            '--skip-tests',
            '--kube-version',
            kubernetes,
            ...apiVersions.flatMap((name) => ['--api-versions', name]),
            ...(one.values === undefined ? [] : ['--values', one.values]),
            ...more.args,
          ],
          { env: { ...helmHomes(helmHome), ...more.env } },
        ),
      )
  }
}

const answer = async (running: ReturnType<Run>): Promise<Said> => {
  try {
    return { text: (await running).stdout }
  } catch (error) {
    if (error instanceof CommandError) return { refused: error.stderr.trim() || messageOf(error) }
    throw error
  }
}

export type Read = { readonly objects: readonly Fields[] } | { readonly refused: string }

/**
 * The objects of texts as kubectl and helm read them: a patch without an operation, which asks no cluster. An empty text has
 * none. All texts at once, as starting kubectl is what takes time; one by one where it refuses any.
 */
export const readByKubectl = async (
  texts: readonly string[],
  deps: Pick<ToolDeps, 'run' | 'kubectl'>,
): Promise<readonly Read[]> => {
  const together = await readFiles(texts, deps)
  if (!isRefused(together)) return together.map((objects) => ({ objects }))
  return Promise.all(
    texts.map(async (text) => {
      const alone = texts.length === 1 ? together : await readFiles([text], deps)
      return isRefused(alone) ? alone : { objects: alone[0] ?? [] }
    }),
  )
}

const readFiles = async (
  texts: readonly string[],
  { run, kubectl }: Pick<ToolDeps, 'run' | 'kubectl'>,
): Promise<readonly (readonly Fields[])[] | { readonly refused: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-corpus-'))
  try {
    const border = join(folder, 'border.json')
    await writeFile(
      border,
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'border', labels: { border } } }),
    )
    const files = texts.map((_, index) => join(folder, `${index}.yaml`))
    await Promise.all(files.map((file, index) => writeFile(file, texts[index] ?? '')))
    const named = files.flatMap((file) => ['--filename', file, '--filename', border])
    const args = ['patch', '--local', '--type=json', '--patch', '[]', '--output', 'json', ...named]
    const said = await answer(run(kubectl, args, { env: { KUBECONFIG: undefined } }))
    if (isRefused(said)) return { refused: said.refused.replaceAll(folder, '') }
    const read: Fields[][] = [[]]
    for (const object of said.text
      .split(/^(?=\{)/m)
      .map((part) => parseJson(part))
      .filter(isRecord))
      if (textAt(object, 'metadata', 'labels', 'border') === border) read.push([])
      else read.at(-1)?.push(object)
    return read.slice(0, texts.length)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
