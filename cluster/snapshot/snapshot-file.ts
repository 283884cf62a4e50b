import { z } from 'zod'
import { imageShape } from '../layout/image-shape.ts'
import type { PackedImage } from '../layout/pack-image.ts'
import { snapshotShape, type Snapshot } from './manifest.ts'

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

const texts = z.record(z.string(), z.string())
const shape = z.object({
  format: z.literal(1),
  snapshot: snapshotShape,
  architecture: z.string(),
  nodes: z.array(
    z.object({
      name: z.string(),
      role: z.string(),
      image: z.object({ ref: z.string(), id: z.string() }),
      images: z.array(z.string()),
    }),
  ),
  networking: z.unknown(),
  fingerprints: z.record(z.string(), z.unknown()),
  images: z.array(imageShape),
  parts: texts,
})

/** Undefined for one of a later format, or of another shape. */
export const snapshotFileFrom = (config: unknown): SnapshotFile | undefined => shape.safeParse(config).data
