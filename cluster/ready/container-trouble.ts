import type { ContainerStatus } from './pod.ts'
import { foreignHints, foreignProgram, foreignWords } from './foreign-program.ts'
import { pullTrouble } from './pull-trouble.ts'
import { shortened } from './shortened.ts'

/** Why a pod is not ready. */
export type Trouble = {
  /** A few words: `pulling image`. */
  readonly line: string
  /** Set when it cannot heal by itself: once nothing else of the release has moved for this long (0: at once), the wait ends. */
  readonly hopelessAfterMs?: number
  /** What would help; said at the end of a wait, whatever ended it. */
  readonly hints?: readonly string[]
  /** The container whose log tells more. */
  readonly log?: string
  /** No node takes the pod; whether one ever could is a question about the nodes. */
  readonly unscheduled?: true
}

/** Several restarts without anything else moving: a database that comes late would have moved. */
const hopelessRestarts = 5
const crashQuietMs = 20_000
/** A Secret may still be made by another part of the release. */
const missingQuietMs = 10_000

/** What keeps one container from running; undefined when it runs, is done, or is only being made. `engine`: the program of hints. */
export const containerTrouble = (status: ContainerStatus, image: string, engine: string): Trouble | undefined => {
  const { waiting, terminated } = status.state ?? {}
  if (terminated && terminated.exitCode !== 0) return crashed(status, engine)
  const { reason = '', message = '' } = waiting ?? {}
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable':
      return pullTrouble(image, message, engine)
    case 'ErrImageNeverPull':
      return {
        line: `image ${image} is not on its node, and may not be pulled (imagePullPolicy: Never)`,
        hopelessAfterMs: 0,
        hints: ['Put it under `images:`, or build it with the engine that the cluster runs in.'],
      }
    case 'InvalidImageName':
      return { line: `${image} is no name of an image`, hopelessAfterMs: 0 }
    case 'CreateContainerConfigError':
      return {
        line: `container ${status.name} cannot be made: ${message}`,
        // A kubelet that has not heard of a ConfigMap or Secret in time asks again.
        ...(!/failed to sync \w+ cache/.test(message) && {
          hopelessAfterMs: /not found|couldn't find/i.test(message) ? missingQuietMs : 0,
        }),
      }
    case 'CreateContainerError':
      return {
        line: `container ${status.name} cannot be made: ${shortened(message)}`,
        // What the container runtime says when it is slow, or has not yet forgotten the attempt before.
        ...(!/deadline exceeded|is reserved for|timed? ?out/i.test(message) && { hopelessAfterMs: 0 }),
      }
    case 'CrashLoopBackOff':
    case 'RunContainerError':
      return crashed(status, engine)
    default:
      return undefined
  }
}

const crashed = (status: ContainerStatus, engine: string): Trouble => {
  const end = status.state?.terminated ?? status.lastState?.terminated
  const restarts = status.restartCount ?? 0
  const said = `${end?.message ?? ''} ${status.state?.waiting?.message ?? ''}`
  if (/executable file not found|exec: .*(no such file or directory|permission denied)/.test(said))
    return {
      line: `container ${status.name} cannot start: ${shortened(end?.message ?? said.trim())}`,
      hopelessAfterMs: 0,
      hints: ['Are `command` and `args` what the image has?'],
    }
  if (foreignProgram.test(said))
    return {
      line: `container ${status.name} cannot start: ${foreignWords}`,
      hopelessAfterMs: 0,
      hints: foreignHints(engine),
    }
  const because =
    end === undefined ? '' : end.reason === 'OOMKilled' ? ' (out of memory)' : ` (exit code ${end.exitCode})`
  return {
    line: `container ${status.name} crashes${because}, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`,
    ...(restarts >= hopelessRestarts && { hopelessAfterMs: crashQuietMs }),
    log: status.name,
  }
}
