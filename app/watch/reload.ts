import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ConfigError, KindupError, systemCode } from '../../core/errors.ts'
import type { Input } from '../../core/watch/inputs.ts'
import type { App, WalkFlags } from '../app.ts'
import type { Downloads, Environment, Kept } from '../environment.ts'
import { openEnvironment } from '../open-environment.ts'
import { refuseProblems } from '../refuse-problems.ts'

/** What a look at the files found. */
export type Reloaded = {
  /** What is to be watched from now on. */
  readonly inputs: readonly Input[]
  readonly kept: Kept
} & ({ readonly environment: Environment } | { readonly wrong: KindupError })

type Before = { readonly inputs: readonly Input[]; readonly kept: Kept; readonly config: Environment['config'] }

/** Files that another program is just replacing are there again in a moment. */
const retries = 5
const retryMs = 100

/** Reads the file and all it names again. What is wrong is answered and not thrown: the next save may fix it. */
export const reload = async (app: App, flags: WalkFlags, downloads: Downloads, before: Before): Promise<Reloaded> => {
  for (let tries = 0; ; tries++) {
    let opened: Environment | undefined
    try {
      opened = await openEnvironment(app, flags, downloads, {}, before.kept)
      refuseOtherName(opened, before)
      refuseProblems(opened)
      return { environment: opened, inputs: inputsOf(opened), kept: opened.kept }
    } catch (error) {
      app.signal.throwIfAborted()
      if (error instanceof KindupError)
        return {
          wrong: error,
          kept: before.kept,
          // What the file names and cannot be found is known to nobody: then all that lies around the file may fix it.
          inputs: opened ? inputsOf(opened) : [...before.inputs, folderOfFile(before.config.file)],
        }
      if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error)) || tries >= retries) throw error
      await pause(retryMs, undefined, { signal: app.signal })
    }
  }
}

/** Where all lies that the steps of a walk are made from. */
export const inputsOf = ({ config, steps }: Environment): readonly Input[] => [
  ...(config.files ?? [config.file]).map((path) => ({ path })),
  ...steps.flatMap(({ inputs }) => inputs?.files ?? []),
]

const folderOfFile = (file: string): Input => ({
  path: dirname(file),
  ignored: { matches: isAside, wholly: isAside },
})

const isAside = (path: string): boolean =>
  path.split('/').some((part) => part.startsWith('.') || part === 'node_modules')

const refuseOtherName = ({ config }: Environment, before: Before): void => {
  if (config.name === before.config.name) return
  const message = `The file now names the cluster ${config.name}, and this watch is of ${before.config.name}.`
  throw new ConfigError('A watch stays with its cluster.', {
    problems: [{ severity: 'error', message, at: config.at(['name']) }],
    hints: ['End this watch and begin another one, or take the change back.'],
  })
}
