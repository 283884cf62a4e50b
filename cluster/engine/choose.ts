import type { EngineName } from '../../config/config.ts'
import { EnvironmentError, unlessRefused } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import { makeEngine } from './command-line.ts'
import { dialects } from './dialects.ts'
import type { Engine } from './engine.ts'
import { EngineUnreachable } from './unreachable.ts'

/** An engine that nobody wants is not waited for. */
const glanceMs = 3_000

type Env = Readonly<Record<string, string | undefined>>

/** The engine that is asked for, or for `auto` the first that answers. Throws `engine-unreachable`, naming what was tried. */
export const chooseEngine = async (want: 'auto' | EngineName, run: Run, env: Env = process.env): Promise<Engine> => {
  const failures: EnvironmentError[] = []
  for (const engine of candidates(want, run, env)) {
    try {
      await engine.reach()
      return engine
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error
      failures.push(error)
    }
  }
  const [only] = failures
  if (only && failures.length === 1) throw only
  const troubles = failures.flatMap((failure) => (failure instanceof EngineUnreachable ? failure.troubles : []))
  // The hints of what is not even installed only where nothing else is to be had.
  const installed = troubles.filter(({ kind }) => kind !== 'missing')
  throw new EngineUnreachable(
    `No container engine answers.\n${failures.map(({ message }) => `  ${message}`).join('\n')}`,
    troubles,
    [...new Set((installed.length > 0 ? installed : failures.slice(0, 1)).flatMap(({ hints }) => hints))],
  )
}

/** How the engines that were not chosen answer: what they say of themselves, or why they do not. */
export const otherEngines = async (
  chosen: EngineName | undefined,
  run: Run,
  env: Env = process.env,
): Promise<readonly { readonly engine: Engine; readonly failure?: EnvironmentError }[]> =>
  Promise.all(
    candidates('auto', run, env)
      .filter(({ name }) => name !== chosen)
      .map(async (engine) => {
        try {
          await engine.info({ timeoutMs: glanceMs })
          return { engine }
        } catch (failure) {
          if (failure instanceof EnvironmentError) return { engine, failure }
          throw failure
        }
      }),
  )

/** Every engine that answers now: a cluster known by its name alone may be in any of them. */
export const answeringEngines = async (run: Run, env: Env = process.env): Promise<readonly Engine[]> => {
  const asked = candidates('auto', run, env).map(async (engine) => {
    return unlessRefused(async () => {
      await engine.reach()
      return engine
    }, undefined)
  })
  return (await Promise.all(asked)).filter((engine) => engine !== undefined)
}

/** The engine that is asked first. */
export const firstEngine = (want: 'auto' | EngineName, run: Run, env: Env): Engine | undefined =>
  candidates(want, run, env)[0]

const candidates = (want: 'auto' | EngineName, run: Run, env: Env): readonly Engine[] => {
  // kind's own switch: who set it means it for kindup too.
  const preferred = env['KIND_EXPERIMENTAL_PROVIDER']
  return dialects
    .filter(({ name }) => want === 'auto' || name === want)
    .toSorted((a, b) => Number(b.name === preferred) - Number(a.name === preferred))
    .map((dialect) => makeEngine(dialect, run, env))
}
