import { isRecord } from '../../core/is-record.ts'
import type { PackedImage } from '../layout/pack-image.ts'
import type { Snapshot } from './manifest.ts'

/** What a snapshot file says of the cluster that it was made of, beside its parts. */
export type SnapshotFile = {
  readonly format: 1
  readonly snapshot: Snapshot
  /** Of the processors that it runs on: `amd64`. */
  readonly architecture: string
  readonly nodes: readonly SavedNode[]
  /** Ranges of addresses and the like, as the file sets them for kind. */
  readonly networking: unknown
  /** What each step was made from, by its id. */
  readonly fingerprints: Readonly<Record<string, unknown>>
  /** Those that no registry brings. */
  readonly images: readonly PackedImage[]
  /** The parts of nodes, by the digests that stand in the file. */
  readonly parts: Readonly<Record<string, string>>
}

type SavedNode = {
  readonly name: string
  readonly role: string
  /** The reference that it was made of, and the id of that image. */
  readonly image: { readonly ref: string; readonly id: string }
  /** What its pods run, as they name it. */
  readonly images: readonly string[]
}

export const snapshotFileType = 'application/vnd.kindup.snapshot.v1'

/** Undefined for one of a later format. */
export const snapshotFileFrom = (config: unknown): SnapshotFile | undefined =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its digest was checked, and kindup wrote it
  isRecord(config) && config['format'] === 1 ? (config as unknown as SnapshotFile) : undefined
