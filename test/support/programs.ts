import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export type Programs = AsyncDisposable & {
  readonly folder: string
  readonly path: (...parts: readonly string[]) => string
  /** A shell script under that name in a folder below; answers its path. */
  readonly program: (place: string, name: string, script: string) => Promise<string>
  /** An environment whose PATH is these folders and whose cache is empty at first. */
  readonly env: (...places: readonly string[]) => Record<string, string>
}

/** A folder with programs that answer like real ones. */
export const programs = async (): Promise<Programs> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-tools-'))
  const path = (...parts: readonly string[]): string => join(folder, ...parts)
  return {
    folder,
    path,
    program: async (place, name, script) => {
      await mkdir(path(place), { recursive: true })
      await writeFile(path(place, name), `#!/bin/sh\n${script}\n`)
      await chmod(path(place, name), 0o755)
      return path(place, name)
    },
    env: (...places) => ({
      PATH: places.map((place) => path(place)).join(delimiter),
      KINDUP_CACHE: path('cache'),
    }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
