import { execFile } from 'node:child_process'
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Spawn } from '../../../core/run.ts'
import type { Call, Program, Untold } from './call.ts'
import { serveCalls } from './call-server.ts'
import { postRenderHere } from './post-render-here.ts'
import { filesFor, spawnWhatIsThere } from './spawn-what-is-there.ts'
import { standInProcess } from './stand-in-process.ts'

export type StandInPrograms = AsyncDisposable & {
  /** Puts a program there whose calls are answered here; `real` runs in its place when the answer is 0. */
  readonly put: (path: string, program: string, real?: string) => Promise<void>
  /** Starts what the words name as `spawn` of Node does. The programs that were put here take no process for it. */
  readonly spawn: Spawn
  /** To be called before a process that may call the programs is started by other means. */
  readonly listen: () => void
}

/** Programs that are files on a PATH, whoever calls them. `untold` hears of calls that nobody said how to answer: those end with 64. */
export const standInPrograms = (folder: string, answer: Program, untold: Untold): StandInPrograms => {
  const server = serveCalls(folder, answer, untold)
  const here = postRenderHere(`${folder}-of-helm`)
  const known = new Map<string, { readonly program: string; readonly script: string; readonly real?: string }>()
  return {
    listen: server.listen,
    put: async (path, program, real) => {
      const script = server.script(program, real)
      await writeFile(path, script)
      await chmod(path, 0o755)
      known.set(path, { program, script, ...(real !== undefined && { real }) })
    },
    spawn: (word, args, options) => {
      const path = filesFor(word, options).find(isRunnable)
      if (path === undefined) return spawnWhatIsThere(word, args, options)
      const standIn = known.get(path)
      // A test may have put another program in its place.
      if (standIn === undefined || readFileSync(path, 'utf8') !== standIn.script) {
        server.listen()
        return spawnWhatIsThere(word, args, options)
      }
      const { program, real } = standIn
      if (real !== undefined && args[0] === 'version')
        return standInProcess({
          program,
          args,
          options,
          untold,
          answer: async (call) => {
            const code = await answer(call)
            return code === 0 ? sayVersion(real, call) : code
          },
        })
      return standInProcess({
        program,
        args,
        options,
        answer,
        untold,
        ...(real !== undefined && { real: () => (server.listen(), here.spawn(real, args, options)) }),
      })
    },
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]()
      await here[Symbol.asyncDispose]()
    },
  }
}

/** What real programs say of their versions: one of three calls asked that, of programs that stay the same. */
const versions = new Map<string, Promise<string>>()

const sayVersion = async (real: string, { args, out }: Call): Promise<number> => {
  const command = [real, ...args].join(' ')
  const said = versions.get(command) ?? promisify(execFile)(real, args).then(({ stdout }) => stdout)
  versions.set(command, said)
  out(await said)
  return 0
}

const isRunnable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
