import { shared } from '../../core/bound.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Run, RunResult } from '../../core/run.ts'
import type { Dialect } from './dialects.ts'
import type { Engine, EngineInfo, EngineReach } from './engine.ts'
import { infoFrom, reachFrom } from './info.ts'
import { reachOf } from './reach.ts'
import { troubleFrom, unreachable } from './unreachable.ts'

/** How long an engine may take to say how it is. A hung Docker Desktop never does. */
const infoMs = 15_000

/** What an engine says of itself does not change during a run: it is asked until it has answered once. */
export const makeTells = (
  { name, command, reach: words }: Dialect,
  run: Run,
  env: Readonly<Record<string, string | undefined>>,
): Pick<Engine, 'reach' | 'info'> => {
  const refused = (cause: unknown): EnvironmentError =>
    unreachable(troubleFrom(name, cause, { platform: process.platform, env }))
  const tell = (args: readonly string[], call?: Parameters<Engine['info']>[0]): Promise<RunResult> =>
    run(command, args, { timeoutMs: infoMs, ...call }).catch((error: unknown) => {
      throw error instanceof EnvironmentError ? refused(error) : error
    })

  let known: EngineInfo | undefined
  let reached: EngineReach | undefined
  let asking: (() => Promise<EngineInfo>) | undefined
  const ask = async (call?: Parameters<Engine['info']>[0]): Promise<EngineInfo> => {
    const started = Date.now()
    const answer = await tell(['info', '--format', '{{json .}}'], call)
    const info = infoFrom(name, answer.stdout)
    if ('cause' in info) throw refused(info.cause)
    const answered = Date.now()
    const { context, isRemote, time, ...told } = info
    known = {
      ...told,
      ...(reached ?? (await reachOf(name, { context, ...(isRemote ? { isRemote } : {}) }, run, env))),
      ...(time === undefined ? {} : { aheadMs: outside(time, started, answered) }),
      answeredMs: answered - started,
    }
    return known
  }
  const info: Engine['info'] = async (call) => {
    if (known) return known
    if (call) return ask(call)
    const own = (asking ??= shared(() => ask()))
    try {
      return await own()
    } catch (error) {
      if (asking === own) asking = undefined
      throw error
    }
  }

  const reach: Engine['reach'] = async () => {
    if (!words) return info()
    if (known ?? reached) return known ?? reached!
    const said = reachFrom((await tell(words)).stdout)
    if ('cause' in said) throw refused(said.cause)
    reached = { rootless: said.rootless, ...(await reachOf(name, { context: said.context }, run, env)) }
    return reached
  }
  return { reach, info }
}

/** How far a moment lies outside of a stretch of time: the answer was written somewhere within it. */
const outside = (time: number, from: number, to: number): number =>
  time < from ? time - from : time > to ? time - to : 0
