import { z } from 'zod'
import { place, text, texts, type Documents } from './document.ts'

const said = z.union([text, z.number(), z.boolean(), z.null()])
const host = z.strictObject({ file: text, name: text.describe('of the cluster'), hosts: texts })
const store = z.strictObject({
  id: text,
  title: text,
  state: z.enum(['added', 'there', 'removed', 'failed']),
  why: text.nullable(),
})

/** Of the commands that are about files and programs of this machine. */
export const files: Documents = {
  config: {
    document: z.strictObject({
      files: texts.describe('those that it is made of'),
      config: z.record(text, z.unknown()).describe('as it counts, without values of secrets'),
      from: z.record(text, place).describe('where each value comes from, by its path'),
    }),
  },
  init: {
    document: z.strictObject({
      file: text,
      files: texts.describe('what was written beside it'),
      services: texts,
      addons: texts,
    }),
  },
  'hosts apply': { document: host },
  'hosts remove': { document: host },
  'hosts show': { document: host },
  'image set': {
    document: z.strictObject({
      file: text,
      changes: z.array(z.strictObject({ name: text, from: said, to: text })),
    }),
  },
  'image check': {
    document: z.strictObject({
      file: text,
      drift: z.array(z.strictObject({ name: text, wanted: text, found: said, at: place })),
    }),
    exits: { 1: 'the file says otherwise' },
  },
  'image bump': { document: z.strictObject({ file: text, from: text, to: text }) },
  'image publish': {
    document: z.strictObject({
      registry: text.describe('such as localhost:5001'),
      images: z.array(z.strictObject({ name: text, ref: text, pushed: texts, digest: text })),
    }),
  },
  promote: {
    document: z.strictObject({
      from: text,
      to: text,
      written: z.boolean(),
      files: z.array(
        z.strictObject({
          file: text,
          changes: z.array(z.strictObject({ service: text, name: text, from: said, to: text, at: place })),
          diff: text,
        }),
      ),
      notes: texts,
    }),
    exits: { 3: '`--check`: something would change' },
  },
  tools: {
    document: z.strictObject({
      cache: text,
      mirror: text.nullable(),
      proxy: text.nullable(),
      tools: z.array(
        z.strictObject({
          name: z.enum(['kind', 'kubectl', 'helm']),
          version: text.nullable(),
          path: text.nullable(),
          from: text,
          why: text,
          download: z.strictObject({ url: text, checksum: text, to: text }).nullable(),
        }),
      ),
    }),
    exits: { 1: 'one of them is missing, and cannot be downloaded' },
  },
  trust: {
    document: z.strictObject({
      authority: z.strictObject({ owner: text, file: text, fingerprint: text, until: text.describe('ISO 8601') }),
      stores: z.array(store),
      lacking: texts.describe('what keeps a store from being asked'),
      commands: z
        .array(z.strictObject({ program: text, command: text }))
        .describe('for programs with a list of their own'),
    }),
    exits: { 1: 'one store could not be changed' },
  },
  untrust: {
    document: z.strictObject({ stores: z.array(store), removed: texts }),
    exits: { 1: 'one store could not be changed' },
  },
  doctor: {
    document: z.strictObject({
      healthy: z.boolean(),
      checks: z.array(
        z.strictObject({
          id: text,
          state: z.enum(['ok', 'warning', 'failed', 'skipped']),
          cause: text.nullable(),
          evidence: text.nullable(),
          fix: text.nullable(),
        }),
      ),
    }),
    exits: { 1: 'a check failed' },
  },
  completion: { json: 'It prints a script.' },
}
