import type { EngineName } from '../../core/config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import { makeEngine } from './command-line.ts'
import { dialects } from './dialects.ts'
import type { Engine } from './engine.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The engine that is asked for, or for `auto` the first that answers. Throws `engine-unreachable`, naming what was tried. */
export const chooseEngine = async (want: 'auto' | EngineName, run: Run, env: Env = process.env): Promise<Engine> => {
  const failures: EnvironmentError[] = []
  for (const engine of candidates(want, run, env)) {
    try {
      await engine.info()
      return engine
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error
      failures.push(error)
    }
  }
  const [only] = failures
  if (only && failures.length === 1) throw only
  // What is not even installed is told last, and its hints only where nothing else is to be had.
  const installed = failures.filter((failure) => !failure.message.includes('there is no program'))
  throw new EnvironmentError(
    'engine-unreachable',
    `No container engine answers.\n${failures.map(({ message }) => `  ${message}`).join('\n')}`,
    { hints: [...new Set((installed.length > 0 ? installed : failures.slice(0, 1)).flatMap(({ hints }) => hints))] },
  )
}

/** Every engine that answers now: a cluster known by its name alone may be in any of them. */
export const answeringEngines = async (run: Run, env: Env = process.env): Promise<readonly Engine[]> => {
  const asked = candidates('auto', run, env).map(async (engine) => {
    try {
      await engine.info()
      return engine
    } catch (error) {
      if (error instanceof EnvironmentError) return undefined
      throw error
    }
  })
  return (await Promise.all(asked)).filter((engine) => engine !== undefined)
}

const candidates = (want: 'auto' | EngineName, run: Run, env: Env): readonly Engine[] => {
  // kind's own switch: who set it means it for kindup too.
  const preferred = env['KIND_EXPERIMENTAL_PROVIDER']
  return dialects
    .filter(({ name }) => want === 'auto' || name === want)
    .toSorted((a, b) => Number(b.name === preferred) - Number(a.name === preferred))
    .map((dialect) => makeEngine(dialect, run, env))
}
