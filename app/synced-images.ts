import type { BuildReading, Hold } from '../cluster/images/held-back.ts'
import type { ResolvedImage } from '../cluster/images/images.ts'
import type { ContextFiles } from '../cluster/images/context-hash.ts'
import { destinationsOf } from '../cluster/images/sync-paths.ts'
import type { Destinations } from '../cluster/images/copied.ts'
import type { Config, SyncConfig } from '../config/config.ts'
import type { SyncMemory } from '../services/sync/sync.ts'

/** An image whose files go into containers, as one reading of the file found it. */
export type HeldBack = {
  readonly key: string
  /** As it is deployed. */
  readonly image: ResolvedImage
  /** Hash of what it would be built from now. */
  readonly inputs: string
  readonly files: ContextFiles
  /** Paths that are not as the containers have them. */
  readonly changed: readonly string[]
  readonly sync: SyncConfig
  readonly placesOf: (path: string) => Destinations
}

/** What a reading of the file found of the images that may be synced: kept with the environment that came of it. */
export type ReadImages = {
  readonly built: Map<string, { readonly image: ResolvedImage; readonly reading: BuildReading }>
  readonly held: Map<string, HeldBack>
  /** Why an image is built although its service syncs, by key. */
  readonly why: Map<string, string>
}

type Deployed = {
  readonly image: ResolvedImage
  readonly rest: string
  /** As the containers have them. */
  files: ContextFiles
  /** What is not as it was built. */
  readonly touched: Set<string>
  /** What a sync began with and did not end. */
  readonly open: Set<string>
  readonly memory: SyncMemory
}

/** What one watch knows of the images that it syncs: how each was built and deployed, and what went into its containers since. */
export type SyncedImages = {
  /** For one reading of the file. */
  reading(config: Config): { readonly hold: Hold; readonly read: ReadImages }
  /** They are deployed as they were read, but for those held back. */
  deployed(read: ReadImages): void
  /** Nobody knows any more what runs: they are built at the next chance. */
  forget(keys?: Iterable<string>): void
  begin(one: HeldBack): {
    readonly changed: readonly string[]
    readonly touched: readonly string[]
    readonly memory: SyncMemory
  }
  done(one: HeldBack): void
}

export const makeSyncedImages = (): SyncedImages => {
  const known = new Map<string, Deployed>()
  return {
    reading: (config) => {
      const read: ReadImages = { built: new Map(), held: new Map(), why: new Map() }
      const hold: Hold = async (image, reading) => {
        const { key, build } = image
        const sync = config.services.find(({ name }) => name === key)?.sync
        if (!sync || !build) return image
        const before = known.get(key)
        read.built.set(key, { image, reading })
        if (!before || before.rest !== reading.rest) return image
        if (before.image.inputs === image.inputs && before.touched.size === 0 && before.open.size === 0) return image
        const placesOf = await destinationsOf(sync, build, reading)
        const changed = [...new Set([...differing(before.files, reading.files), ...before.open])]
        for (const path of changed) {
          const paths = placesOf(path)
          if (!('built' in paths)) continue
          read.why.set(key, `${path}: ${paths.built}`)
          return image
        }
        read.built.delete(key)
        read.held.set(key, {
          key,
          image: before.image,
          inputs: image.inputs,
          files: reading.files,
          changed,
          sync,
          placesOf,
        })
        return before.image
      }
      return { hold, read }
    },
    deployed: ({ built }) => {
      for (const [key, { image, reading }] of built)
        known.set(key, {
          image,
          rest: reading.rest,
          files: reading.files,
          touched: new Set(),
          open: new Set(),
          memory: {},
        })
    },
    forget: (keys = [...known.keys()]) => {
      for (const key of keys) known.delete(key)
    },
    begin: ({ key, changed }) => {
      const one = known.get(key)
      if (!one) throw new Error(`${key} was never deployed`)
      for (const path of changed) {
        one.touched.add(path)
        one.open.add(path)
      }
      return { changed, touched: [...one.touched], memory: one.memory }
    },
    done: ({ key, files, changed }) => {
      const one = known.get(key)
      if (!one) return
      one.files = files
      for (const path of changed) one.open.delete(path)
    },
  }
}

const differing = (before: ContextFiles, now: ContextFiles): readonly string[] =>
  [...new Set([...before.keys(), ...now.keys()])].filter((path) => before.get(path) !== now.get(path))
