import { setTimeout as pause } from 'node:timers/promises'
import type { ExecIn, Ran, ContainerRef } from '../../cluster/kube/exec.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { EnvironmentError, KindupError, stopReason } from '../../core/errors.ts'
import { archiveOf, type SyncedFile } from './files.ts'
import { SyncRefused } from './refused.ts'
import { mapsAt, textAt, valueAt } from '../../core/fields.ts'

type Sending = {
  readonly kube: Kube
  readonly execIn: ExecIn
  readonly ref: string
  readonly namespaces: readonly string[]
  readonly files: readonly SyncedFile[]
  /** Puts the files into the image that the nodes hold: what is made after it has them. */
  readonly layering: Promise<void>
  readonly signal: AbortSignal
}

/** A container that is ended or made meanwhile may refuse; one that goes on refusing has a reason. */
const mostTries = 4
const againMs = 100
/** An image is taken a moment before its container is made: what still is not after this will take the new one. */
const startingMs = 20_000
/** As tar does it by itself: each file makes way for another, also where only its folder may be written, and under a program that runs. */
const replacing = ['tar', '-x', '-m', '-o', '-f', '-', '-C', '/']
/** Into the files that are there. `node --watch` and others that follow a file itself see no more of it once another is in its place. */
const inPlace = replacing.toSpliced(4, 0, '--overwrite')
/** Their names stand in the address of a request. */
const mostRemoved = 100

/**
 * Sends files into every container that runs the image, and returns once none is left that could be without them.
 * Answers how many there were. Throws SyncRefused.
 */
export const sendFiles = async (sending: Sending): Promise<number> => {
  const { kube, execIn, ref, namespaces, files, layering, signal } = sending
  const removed = files.filter(({ body }) => !body).map(({ to }) => to)
  if (removed.length > mostRemoved) throw new SyncRefused(`More than ${mostRemoved} files are gone.`)
  const archive = await archiveOf(files)
  const isOnlyRemoved = removed.length === files.length
  const commandOf = (unpack: readonly string[]): readonly string[] =>
    removed.length === 0
      ? unpack
      : isOnlyRemoved
        ? ['rm', '-f', '--', ...removed]
        : ['sh', '-c', `rm -f -- "$@" && exec ${unpack.join(' ')}`, 'sh', ...removed]
  const put = async (at: RunningContainer): Promise<Ran> => {
    if (isOnlyRemoved) return execIn(at, commandOf([]), Buffer.alloc(0), signal)
    const ran = await execIn(at, commandOf(inPlace), archive, signal)
    const mayReplace = ran.code !== undefined && ran.code !== 0 && !isEnding(ran)
    return mayReplace ? execIn(at, commandOf(replacing), archive, signal) : ran
  }
  const sent = new Set<string>()
  const tries = new Map<string, number>()
  const probe = async (): Promise<Containers> => {
    const lists = await Promise.all(
      namespaces.map((namespace) => kube.list({ apiVersion: 'v1', kind: 'Pod', namespace })),
    )
    return containersWith(lists.flat(), ref)
  }
  const sendTo = async (at: RunningContainer): Promise<void> => {
    const count = (tries.get(at.id) ?? 0) + 1
    tries.set(at.id, count)
    try {
      const ran = await put(at)
      if (ran.code === 0) sent.add(at.id)
      else if (count >= mostTries || !isEnding(ran))
        throw new SyncRefused(refusal(at, ran, commandOf(replacing)[0] ?? ''))
    } catch (error) {
      const mayPass = error instanceof EnvironmentError && !(error instanceof SyncRefused)
      if (signal.aborted || !mayPass) throw error
      if (count >= mostTries) throw new SyncRefused(error instanceof KindupError ? error.message : String(error))
    }
  }
  const sendAll = async ({ running }: Containers): Promise<void> => {
    await Promise.all(running.filter(({ id }) => !sent.has(id)).map(sendTo))
  }
  const first = await probe()
  if (!first.any) throw new SyncRefused(`No pod runs ${ref}.`)
  await Promise.all([layering, sendAll(first)])
  const end = performance.now() + startingMs
  for (;;) {
    const now = await probe()
    await sendAll(now)
    const isLeft = now.running.some(({ id }) => !sent.has(id))
    if (!isLeft && (now.starting.length === 0 || performance.now() > end)) return sent.size
    await pause(againMs, undefined, { signal }).catch(() => {
      throw stopReason(signal)
    })
  }
}

/** It was ended by a signal, or could not be started for another reason than that it is not there: its container may be ending, or the machine be busy. */
const isEnding = ({ code, said }: Ran): boolean => (code === undefined ? !notThere.test(said) : code > 128)

const notThere =
  /executable file not found|no such file or directory.*exec|exec:.*no such file|command not found|: not found$/i

const refusal = ({ pod, container, isReadOnly }: RunningContainer, { said }: Ran, program: string): string => {
  const where = `container ${container} of ${pod}`
  if (notThere.test(said)) return `There is no ${/"(\w+)": executable/.exec(said)?.[1] ?? program} in ${where}.`
  // Not every tar says it.
  if (isReadOnly || /read-only file system/i.test(said)) return `The root filesystem of ${where} is read-only.`
  if (/permission denied|operation not permitted|cannot (?:open|unlink|mkdir)/i.test(said))
    return `No write permission for these files in ${where}: ${lineOf(said)}`
  return `The files could not be put into ${where}: ${lineOf(said)}`
}

const lineOf = (said: string): string => {
  const [line = 'it did not say why'] = said.split('\n').filter((one) => one.trim() !== '')
  return line.length > 200 ? `${line.slice(0, 200)}…` : line.endsWith('.') ? line : `${line}.`
}

/** A running container of an image; the id is another one once it is started again. */
type RunningContainer = ContainerRef & { readonly id: string; readonly isReadOnly: boolean }

type Containers = {
  readonly running: readonly RunningContainer[]
  /** Pods with a container that is just being made, of the image as it is now or as it was a moment ago. */
  readonly starting: readonly string[]
  /** Whether any pod is to run the image. */
  readonly any: boolean
}

/** The containers of these pods that run the image `ref`, init containers left out. */
const containersWith = (pods: readonly KubeObject[], ref: string): Containers => {
  const running: RunningContainer[] = []
  const starting: string[] = []
  let any = false
  for (const pod of pods) {
    const { name, namespace = 'default', deletionTimestamp } = pod.metadata
    const isOver = ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')
    for (const written of mapsAt(pod, 'spec', 'containers')) {
      const { name: container, image } = written
      if (image !== ref || typeof container !== 'string' || isOver) continue
      any ||= deletionTimestamp === undefined
      const status = mapsAt(pod, 'status', 'containerStatuses').find((one) => one['name'] === container)
      const id = textAt(status, 'containerID')
      if (valueAt(status, 'state', 'running') !== undefined && id !== undefined)
        running.push({ namespace, pod: name, container, id, isReadOnly: isReadOnly(written) })
      // What is not on a node yet, waits for its init containers or is tried again later is made of the image as it is then.
      else if (textAt(status, 'state', 'waiting', 'reason') === 'ContainerCreating') starting.push(name)
      else if (status === undefined && textAt(pod, 'spec', 'nodeName') !== undefined) starting.push(name)
    }
  }
  return { running, starting, any }
}

const isReadOnly = (container: unknown): boolean =>
  valueAt(container, 'securityContext', 'readOnlyRootFilesystem') === true
