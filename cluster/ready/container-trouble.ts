import type { ContainerStatus } from './pod.ts'

/** Why a pod is not ready. */
export type Trouble = {
  /** A few words: `pulling image`. */
  readonly line: string
  /** Set when it cannot heal by itself: once nothing else of the release has moved for this long (0: at once), the wait ends. */
  readonly hopelessAfterMs?: number
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

const gonePattern = /not found|manifest unknown|name unknown|does not exist|denied|unauthorized|forbidden|\b40[134]\b/i
/** The name of the registry, not the image, was not found; or it only asks to come later. */
const laterPattern =
  /no such host|server misbehaving|too ?many ?requests|\b429\b|\b50\d\b|timeout|refused|reset by peer/i

/** What keeps one container from running; undefined when it runs, is done, or is only being made. */
export const containerTrouble = (status: ContainerStatus, image: string): Trouble | undefined => {
  const { waiting, terminated } = status.state ?? {}
  if (terminated && terminated.exitCode !== 0) return crashed(status)
  const { reason = '', message = '' } = waiting ?? {}
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable':
      return gonePattern.test(message) && !laterPattern.test(message)
        ? {
            line: `image ${image} cannot be pulled: ${pullReason(message)}`,
            hopelessAfterMs: 0,
            hints: [
              `Is ${image} the right name? An image of yours belongs under \`images:\`, so that it is put into the nodes.`,
            ],
          }
        : { line: `image ${image} could not be pulled yet${message === '' ? '' : `: ${pullReason(message)}`}` }
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
        hopelessAfterMs: /not found|couldn't find/i.test(message) ? missingQuietMs : 0,
      }
    case 'CreateContainerError':
      return {
        line: `container ${status.name} cannot be made: ${shortened(message)}`,
        // What the container runtime says when it is slow, or has not yet forgotten the attempt before.
        ...(!/deadline exceeded|is reserved for|timed? ?out/i.test(message) && { hopelessAfterMs: 0 }),
      }
    case 'CrashLoopBackOff':
    case 'RunContainerError':
      return crashed(status)
    default:
      return undefined
  }
}

const crashed = (status: ContainerStatus): Trouble => {
  const end = status.state?.terminated ?? status.lastState?.terminated
  const restarts = status.restartCount ?? 0
  const said = `${end?.message ?? ''} ${status.state?.waiting?.message ?? ''}`
  if (/executable file not found|exec: .*(no such file or directory|permission denied)/.test(said))
    return {
      line: `container ${status.name} cannot start: ${shortened(end?.message ?? said.trim())}`,
      hopelessAfterMs: 0,
      hints: ['Are `command` and `args` what the image has?'],
    }
  const because =
    end === undefined ? '' : end.reason === 'OOMKilled' ? ' (out of memory)' : ` (exit code ${end.exitCode})`
  return {
    line: `container ${status.name} crashes${because}, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`,
    ...(restarts >= hopelessRestarts && { hopelessAfterMs: crashQuietMs }),
    log: status.name,
  }
}

/** What the registry or the network said, without the steps that led there: they name the image three times. */
const pullReason = (message: string): string => {
  const reason = message.replaceAll(
    /Back-off pulling image "[^"]*"(: |$)|ErrImagePull: |failed to (pull( and unpack)? image|resolve (reference|image)) "[^"]*": |failed to do request: |rpc error: code = \w+ desc = /g,
    '',
  )
  return shortened(reason === '' ? 'the attempts failed' : reason)
}

/** The last and most telling part of a chain of causes, at most 300 characters. */
export const shortened = (message: string): string => {
  const line = message.trim().replaceAll(/\s+/g, ' ')
  return line.length <= 300 ? line : `…${line.slice(-299)}`
}
