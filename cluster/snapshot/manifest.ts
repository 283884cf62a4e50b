import { z } from 'zod'
import { isJson } from '../../core/is-json.ts'

/** What is known of one snapshot. It stands on the first control plane, and is written when all else is there. */
export type Snapshot = {
  readonly format: 1
  readonly name: string
  /** Of the folder that each node keeps it in. */
  readonly id: string
  /** ISO 8601. */
  readonly created: string
  /** Of kindup. */
  readonly version: string
  /** Of the cluster: the UID of its namespace kube-system. */
  readonly cluster: string
  /** As the nodes say it: `v1.36.4`. */
  readonly kubernetes: string
  readonly bytes: number
  /** How long what writes to volumes was held, in milliseconds. */
  readonly frozenMs: number
  /** What the digests of each node's part must add up to, by the names of the nodes. */
  readonly digests: Readonly<Record<string, string>>
  /** Workloads that were not ready then, `kind/namespace/name`: nobody waits for them. */
  readonly unready: readonly string[]
  /** Folders of volumes that a mount brings into a node: they belong to somebody else, and are not kept. */
  readonly left: readonly string[]
}

/** Of one that goes into a file, or comes out of one: no name that people give begins like it, and it is listed with none of theirs. */
export const passingName = '.file'

export const snapshotShape = z.object({
  format: z.literal(1),
  name: z.string(),
  id: z.string(),
  created: z.string(),
  version: z.string(),
  cluster: z.string(),
  kubernetes: z.string(),
  bytes: z.number(),
  frozenMs: z.number(),
  digests: z.record(z.string(), z.string()),
  unready: z.array(z.string()),
  left: z.array(z.string()),
})

/** Undefined for what is no manifest of this version. */
export const snapshotFrom = (text: string): Snapshot | undefined =>
  isJson(text) ? snapshotShape.safeParse(JSON.parse(text)).data : undefined
