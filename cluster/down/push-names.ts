import { CommandError } from '../../core/run.ts'
import type { Engine } from '../engine/engine.ts'
import { portOfPush } from '../load/push-as.ts'
import { accepts } from '../network/accepts.ts'
import type { Undo } from '../undo.ts'

/** Names that images have while they are pushed to this machine: a push that was killed leaves its own, to where nobody listens. */
export const pushNamesUndo = (engine: Engine): Undo => ({
  title: 'names of pushes that were killed',
  run: async () => {
    const removed = await Promise.all(
      (await engine.imagesWith()).map(async (name) => {
        const port = portOfPush(name)
        if (port === undefined || (await accepts('127.0.0.1', port))) return []
        try {
          await engine.removeImage(name)
          return [`image name ${name}`]
        } catch (error) {
          // A container runs it, and it has no other name any more.
          if (error instanceof CommandError) return []
          throw error
        }
      }),
    )
    return { removed: removed.flat(), kept: [], said: [] }
  },
})
