import { KindupError } from '../../core/errors.ts'
import { idOf } from '../../core/identity.ts'
import { contextOf, type StepResult, type WalkOptions } from '../../core/walk.ts'
import type { SyncTarget } from '../../services/sync/sync.ts'
import type { Environment } from '../environment.ts'
import type { Readiness } from './readiness.ts'
import type { HeldBack } from '../synced-images.ts'

/** What a watch could not do with files: their image is built instead. */
export class BuiltInstead extends KindupError {
  readonly keys: readonly string[]
  constructor(keys: readonly string[], cause: KindupError) {
    const what = keys.map((key) => idOf({ kind: 'image', name: key })).join(', ')
    super('built-instead', cause.exitCode, `${cause.message} ${what} is built instead.`, { cause })
    this.keys = keys
  }
}

/** Images held back whose containers lack files. */
const unsynced = ({ read }: Environment): readonly HeldBack[] =>
  [...(read?.held.values() ?? [])].filter(({ changed }) => changed.length > 0)

/** Keys of images held back that cannot stay so: they, or what runs them, are to be looked at or changed otherwise too. */
export const toBuild = (environment: Environment, readiness: Readiness): readonly string[] =>
  [...(environment.read?.held.values() ?? [])].flatMap((one) => {
    const ids = [idOf({ kind: 'image', name: one.key }), ...targetsOf(environment, one).map(({ id }) => id)]
    const taken = environment.steps.filter(({ id }) => ids.includes(id))
    const isSettled = taken.length > 1 && taken.every((step) => readiness.isSettled(step, environment))
    return isSettled ? [] : [one.key]
  })

/** Puts the files of all images held back into their containers. Throws BuiltInstead. */
export const syncHeld = async (environment: Environment, options: WalkOptions): Promise<readonly StepResult[]> => {
  const { cluster, kept } = environment
  const results = await Promise.all(
    unsynced(environment).map(async (one): Promise<readonly StepResult[]> => {
      const { key, image, sync, placesOf } = one
      const { ref, build } = image
      if (ref === undefined || !build || !kept.synced) throw new Error(`${key} is not built here`)
      const begun = performance.now()
      const { memory, ...paths } = kept.synced.begin(one)
      const targets = targetsOf(environment, one)
      const { syncFiles } = await import('../../services/sync/sync.ts')
      const { SyncRefused } = await import('../../services/sync/refused.ts')
      try {
        const task = { ref, context: build.context, placesOf, restart: sync.restart, targets, ...paths }
        await syncFiles(task, cluster, memory, contextOf(options, idOf({ kind: 'image', name: key })))
      } catch (error) {
        if (error instanceof SyncRefused) throw new BuiltInstead([key], error)
        throw error
      }
      kept.synced.done(one)
      const seconds = (performance.now() - begun) / 1000
      return targets.map(({ id }) => ({ id: `${id} (synced)`, result: 'updated', seconds }))
    }),
  )
  return results.flat()
}

/** What runs the image as it is deployed. */
const targetsOf = ({ deployables, sources }: Environment, { image }: HeldBack): readonly SyncTarget[] =>
  deployables.flatMap(({ id, namespace }) => {
    const rendered = sources.get(id)
    if (image.ref === undefined || !rendered?.images.includes(image.ref)) return []
    return [{ id, namespace, objects: [...(rendered.objects ?? []).map(({ object }) => object), ...rendered.exposed] }]
  })
