import { messageOf } from '../errors.ts'

/** What failures of steps are called in progress: the first line of each cause once, and then the step that said it. */
export const makeCauseOnce = (): ((id: string, error: unknown) => string) => {
  const saidBy = new Map<string, string>()
  return (id, error) => {
    const text = messageOf(error).split('\n')[0] ?? ''
    const before = saidBy.get(text)
    if (before !== undefined) return `as ${before}`
    saidBy.set(text, id)
    return text
  }
}
