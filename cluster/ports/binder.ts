import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { unlessRefused } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { Engine } from '../engine/engine.ts'
import type { Binder } from './trouble.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Who will bind the ports. Throws `engine-unreachable`. */
export const binderOf = async (engine: Engine, run: Run, env: Env): Promise<Binder> => {
  const { rootless, host } = await engine.reach()
  return {
    rootless,
    ...(host === undefined ? {} : { host }),
    ...(rootless && engine.name === 'docker' && (await isLetLow(run, env)) ? { mayBindLow: true } : {}),
  }
}

/** Rootless Docker binds low ports where its helper was given the capability: what this user may bind does not tell. */
const isLetLow = async (run: Run, env: Env): Promise<boolean> => {
  const helpers = (env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'rootlesskit'))
    .filter((path) => existsSync(path))
  if (helpers.length === 0) return false
  return unlessRefused(
    async () => (await run('getcap', helpers, { timeoutMs: 5_000 })).stdout.includes('cap_net_bind_service'),
    false,
  )
}
