import { join } from 'node:path'
import type { ToolName, ToolsConfig } from '../../config/config.ts'
import { bindTo, shared } from '../../core/bound.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { cacheFolder } from '../../core/paths.ts'
import type { Run } from '../../core/run.ts'
import { download } from './download.ts'
import { keptVersion, probeKept } from './kept.ts'
import { locationOf, mirrored, publishers, type Location, type Machine } from './locations.ts'
import { type Came, fetchOtherwise, besides } from './other-ways.ts'
import { isOnPath, onPath, type Found } from './on-path.ts'
import { pins } from './pins.ts'
import { progressLine, type Progress } from './progress.ts'
import type { Tool, Tools, Waiting } from './tools.ts'
import { TransferError } from './transfer-error.ts'
import { isNewEnough, oldest, pinned, plainVersion } from './versions.ts'

export type FindOptions = {
  readonly want: ToolsConfig
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of the whole run: downloads end with it. */
  readonly signal?: AbortSignal | undefined
  readonly machine?: Machine
  /** Read every byte of what is in the cache, and not its size and time alone. */
  readonly whole?: boolean
  /** How long a program may take to tell its version, in milliseconds. */
  readonly patienceMs?: number
}

type ToolsOptions = FindOptions & {
  /** Told how far each download is, whoever waits for it. */
  readonly onProgress?: (progress: Progress) => void
  /** See LineOptions. */
  readonly stallMs?: number
  readonly pauseMs?: number
}

export type MadeTools = Tools & {
  /** Begins to download what is nowhere on this machine. Starts no program, is waited for by nobody, and fails only when the tool is asked for. */
  readonly prefetch: (...names: readonly ToolName[]) => void
  /** What could not be had is looked for again when it is next asked for: somebody may have done something about it. */
  readonly forgetFailures: () => void
}

/** What is on this machine and why that, or what would be downloaded and why nothing there will do. */
export type Availability =
  | { readonly tool: Tool; readonly why: string }
  | {
      /** The version. */
      readonly download: string
      readonly reasons: readonly string[]
      /** Undefined where nobody builds it for this machine. */
      readonly location: Location | undefined
      /** Where it is put. */
      readonly target: string
    }

/** Finds each program when it is first asked for, and downloads it where that is wanted. Throws `tool-missing` and `checksum-wrong`. */
export const makeTools = (options: ToolsOptions): MadeTools => {
  const tools = { kind: once('kind', options), kubectl: once('kubectl', options), helm: once('helm', options) }
  const prefetch = async (name: ToolName): Promise<void> => {
    const want = options.want[name]
    if (want === 'path' || (want !== 'download' && (await isOnPath(name, options.env)))) return
    // Whoever needs it hears what is wrong.
    await tools[name]().catch(() => undefined)
  }
  return {
    ...tools,
    prefetch: (...names) => names.forEach((name) => void prefetch(name)),
    forgetFailures: () => Object.values(tools).forEach(({ forgetFailure }) => forgetFailure()),
  }
}

const once = (name: ToolName, options: ToolsOptions): Tools[ToolName] & { forgetFailure: () => void } => {
  let found: (() => Promise<Tool>) | undefined
  let hasFailed = false
  let last: Progress | undefined
  const listeners = new Set<(line: string) => void>()
  const onProgress = (progress: Progress): void => {
    last = progress
    options.onProgress?.(progress)
    for (const tell of listeners) tell(progressLine(progress))
  }
  const begin = (): (() => Promise<Tool>) => {
    hasFailed = false
    return shared(async () => {
      try {
        return await find(name, { ...options, onProgress })
      } catch (error) {
        hasFailed = true
        throw error
      }
    })
  }
  const get: Tools[ToolName] = async ({ signal, report }: Waiting = {}) => {
    found ??= begin()
    if (report) listeners.add(report)
    if (report && last) report(progressLine(last))
    try {
      return await (signal ? bindTo(signal, found) : found())
    } finally {
      if (report) listeners.delete(report)
    }
  }
  const forgetFailure = (): void => {
    if (hasFailed) found = undefined
  }
  return Object.assign(get, { forgetFailure })
}

const find = async (name: ToolName, options: ToolsOptions): Promise<Tool> => {
  const probed = await findTool(name, options)
  return 'tool' in probed ? probed.tool : downloaded(name, probed, options)
}

/** Downloads nothing, and asks no network. Throws `tool-missing` where the file wants the one on the PATH and none will do. */
export const findTool = async (name: ToolName, options: FindOptions): Promise<Availability> => {
  const { want: all, env, machine = process } = options
  const want = all[name]
  const exact = ['auto', 'path', 'download'].includes(want) ? undefined : plainVersion(want)
  const version = exact ?? pinned[name]
  const reasons: string[] = []
  for await (const found of want === 'download' ? [] : onPath(name, { ...options, timeoutMs: options.patienceMs })) {
    const unfit = whyUnfit(name, found, exact)
    if (unfit !== undefined) reasons.push(unfit)
    else if ('version' in found) {
      const why = exact === undefined ? `${oldest[name]} or newer is enough` : 'the file names this version'
      return { tool: { name, path: found.path, version: found.version.text, from: 'path' }, why: whyThat(why, reasons) }
    }
  }
  if (want === 'path') throw missing(name, reasons, { cache: toolsFolder(env) })
  const target = join(toolsFolder(env), name, version, name + (machine.platform === 'win32' ? '.exe' : ''))
  for (const path of exact === undefined ? [target, besides(target)] : [target]) {
    const kept = await probeKept(path, { whole: options.whole })
    if (kept === 'kept')
      return {
        tool: { name, path, version: (await keptVersion(path)) ?? version, from: 'cache' },
        why: whyThat(want === 'auto' ? 'none on the PATH will do' : 'the file says so', reasons),
      }
    if (kept) reasons.push(kept.trouble)
  }
  return {
    download: version,
    reasons,
    target,
    location: locationOf(name, version, machine, mirrored(publishers[name], env)),
  }
}

/** The first sentence of what went wrong, as the beginning of a line. */
const blocked = ({ message }: TransferError): string => message.replace(/\.$/, '')

const withReasons = (error: TransferError, reasons: readonly string[]): TransferError =>
  reasons.length === 0
    ? error
    : new TransferError(`${blocked(error)}; ${reasons.join('; ')}.`, {
        mayHeal: false,
        hints: error.hints,
        cause: error,
      })

/** Where all tools are kept. */
export const toolsFolder = (env: FindOptions['env']): string => join(cacheFolder(env), 'tools')

const whyThat = (why: string, reasons: readonly string[]): string => [why, ...reasons].join('; ')

const whyUnfit = (name: ToolName, found: Found, exact: string | undefined): string | undefined => {
  if ('trouble' in found) return `${found.path} is of no use: ${found.trouble}`
  const { version, path } = found
  if (exact === undefined ? isNewEnough(name, version) : plainVersion(version.text) === exact) return undefined
  return `${path} is ${version.text}, and ${exact ?? `${oldest[name]} or newer`} is needed`
}

const downloaded = async (
  name: ToolName,
  probed: Extract<Availability, { download: string }>,
  options: ToolsOptions,
): Promise<Tool> => {
  const { env, machine = process, onProgress } = options
  const { download: version, location, target, reasons } = probed
  const cache = toolsFolder(env)
  if (!location)
    throw missing(name, [...reasons, `there is no download for ${machine.platform} ${machine.arch}`], { cache })
  const sha256 = version === pinned[name] ? pins[name].sha256[location.build] : undefined
  const what = `${name} ${version}`
  let came: Came | undefined
  const otherwise = async (error: TransferError): Promise<string> => {
    const isExact = !['auto', 'path', 'download'].includes(options.want[name])
    const say = (line: string): void => onProgress?.({ what, received: 0, waits: `${blocked(error)}; ${line}` })
    const other = await fetchOtherwise({ name, version, isExact, target }, { ...options, say })
    if ('reasons' in other) throw withReasons(error, other.reasons)
    came = other
    return other.path
  }
  try {
    const path = await download({ what, location, target, sha256, report: onProgress, otherwise }, options)
    return { name, path, version: came?.version ?? version, from: 'download' }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    throw missing(name, [...reasons, error.message], { cause: error, cache })
  }
}

/** That there is no such tool, why, and every way out. */
const missing = (
  name: ToolName,
  reasons: readonly string[],
  { cause, cache }: { readonly cause?: EnvironmentError; readonly cache: string },
): EnvironmentError => {
  const why = reasons.length > 0 ? reasons.join('; ') : 'none is on the PATH'
  const fromNetwork = cause?.code === 'download-failed'
  return new EnvironmentError(
    cause?.code === 'checksum-wrong' ? cause.code : 'tool-missing',
    `There is no ${name} to work with: ${why}`.replace(/\.?$/, '.'),
    {
      hints: [
        ...(cause?.hints ?? []),
        `Install ${name} ${oldest[name]} or newer: ${installPages[name]}`,
        ...(fromNetwork
          ? [
              'Behind a proxy: HTTPS_PROXY=http://proxy.example:3128 kindup up',
              'With a mirror: KINDUP_TOOLS_MIRROR=https://mirror.example/tools kindup up',
              `Without a network: \`kindup tools --download\` where there is one, and copy ${cache} from there`,
            ]
          : []),
        ...(cause ? [] : [`Or let kindup download it, with a network: tools: { ${name}: download }`]),
        `Or put it on the PATH and say so in the file: tools: { ${name}: path }`,
      ],
      cause,
    },
  )
}

const installPages: Readonly<Record<ToolName, string>> = {
  kind: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
  kubectl: 'https://kubernetes.io/docs/tasks/tools/',
  helm: 'https://helm.sh/docs/intro/install/',
}
