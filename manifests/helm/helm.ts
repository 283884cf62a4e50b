import type { Tools } from '../../cluster/tools/tools.ts'
import type { Run, RunOptions, RunResult } from '../../core/run.ts'
import { helmEnvironment } from './environment.ts'

/** helm as kindup calls it: found when first needed, in an environment of kindup's own. */
export type Helm = {
  readonly cacheFolder: string
  run(args: readonly string[], options?: RunOptions): Promise<RunResult>
  /** 3 or 4: what a post-renderer is differs. */
  major(): Promise<number>
  version(): Promise<string>
}

export const makeHelm = (deps: { readonly run: Run; readonly tools: Tools; readonly cacheFolder: string }): Helm => ({
  cacheFolder: deps.cacheFolder,
  async run(args, options = {}) {
    const { path } = await deps.tools.helm()
    return deps.run(path, args, { ...options, env: { ...helmEnvironment(deps.cacheFolder), ...options.env } })
  },
  major: async () => Number((await deps.tools.helm()).version.split('.')[0]),
  version: async () => (await deps.tools.helm()).version,
})
