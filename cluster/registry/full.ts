import { EnvironmentError } from '../../core/errors.ts'
import type { Engine } from '../engine/engine.ts'
import { storageFolder } from './local.ts'
import { registryVolume } from './names.ts'

/** What a registry without room answers and logs: version 3 in words, version 2 by the system's number (28, or 122 of a quota). */
const noRoom = /no space left|disk quota exceeded|"Err"\s*:\s*(?:28|122)\b/i
/** How many of its last lines a registry is asked for: what it says of one request is a few. */
const logLines = 40
/** The clock of an engine in a virtual machine may be behind by as much, in milliseconds. */
const clockMs = 5_000

/** Whether a registry says there that its disk has no room. */
export const saysFull = (text: string): boolean => noRoom.test(text)

type Full = {
  /** `localhost:5001` */
  readonly host: string
  /** The name of its container. */
  readonly container: string
  /** What it did not take. */
  readonly what: string
  /** The engine's program. */
  readonly engine: string
  readonly cause?: unknown
}

/** A registry that has no room, and what makes some. */
export const registryFull = ({ host, container, what, engine, cause }: Full): EnvironmentError =>
  new EnvironmentError(
    'registry-full',
    `The registry ${host} is full: there is no space left on its disk for ${what}.`,
    {
      hints: [
        `${engine} exec ${container} df -h ${storageFolder}   # how large that disk is; where it is the engine's own: ${engine} system prune`,
        `${engine} rm --force ${container} && ${engine} volume rm ${registryVolume(container)} && kindup up   # empties it: what the file needs is pushed again`,
      ],
      cause,
    },
  )

/** Whether a registry has written since then, as Date.now(), that its disk has no room. */
export const hasSaidFull = async (engine: Engine, container: string, since: number): Promise<boolean> => {
  const log = await engine.logs(container, logLines).catch(() => '')
  return log.split('\n').some((line) => {
    const time = Date.parse(/^time="([^"]+)"/.exec(line)?.[1] ?? '')
    return saysFull(line) && (Number.isNaN(time) || time >= since - clockMs)
  })
}

/**
 * Takes away what of a repository was sent in part: a registry keeps that for a week, and one that is full stays so by it alone. Whoever else
 * sends to the same repository just now could not end either. Never throws.
 */
export const dropHalfSent = async (engine: Engine, container: string, repository: string): Promise<void> => {
  if (!/^[a-z0-9]+(?:(?:[._-]|__|-+|\/)[a-z0-9]+)*$/.test(repository)) return
  const folder = `${storageFolder}/docker/registry/v2/repositories/${repository}/_uploads`
  await engine.exec(container, ['/bin/sh', '-c', `rm -rf ${folder}`]).catch(() => undefined)
}
