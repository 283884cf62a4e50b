import type { networkInterfaces } from 'node:os'
import type { Config } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { otherEngines } from '../engine/choose.ts'
import type { Engine } from '../engine/engine.ts'
import type { Repair } from './repair.ts'

export type CheckResult = {
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped'
  /** What is wrong, or why nothing was looked at, in a sentence. */
  readonly cause?: string
  /** What was seen: versions, numbers, paths. */
  readonly evidence?: string
  /** What to do: sentences, or commands that can be pasted, one a line. */
  readonly fix?: string
  /** What `doctor --fix` would do about it. */
  readonly repair?: Repair
}

export type Check = {
  /** `engine`, `tool/kind`, `ports`, … */
  readonly id: string
  readonly title: string
  readonly run: (dependencies: CheckDependencies) => Promise<CheckResult>
}

export type Outcome = CheckResult & Pick<Check, 'id' | 'title'>

type MappedName = {
  readonly host: string
  readonly address: string
  readonly line: number
  readonly cluster?: string
}

/** What checks look at. */
export type CheckDependencies = {
  /** Undefined where there is no file: what depends on it is skipped. */
  readonly config: Config | undefined
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: string
  /** Throws `engine-unreachable`. */
  readonly engine: () => Promise<Engine>
  /** The user's kubeconfig that the entries go to; absolute. */
  readonly kubeconfigFile: string
  /** Undefined where no hosts file is to be written. */
  readonly hosts:
    | {
        readonly file: string
        readonly mayWrite: () => Promise<boolean>
        readonly needsElevation: () => Promise<boolean>
        /** Names of the cluster that lead elsewhere: an address, and the line of the file or the other cluster. */
        readonly mapped?: () => Promise<readonly MappedName[]>
      }
    | undefined
  /** How the engines that are not taken answer. */
  readonly others?: () => Promise<Awaited<ReturnType<typeof otherEngines>>>
  /** The host names of the cluster, as far as the file tells them. */
  readonly hostNames?: readonly string[]
  /** The command that runs kindup, for repairs. */
  readonly kindup?: readonly [string, ...string[]]
  /** Default: the system's. */
  readonly interfaces?: () => ReturnType<typeof networkInterfaces>
  readonly nameServers?: readonly string[]
  /** Where the system keeps its settings: /etc. */
  readonly etc?: string
  /** The groups of this process; default: the system's answer. */
  readonly groups?: readonly number[]
  readonly signal?: AbortSignal
  /** Where the kernel tells of itself: /proc. */
  readonly proc?: string
  /** Bytes that this user may still write into a folder. Default: the system's answer. */
  readonly freeBytes?: (folder: string) => Promise<number | undefined>
}

/** What of the dependencies is the machine's, and not the user's or the file's. */
export type System = Pick<CheckDependencies, 'platform' | 'interfaces' | 'nameServers' | 'etc' | 'proc' | 'freeBytes'>

/** All at once. A check that throws what the world did has failed; any other error is thrown. */
export const runChecks = (checks: readonly Check[], dependencies: CheckDependencies): Promise<readonly Outcome[]> => {
  const { engine, others } = dependencies
  const shared: CheckDependencies = {
    ...dependencies,
    engine: askedOnce(engine),
    ...(others && { others: once(others) }),
  }
  return Promise.all(
    checks.map(async ({ id, title, run }) => {
      try {
        return { id, title, ...(await run(shared)) }
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error
        return { id, title, ...failedWith(error) }
      }
    }),
  )
}

/** Several checks want the engine, what it says of itself and what it holds; each costs a process. */
const askedOnce = (find: CheckDependencies['engine']): CheckDependencies['engine'] =>
  once(async () => {
    const engine = await find()
    return {
      ...engine,
      info: once(() => engine.info()),
      containers: onceEach((label) => engine.containers(label)),
      volumes: onceEach((label) => engine.volumes(label)),
      volume: onceEach((name) => engine.volume(name)),
    }
  })

const onceEach = <T>(ask: (about: string) => Promise<T>): ((about: string) => Promise<T>) => {
  const answers = new Map<string, Promise<T>>()
  return (about) => {
    const answer = answers.get(about) ?? ask(about)
    answers.set(about, answer)
    return answer
  }
}

const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let answer: Promise<T> | undefined
  return () => (answer ??= ask())
}

export const failedWith = ({ message, hints }: EnvironmentError): CheckResult => ({
  state: 'failed',
  cause: message,
  ...(hints.length > 0 ? { fix: hints.join('\n') } : {}),
})

/** Runs with the engine, or is skipped: that it does not answer is told once, by its own check. */
export const withEngine = async (
  { engine }: CheckDependencies,
  probe: (engine: Engine) => Promise<CheckResult>,
): Promise<CheckResult> => {
  let found: Engine
  try {
    found = await engine()
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return noEngineAnswers
  }
  return probe(found)
}

const noEngineAnswers: CheckResult = { state: 'skipped', cause: 'No container engine answers.' }

export const noFile: CheckResult = { state: 'skipped', cause: 'There is no kindup.yaml to look at.' }

export const inGiB = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`
