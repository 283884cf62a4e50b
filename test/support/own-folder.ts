import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** An empty folder that is there until the test ends. To be called while one runs, or before each. */
export const ownFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
