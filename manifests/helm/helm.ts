import type { Tools } from '../../cluster/tools/tools.ts'
import type { Run, RunOptions, RunResult } from '../../core/run.ts'
import { helmEnvironment } from './environment.ts'

/** helm as kindup calls it: found when first needed, in an environment of kindup's own. */
export type Helm = {
  readonly cacheFolder: string
  /** The user's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  run(args: readonly string[], options?: RunOptions): Promise<RunResult>
  /** 3 or 4: what a post-renderer is differs. */
  major(): Promise<number>
  version(): Promise<string>
  /** Of its program. */
  path(): Promise<string>
}

export const makeHelm = ({
  run,
  tools,
  cacheFolder,
  env = process.env,
}: {
  readonly run: Run
  readonly tools: Tools
  readonly cacheFolder: string
  readonly env?: Helm['env']
}): Helm => ({
  cacheFolder,
  env,
  async run(args, options = {}) {
    const { path } = await tools.helm()
    return run(path, args, { ...options, env: { ...helmEnvironment(cacheFolder, env), ...options.env } })
  },
  major: async () => Number((await tools.helm()).version.split('.')[0]),
  version: async () => (await tools.helm()).version,
  path: async () => (await tools.helm()).path,
})
