import type { SmokeResult } from './smoke.ts'

/** A result as documents have it: without what was answered, which is for a page. */
export const smokeDocument = ({ body: _body, ...rest }: SmokeResult): Omit<SmokeResult, 'body'> => rest
