import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../../config/config.ts'
import type { Run } from '../../core/run.ts'
import type { Looks } from '../../core/observations.ts'
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
  looks?: Looks,
): (() => Promise<Engine>) => {
  let finding: Promise<Engine> | undefined
  return () => {
    if (finding) return finding
    const chosen = chooseEngine(cluster.engine, run, env)
    const asked = looks ? chosen.then((engine) => seen(engine, looks)) : chosen
    finding = asked
    asked.catch(async () => {
      await pause(forgetMs, undefined, { ref: false })
      finding = undefined
    })
    return asked
  }
}
