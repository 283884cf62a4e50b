import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import { boundSignal, shared } from '../../core/bound.ts'
import type { Run } from '../../core/run.ts'
import type { Observations } from '../../core/observations.ts'
import { chooseEngine } from './choose.ts'
import type { Engine } from './engine.ts'
import { seen } from './seen.ts'

/** An engine can be started in between; but one that hangs is not waited for twice in a row. */
const forgetMs = 5_000

/** The engine of a file, looked for once. A failure is kept for a moment only. With `looks` it is asked nothing twice while the run looks. */
export const findEngine = (
  { cluster }: { readonly cluster: Pick<Config['cluster'], 'engine'> },
  run: Run,
  env: Readonly<Record<string, string | undefined>>,
  looks?: Observations,
): (() => Promise<Engine>) => {
  let finding: (() => Promise<Engine>) | undefined
  const find = async (): Promise<Engine> => {
    try {
      const engine = await chooseEngine(cluster.engine, run, env)
      return looks ? seen(engine, looks) : engine
    } catch (error) {
      const forget = (): void => void (finding = undefined)
      // One that nobody waited for to the end may answer the next one.
      if (boundSignal()?.aborted) forget()
      else void pause(forgetMs, undefined, { ref: false }).then(forget)
      throw error
    }
  }
  return () => (finding ??= shared(find))()
}
