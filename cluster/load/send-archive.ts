import { lastLine } from '../../core/print/one-line.ts'
import { cacheFolder as ownCacheFolder } from '../../core/paths.ts'
import { type Spawn, CommandError } from '../../core/run.ts'
import { runPipe } from '../../core/run-pipe.ts'
import type { Engine, EngineImage, EngineInfo } from '../engine/engine.ts'
import { qualified } from '../reference.ts'
import { deltaArchive } from './delta-archive.ts'
import { sentAs } from './holdings.ts'
import type { LoadMemory } from './memory.ts'
import type { Parcel } from './parcels.ts'
import { canSaveOnePlatform } from './platform.ts'
import { imageStoreOf } from './image-store.ts'
import { EnvironmentError, messageOf } from '../../core/errors.ts'

type SendOptions = {
  readonly engine: Engine
  readonly signal?: AbortSignal
  readonly memory?: LoadMemory
  /** Told where an archive has to be sent again, and whole. */
  readonly report?: (line: string) => void
  /** Layers stand there on their way. */
  readonly cacheFolder?: string
  /** Of the engine's command line. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Starts it. Default: that of Node. */
  readonly spawn?: Spawn
}

/** Large images over a slow disk. */
const sendMs = 15 * 60_000

/** Sends images to nodes as one archive of the engine, without the layers that all of them have. `onBytes`: told how many went. Throws `not-sent`. */
export const sendArchive = async (
  { engine, signal, memory, report, cacheFolder = ownCacheFolder(), env, spawn }: SendOptions,
  { refs, containers, hasKin }: Parcel,
  held: ReadonlyMap<string, EngineImage>,
  info: EngineInfo,
  onBytes: ((count: number) => void) | undefined,
): Promise<void> => {
  const architecture = held.get(refs[0] ?? '')?.architecture || info.architecture
  // A containerd store names platforms in its archives that it never fetched: --all-platforms fails on them (kind#3795).
  const platform = info.containerdStore ? `linux/${architecture}` : undefined
  const [imports, known] = await Promise.all([
    Promise.all(containers.map((container) => importCommand(engine, container, platform, memory))),
    hasKin ? layersOf(engine, containers) : undefined,
  ])
  const standIns = refs.flatMap((ref) => {
    const name = held.get(ref)?.standIn
    return name === undefined ? [] : [{ ref, name }]
  })
  const save = engine.saveCommand(
    refs.map((ref) => held.get(ref)?.standIn ?? ref),
    platform !== undefined && canSaveOnePlatform(engine, info) ? platform : undefined,
  )
  const stream = (through?: (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>): Promise<void> =>
    runPipe(save, imports, {
      timeoutMs: sendMs,
      ...(env && { env }),
      ...(spawn && { spawn }),
      ...(signal && { signal }),
      ...(through && { through }),
      ...(onBytes && { onBytes }),
    })
  const lean = known && known.size > 0 ? stream((source) => deltaArchive(source, known, cacheFolder)) : stream()
  await lean
    .catch((error: unknown) => {
      // A layer may have been swept away since it was listed.
      if (!known || signal?.aborted) throw error
      report?.(`${refs.join(', ')} is sent whole, for it did not go without what the nodes hold: ${messageOf(error)}`)
      return stream()
    })
    .catch((error: unknown) => {
      throw notSent(error, { refs, containers, engine: engine.command, architecture: info.architecture })
    })
  // Who starts a container asks for it by the digest.
  for (const { ref, name } of standIns)
    await Promise.all(
      containers.map((container) => engine.exec(container, [...tagged, qualified(name), qualified(ref)])),
    )
  if (info.containerdStore) await Promise.all(containers.map((container) => labelSent(engine, container, refs, held)))
}

const importCommand = async (
  engine: Engine,
  container: string,
  platform: string | undefined,
  memory: LoadMemory | undefined,
): Promise<readonly string[]> => {
  const { importFlags } = await imageStoreOf(engine, container, memory)
  return engine.execCommand(container, [
    'ctr',
    '--namespace=k8s.io',
    'images',
    'import',
    ...(platform === undefined ? ['--all-platforms'] : ['--platform', platform]),
    ...importFlags,
    '-',
  ])
}

/** Digests of all that every one of the nodes has in its store. */
const layersOf = async (engine: Engine, containers: readonly string[]): Promise<ReadonlySet<string>> => {
  const lists = await Promise.all(
    containers.map(async (container) => {
      const { stdout } = await engine.exec(container, ['ctr', '--namespace=k8s.io', 'content', 'ls', '--quiet'])
      return new Set(stdout.split('\n'))
    }),
  )
  const [first = new Set<string>(), ...others] = lists
  return new Set([...first].filter((digest) => digest !== '' && others.every((other) => other.has(digest))))
}

const tagged = ['ctr', '--namespace=k8s.io', 'images', 'tag', '--force']

const labelSent = async (
  engine: Engine,
  container: string,
  refs: readonly string[],
  held: ReadonlyMap<string, EngineImage>,
): Promise<void> => {
  for (const ref of refs) {
    const label = `${sentAs}=${held.get(ref)?.id ?? ''}`
    await engine.exec(container, ['ctr', '--namespace=k8s.io', 'images', 'label', qualified(ref), label])
  }
}

type Sent = {
  readonly refs: readonly string[]
  readonly containers: readonly string[]
  /** The engine's program. */
  readonly engine: string
  /** As in an image: `amd64`. */
  readonly architecture: string
}

/** Why images did not get into nodes, in words: `disk-full` or `image-not-sent`. What is no command's failure stays as it is. */
const notSent = (error: unknown, { refs, containers, engine, architecture }: Sent): unknown => {
  if (!(error instanceof CommandError)) return error
  const said = `${error.stderr}${error.message}`
  const what = refs.join(', ')
  // The one that failed is in the command; the others were ended with it.
  const node = containers.find((name) => error.command.split(' ').includes(name))
  if (/no space left on device|disk quota exceeded/i.test(said))
    return new EnvironmentError(
      'disk-full',
      `The disk of ${node === undefined ? engine : `node ${node}`} is full: ${what} could not be put into the nodes. ${lastLine(error.stderr)}`,
      {
        hints: [
          `${engine} system df   # a node's disk is the engine's: what takes it up`,
          `${engine} system prune   # frees what no container uses`,
          ...(node === undefined
            ? []
            : [`${engine} exec ${node} crictl rmi --prune   # frees the images that no pod of it runs`]),
        ],
        cause: error,
      },
    )
  const incomplete = /content digest|no match for platform|not found: platform/i.test(said)
  return new EnvironmentError('image-not-sent', `${what} could not be put into the nodes. ${error.message}`, {
    hints: incomplete
      ? refs.map(
          (ref) => `${engine} pull --platform linux/${architecture} ${ref}   # the engine holds only parts of it`,
        )
      : error.hints,
    cause: error,
  })
}
