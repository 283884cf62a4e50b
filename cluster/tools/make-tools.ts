import { join } from 'node:path'
import type { ToolName, ToolsConfig } from '../../core/config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { cacheFolder } from '../../core/paths.ts'
import type { Run } from '../../core/run.ts'
import { download } from './download.ts'
import { locationOf, publishers, type Machine } from './locations.ts'
import { findOnPath, isProgram, type Found } from './on-path.ts'
import type { Tool, Tools } from './tools.ts'
import { isNewEnough, oldest, pinned, plainVersion } from './versions.ts'

type ToolsOptions = {
  readonly want: ToolsConfig
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
  /** Other places than the publishers' own, with the same layout. */
  readonly from?: Partial<Record<ToolName, string>>
  readonly machine?: Machine
}

/** Finds each program when it is first asked for, and downloads it where that is wanted. Throws `tool-missing`. */
export const makeTools = (options: ToolsOptions): Tools => {
  const once = (name: ToolName): (() => Promise<Tool>) => {
    let found: Promise<Tool> | undefined
    return () => (found ??= find(name, options))
  }
  return { kind: once('kind'), kubectl: once('kubectl'), helm: once('helm') }
}

const find = async (name: ToolName, options: ToolsOptions): Promise<Tool> => {
  const looked = await lookForTool(name, options)
  return 'tool' in looked ? looked.tool : downloaded(name, looked.download, looked.reasons, options)
}

/** What is on this machine, or the version to download and why nothing there will do. Downloads nothing. Throws `tool-missing`. */
export const lookForTool = async (
  name: ToolName,
  options: ToolsOptions,
): Promise<{ readonly tool: Tool } | { readonly download: string; readonly reasons: readonly string[] }> => {
  const want = options.want[name]
  const exact = ['auto', 'path', 'download'].includes(want) ? undefined : plainVersion(want)
  const version = exact ?? pinned[name]
  const found = want === 'download' ? [] : await findOnPath(name, options)
  for (const { path, ...rest } of found) {
    if (!('version' in rest)) continue
    const fits = exact === undefined ? isNewEnough(name, rest.version) : plainVersion(rest.version.text) === exact
    if (fits) return { tool: { name, path, version: rest.version.text, from: 'path' } }
  }
  const reasons = found.map((each) => unfit(name, each, exact))
  if (want === 'path') throw missing(name, reasons, undefined)
  const path = keptAt(name, version, options)
  return (await isProgram(path)) ? { tool: { name, path, version, from: 'download' } } : { download: version, reasons }
}

const keptAt = (name: ToolName, version: string, { env, machine = process }: ToolsOptions): string =>
  join(cacheFolder(env), 'tools', name, version, name + (machine.platform === 'win32' ? '.exe' : ''))

const unfit = (name: ToolName, found: Found, exact: string | undefined): string => {
  if ('trouble' in found) return `${found.path} is of no use: ${found.trouble}`
  const needed = exact ?? `${oldest[name]} or newer`
  return `${found.path} is ${found.version.text}, and ${needed} is needed`
}

const downloaded = async (
  name: ToolName,
  version: string,
  reasons: readonly string[],
  options: ToolsOptions,
): Promise<Tool> => {
  const { run, signal, from, machine = process } = options
  const path = keptAt(name, version, options)
  const location = locationOf(name, version, machine, from?.[name] ?? publishers[name])
  if (!location)
    throw missing(name, [...reasons, `there is no download for ${machine.platform} ${machine.arch}`], undefined)
  try {
    await download(location, path, { run, signal })
    return { name, path, version, from: 'download' }
  } catch (error) {
    // A cache that cannot be written is no defect of kindup either.
    if (!(error instanceof EnvironmentError) && !(error instanceof Error && 'syscall' in error)) throw error
    throw missing(name, [...reasons, error.message], error)
  }
}

const missing = (name: ToolName, reasons: readonly string[], cause: Error | undefined): EnvironmentError =>
  new EnvironmentError(
    cause instanceof EnvironmentError && cause.code === 'checksum-wrong' ? cause.code : 'tool-missing',
    `There is no ${name} to work with: ${reasons.length > 0 ? reasons.join('; ') : 'none is on the PATH'}`.replace(
      /\.?$/,
      '.',
    ),
    {
      hints: [
        ...(cause instanceof EnvironmentError ? cause.hints : []),
        `Install ${name} ${oldest[name]} or newer: ${installPages[name]}`,
        `Or let kindup download it, with a network: tools: { ${name}: download }`,
        `Or put it on the PATH and say so in the file: tools: { ${name}: path }`,
      ],
      cause,
    },
  )

const installPages: Readonly<Record<ToolName, string>> = {
  kind: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
  kubectl: 'https://kubernetes.io/docs/tasks/tools/',
  helm: 'https://helm.sh/docs/intro/install/',
}
