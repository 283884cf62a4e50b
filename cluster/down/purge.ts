import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CommandError } from '../../core/run.ts'
import { diagnosesOf } from '../diagnose/folder.ts'
import type { Engine } from '../engine/engine.ts'
import { inputsLabel } from '../images/steps.ts'
import type { Undo } from '../undo.ts'

type PurgeOptions = {
  readonly name: string
  readonly engine: Engine
  readonly cacheFolder: string
  /** Names of the clusters of kindup that go on, whichever engine they are in. */
  readonly others: readonly string[]
}

/**
 * What kindup keeps in its cache, by name: KINDUP_CACHE may be a folder with more in it. What clusters and runs of their own
 * have there (`clusters`, `private`) goes with them.
 */
const cached = ['charts', 'diagnoses', 'helm', 'logs', 'manifests', 'remote', 'renders', 'times', 'tools'] as const

/** What is made again when it is wanted: images that were built here, what was fetched or rendered, diagnoses and logs. */
export const purgeUndos = (options: PurgeOptions): readonly Undo[] => [imagesUndo(options), cacheUndo(options)]

const imagesUndo = ({ engine, others }: PurgeOptions): Undo => ({
  title: 'the images that were built',
  run: async () => {
    const images = await engine.imagesWith(inputsLabel)
    if (others.length > 0) return { removed: [], kept: images.map((ref) => `image ${ref} ${wanted(others)}`), said: [] }
    const ends = await Promise.all(
      images.map(async (ref) => {
        try {
          await engine.removeImage(ref)
          return { removed: [`image ${ref}`], kept: [] }
        } catch (error) {
          if (!(error instanceof CommandError)) throw error
          return { removed: [], kept: [`image ${ref} (a container or another image uses it)`] }
        }
      }),
    )
    return { removed: ends.flatMap(({ removed }) => removed), kept: ends.flatMap(({ kept }) => kept), said: [] }
  },
})

const cacheUndo = ({ name, cacheFolder, others }: PurgeOptions): Undo => ({
  title: `the cache ${cacheFolder}`,
  run: async () => {
    const there = new Set(await readdir(cacheFolder).catch(() => []))
    const folders = cached.filter((folder) => there.has(folder)).map((folder) => join(cacheFolder, folder))
    const own = others.length > 0 ? await diagnosesOf(cacheFolder, name) : folders
    await Promise.all(own.map((folder) => rm(folder, { recursive: true, force: true })))
    return {
      removed: own.map((folder) => `folder ${folder}`),
      kept: folders.filter((folder) => !own.includes(folder)).map((folder) => `folder ${folder} ${wanted(others)}`),
      said: [],
    }
  },
})

/** `(dev and shop use it)` */
const wanted = (others: readonly string[]): string =>
  `(${new Intl.ListFormat('en').format(others)} ${others.length > 1 ? 'use' : 'uses'} it)`
