import { EnvironmentError } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'

type Sent = {
  readonly refs: readonly string[]
  readonly containers: readonly string[]
  /** The engine's program. */
  readonly engine: string
  /** As in an image: `amd64`. */
  readonly architecture: string
}

/** Why images did not get into nodes, in words: `disk-full` or `image-not-sent`. What is no command's failure stays as it is. */
export const notSent = (error: unknown, { refs, containers, engine, architecture }: Sent): unknown => {
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

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? ''
