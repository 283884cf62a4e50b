import { z } from 'zod'
import {
  also,
  bytes,
  cluster,
  credential,
  endpoint,
  place,
  seconds,
  smokeResult,
  stepId,
  stepResult,
  text,
  texts,
  type Documents,
} from './document.ts'

const standing = z.strictObject({
  id: stepId,
  state: z.enum(['absent', 'ready', 'changed', 'broken', 'unknown']),
  why: text.nullable(),
})
const stands = { cluster, healthy: z.boolean(), steps: z.array(standing) }

/** Of the commands that walk over a plan, or over what the cluster remembers of one. */
export const walks: Documents = {
  up: {
    document: z.strictObject({
      cluster: z.strictObject({ name: text, context: text, kubeconfig: text }),
      steps: z.array(stepResult),
      criticalPath: z
        .array(
          z.strictObject({
            id: stepId,
            seconds: z.number(),
            ahead: z.literal(true).optional().describe('what was done for it before its turn'),
          }),
        )
        .describe('what the whole had to wait for, one after the other'),
      warnings: texts,
      smoke: z.array(smokeResult),
      endpoints: z.array(endpoint),
      credentials: z.array(credential),
      reset: z
        .union([
          z.strictObject({ kept: z.literal(true), bytes, seconds }),
          z.strictObject({ kept: z.literal(false), why: text, seconds }),
        ])
        .optional()
        .describe('whether this state was kept for `kindup reset`, where that was tried'),
      startedFrom: z
        .strictObject({ file: text, digest: text })
        .optional()
        .describe('the snapshot file that a new cluster was made from'),
      seconds,
    }),
    json: '`--watch` prints the document of its first walk, and prose after it.',
  },
  down: {
    document: z.strictObject({
      removed: texts,
      kept: texts.describe('what others use, or stays for the next time'),
      seconds,
    }),
  },
  plan: {
    document: z.strictObject({
      cluster,
      steps: z.array(
        z.strictObject({
          id: stepId,
          title: text,
          needs: z.array(stepId),
          action: z.enum(['create', 'update', 'remove', 'none']),
          reason: text,
        }),
      ),
      hosts: texts.describe('names that `up` writes to the hosts file'),
      problems: z.array(
        z.strictObject({
          step: stepId.nullable(),
          at: place.nullable(),
          severity: z.enum(['error', 'warning']),
          message: text,
          fix: text.nullable(),
          also: also.optional().describe('where else the same shows'),
        }),
      ),
    }),
    exits: {
      1: 'something would keep `up` from being done; the document says what',
      2: 'a problem is an error; the document has it',
      3: '`--check`: something would change',
    },
  },
  status: {
    document: z.strictObject(stands),
    lines: {
      flag: '--watch',
      line: z.strictObject({
        ...stands,
        endpoints: z.array(
          z.strictObject({ ...endpoint.shape, answers: z.boolean(), said: text.describe('200, or why not') }),
        ),
      }),
    },
    exits: { 1: 'a step is not ready, or with `--watch` an endpoint does not answer when it is ended' },
  },
  render: {
    document: z.strictObject({ cluster, folder: text, files: texts.describe('paths in that folder') }),
    exits: { 2: 'a problem is an error; what can be rendered is written all the same' },
  },
  test: {
    document: z.strictObject({ cluster, smoke: z.array(smokeResult) }),
    exits: { 1: 'a test failed' },
  },
  sync: {
    document: z.strictObject({
      cluster,
      services: z.array(stepResult.pick({ id: true, result: true, seconds: true })),
      warnings: texts,
      smoke: z.array(smokeResult),
      seconds,
    }),
    json: '`--watch` takes no `--json`.',
  },
  undeploy: {
    document: z.strictObject({ cluster, removed: texts, kept: texts, warnings: texts, seconds }),
  },
  rollback: {
    document: z.strictObject({
      cluster,
      steps: z.array(stepResult),
      warnings: texts,
      smoke: z.array(smokeResult),
      seconds,
    }),
  },
}
