import { WholeNumber } from './whole-number.ts'

/** Whether a value read from YAML or JSON is a map: neither a list nor null, nor a number too long for JavaScript. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WholeNumber)
