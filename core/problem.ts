/** A position in a file a person wrote. Lines and columns count from 1. */
export type Place = {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

/** Something wrong in the configuration or in what it points at. All of them are collected before anything is done. */
export type Problem = {
  readonly message: string
  readonly at?: Place
  /** What to do about it, as a sentence or a command that can be pasted. */
  readonly hint?: string
  /** The id of the step that it concerns, where it is about one. */
  readonly step?: string
  readonly severity: 'error' | 'warning'
  /** What several steps have in common, as the end of a sentence about them: people are told of it once. */
  readonly cause?: string
  /** It holds before `up` alone, which finds out: there it is no news. */
  readonly untilUp?: true
}

/** Problems of several steps that have one cause as one, which names the steps. */
export const byCause = (problems: readonly Problem[]): readonly Problem[] => {
  const groups = Map.groupBy(problems, (one) => one.cause ?? one)
  return [...groups].flatMap(([cause, group]) => {
    const steps = [...new Set(group.flatMap(({ step }) => step ?? []))]
    const [first] = group
    if (typeof cause !== 'string' || !first || steps.length < 2) return group
    const list = new Intl.ListFormat('en', { type: 'conjunction' }).format(steps)
    return [{ severity: first.severity, message: `${list}: ${cause}` }]
  })
}

/** `file:line:column`, the form that terminals and editors turn into a link. */
export const showPlace = (at: Place): string =>
  [at.file, at.line, at.column].filter((part) => part !== undefined).join(':')
