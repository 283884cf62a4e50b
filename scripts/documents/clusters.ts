import { z } from 'zod'
import { bytes, seconds, text, texts, type Documents } from './document.ts'

const snapshot = z
  .strictObject({
    name: text,
    created: text.describe('ISO 8601'),
    bytes,
    kubernetes: text,
    frozenSeconds: z.number().describe('how long writers to volumes were held'),
    left: texts.describe('folders that are not kept: they belong to somebody else'),
  })
  .meta({ id: 'Snapshot' })
const putBack = z.strictObject({
  snapshot,
  changed: z.number().describe('objects'),
  restarted: z.number().describe('containers'),
  seconds,
})
const going = z.strictObject({ name: text, engine: text, why: text })
const held = z.strictObject({
  clusters: z.array(
    z.strictObject({
      name: text,
      containers: texts.describe('that changed'),
      kept: texts.describe('what another cluster uses'),
    }),
  ),
  failed: z.array(z.strictObject({ name: text, error: text })),
  seconds,
})

/** Of the commands that are about clusters as a whole. */
export const clusters: Documents = {
  list: {
    document: z.strictObject({
      clusters: z.array(
        z.strictObject({
          name: text,
          engine: text,
          nodes: z.number(),
          running: z.number().describe('nodes'),
          paused: z.number().describe('nodes'),
          created: text.nullable().describe('ISO 8601'),
          expires: text.nullable().describe('ISO 8601, of --ttl'),
          owner: text.nullable(),
          config: text.describe('path of the file'),
          size: z.number().nullable().describe('bytes on disk'),
        }),
      ),
    }),
  },
  prune: {
    document: z.strictObject({
      dryRun: z.boolean(),
      removed: z.array(going),
      kept: z.array(going),
      failed: z.array(z.strictObject({ ...going.shape, error: text })),
    }),
    exits: { 1: 'one of them could not be removed' },
  },
  pause: { document: held, exits: { 1: 'one of several could not be paused' } },
  resume: { document: held, exits: { 1: 'one of several does not run again' } },
  'snapshot save': {
    document: z.union([
      z.strictObject({ snapshot, seconds }),
      z.strictObject({
        file: text,
        bytes,
        images: texts.describe('that are in the file, since no registry has them'),
        snapshot: z.strictObject({ ...snapshot.shape, name: text.nullable() }),
        seconds,
      }),
    ]),
    json: 'The second one is that of `--file`.',
  },
  'snapshot restore': { document: putBack },
  'snapshot list': {
    document: z.strictObject({
      snapshots: z.array(snapshot),
      interrupted: text.nullable().describe('the one whose restoring was interrupted'),
    }),
  },
  'snapshot remove': { document: z.strictObject({ removed: texts }) },
  reset: { document: putBack },
  'bundle save': {
    document: z.strictObject({
      file: text,
      bytes,
      tools: z.array(z.strictObject({ name: text, version: text })),
      files: texts.describe('charts and manifests'),
      images: texts,
      seconds,
    }),
  },
}
