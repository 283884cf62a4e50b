import type { ContainerStatus } from '../kube/models.ts'
import { partsOf } from '../reference.ts'
import { foreignHints, foreignProgram, foreignWords } from './foreign-program.ts'
import { pullTrouble } from './pull-trouble.ts'
import { shortened } from './shortened.ts'
import type { Trouble } from './trouble.ts'

/** Several restarts without anything else moving: a database that comes late would have moved. */
const hopelessRestarts = 5
export const crashQuietMs = 20_000
/** A program that needs more memory than it may have needs it after the next restart too. */
const memoryRestarts = 2
/** A Secret may still be made by another part of the release. */
export const missingQuietMs = 10_000

export type CheckDependencies = {
  readonly image: string
  /** `container web`, `init container migrate`. */
  readonly name: string
  /** Of its memory, as it is written. */
  readonly limit?: string
  /** The probe for whose failures the kubelet ends it, in its words. */
  readonly killedFor?: string
  /** What its postStart hook failed with, where it did; empty where it says nothing. */
  readonly hook?: string
  /** Its registry is asked at each start, though the node has it. */
  readonly isAlwaysPulled?: boolean
  /** The program of hints. */
  readonly engine: string
}

/** What the engine holds is in the node by then, and does not help. */
const withPolicy = (trouble: Trouble, { image, isAlwaysPulled }: CheckDependencies): Trouble =>
  isAlwaysPulled
    ? {
        ...trouble,
        hints: [
          `imagePullPolicy: Always asks the registry though the node has the image; one of the file is asked for no more: images: { web: { ref: "${image}", name: ${partsOf(image).repository} } }`,
          ...(trouble.hints ?? []),
        ],
      }
    : trouble

/** What keeps one container from running; undefined when it runs, is done, or is only being made. */
export const containerTrouble = (status: ContainerStatus, dependencies: CheckDependencies): Trouble | undefined => {
  const { waiting, terminated } = status.state ?? {}
  const { image, name, engine } = dependencies
  if (terminated && terminated.exitCode !== 0) return crashed(status, dependencies)
  const { reason = '', message = '' } = waiting ?? {}
  switch (reason) {
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'RegistryUnavailable':
      return withPolicy(pullTrouble(image, message, engine), dependencies)
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
        line: `${name} cannot be made: ${message}`,
        // A kubelet that has not heard of a ConfigMap or Secret in time asks again.
        ...(!/failed to sync \w+ cache/.test(message) && {
          hopelessAfterMs: /not found|couldn't find/i.test(message) ? missingQuietMs : 0,
        }),
        ...configHints(message),
      }
    case 'CreateContainerError':
      return {
        line: `${name} cannot be made: ${shortened(message)}`,
        // What the container runtime says when it is slow, or has not yet forgotten the attempt before.
        ...(!/deadline exceeded|is reserved for|timed? ?out/i.test(message) && { hopelessAfterMs: 0 }),
        ...(/seccomp profile/.test(message) && {
          hints: ['Nodes of kind hold no profiles of their own: `seccompProfile: { type: RuntimeDefault }`.'],
        }),
      }
    case 'CrashLoopBackOff':
    case 'RunContainerError':
      return crashed(status, dependencies)
    default:
      return undefined
  }
}

/** What the kubelet says of what a container is to be made with. */
const configHints = (message: string): Pick<Trouble, 'hints'> => {
  if (/not found|couldn't find/i.test(message))
    return {
      hints: ['Put it among the objects, or under `secrets:`; or say `optional: true` where the container names it.'],
    }
  if (/runAsNonRoot/.test(message))
    return {
      hints: [
        /non-numeric/.test(message)
          ? 'The image names its user by a word: `securityContext.runAsUser` takes its number.'
          : 'The image runs as root: `securityContext.runAsUser: 1000`, or a USER in its Dockerfile, or no `runAsNonRoot`.',
      ],
    }
  return {}
}

const crashed = (status: ContainerStatus, { name, limit, killedFor, hook, engine }: CheckDependencies): Trouble => {
  const end = status.state?.terminated ?? status.lastState?.terminated
  const restarts = status.restartCount ?? 0
  const said = `${end?.message ?? ''} ${status.state?.waiting?.message ?? ''}`
  if (/executable file not found|exec: .*(no such file or directory|permission denied)/.test(said))
    return {
      line: `${name} cannot start: ${shortened(end?.message ?? said.trim())}`,
      hopelessAfterMs: 0,
      hints: ['Are `command` and `args` what the image has?'],
    }
  const mount = /error mounting .*?to rootfs at \\?"([^"\\]+)\\?".*(?:not a directory|is a directory)/.exec(said)
  if (mount)
    return {
      line: `${name} cannot start: what is mounted at ${mount[1]} is a file over a directory, or a directory over a file`,
      hopelessAfterMs: 0,
      hints: ['`mountPath` with `subPath` names the file itself: `mountPath: /etc/app/a.yaml, subPath: a.yaml`.'],
    }
  if (foreignProgram.test(said))
    return { line: `${name} cannot start: ${foreignWords}`, hopelessAfterMs: 0, hints: foreignHints(engine) }
  // What the container runtime says of a container that was there when its node stopped: no program ended with it.
  if (end?.reason === 'Unknown' && end.exitCode === 255) return { line: `${name} starts again: its node was stopped` }
  const times = `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`
  if (end?.reason === 'OOMKilled')
    return {
      line: `${name} crashes (out of memory${limit === undefined ? '' : `: its limit is ${limit}`}), ${times}`,
      ...(restarts >= memoryRestarts && { hopelessAfterMs: crashQuietMs }),
      hints: [
        limit === undefined
          ? 'The machine of the container engine has no more memory: give it more, or let the pods ask for less.'
          : 'Raise `resources.limits.memory` of the container, or let its program take less.',
      ],
      log: status.name,
    }
  const exitCode = end?.exitCode
  const why = exitCode === undefined ? '' : ` (exit code ${exitCode})`
  if (hook !== undefined)
    return {
      line: `${name} is ended because its postStart hook fails${hook === '' ? '' : `: ${hook}`}, ${times}`,
      ...(restarts >= hopelessRestarts && { hopelessAfterMs: crashQuietMs }),
      hints: ['Is the command of `lifecycle.postStart` in the image, and does it end well?'],
      heedsOthers: true,
      log: status.name,
    }
  const ended = exitCode === 0 ? 'ends by itself' : 'crashes'
  return {
    line:
      killedFor === undefined ? `${name} ${ended}${why}, ${times}` : `${name} is ended because ${killedFor}, ${times}`,
    ...(restarts >= hopelessRestarts && { hopelessAfterMs: crashQuietMs }),
    ...crashHints(killedFor, exitCode),
    heedsOthers: true,
    log: status.name,
    ...(exitCode !== undefined && { crash: { container: status.name, restarts, exitCode } }),
  }
}

const crashHints = (killedFor: string | undefined, exitCode: number | undefined): Pick<Trouble, 'hints'> => {
  if (killedFor !== undefined)
    return { hints: ['Does the probe ask the port and path that the program serves, and late enough?'] }
  if (exitCode === 0)
    return {
      hints: [
        'A container lives as long as its first program: let a server stay in the foreground, and put what is done once into a Job.',
      ],
    }
  return {}
}
