import { EnvironmentError } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'

/** A process in the container is frozen, or waits for a disk: seen on cgroup v1, where a pod was just being made. */
const frozen = /could not kill container|did not receive an exit event/i

/** Why a container could not be removed: `container-not-killed` where the engine could not kill it, or the error itself. */
export const notKilled = (error: unknown, engine: string): unknown => {
  if (!(error instanceof CommandError) || !frozen.test(error.stderr)) return error
  return new EnvironmentError('container-not-killed', `${engine} cannot kill a container: ${error.stderr.trim()}`, {
    hints: [
      `Restart the machine (or the virtual one that ${engine} runs in): a process of it is frozen, or waits for a disk.`,
    ],
    cause: error,
  })
}
