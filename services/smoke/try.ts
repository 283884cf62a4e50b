/** What came of asking once. */
export type Try = {
  readonly ok: boolean
  readonly message?: string
  readonly status?: number
  /** The beginning of what was answered: for a page, and in no document. */
  readonly body?: string
}

/** What a reader needs to see what answered. */
const mostOfBody = 2_000

export const beginningOf = (body: string): string => (body.length > mostOfBody ? `${body.slice(0, mostOfBody)}…` : body)
