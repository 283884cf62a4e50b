/** Whether a value has others in it: a map or a list. */
export const isHolder = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null
