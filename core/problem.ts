/** A position in a file a person wrote. Lines and columns count from 1. */
export type Place = {
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** Of a value that is made by a program and written nowhere: `services.web.deploy`, and line and column of what it is in. */
  readonly path?: string
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
  /** What several steps have in common, as the end of a sentence about them. */
  readonly cause?: string
  /** What it comes from, where other problems come from the same: all of them are said as one. Left out: no other but its copies. */
  readonly root?: string
  /** Where else the same shows, and in which other steps. */
  readonly also?: { readonly steps: readonly string[]; readonly places: readonly Place[] }
  /** The kind that it lacks, and that something which is not rendered yet may bring. */
  readonly awaits?: { readonly apiVersion: string; readonly kind: string }
  /** It holds before `up` alone, which finds out: there it is no news. */
  readonly untilUp?: true
}

/** Problems that come from the same as one, the first of them, which tells where else it shows. */
export const saidOnce = (problems: readonly Problem[]): readonly Problem[] =>
  [...Map.groupBy(problems, rootOf).values()].flatMap((group) => {
    const [first] = group
    if (!first || group.length === 1) return group
    const steps = [
      ...new Set(group.flatMap(({ step, also }) => [...(step === undefined ? [] : [step]), ...(also?.steps ?? [])])),
    ]
    const all = group.flatMap(({ at, also }) => [...(at ? [at] : []), ...(also?.places ?? [])])
    const [, ...places] = [...new Map(all.map((at) => [showPlace(at), at])).values()]
    const severity = group.some((one) => one.severity === 'error') ? 'error' : 'warning'
    const lasts = group.some(({ untilUp }) => !untilUp)
    const { untilUp: _untilUp, ...rest } = first
    const message =
      first.cause !== undefined && steps.length > 1 ? `${list.format(steps)}: ${first.cause}` : first.message
    const others = steps.filter((step) => step !== first.step)
    return [
      {
        ...(lasts ? rest : first),
        severity,
        message,
        ...(others.length + places.length > 0 ? { also: { steps: others, places } } : {}),
      },
    ]
  })

const rootOf = ({ root, cause, severity, message, at, hint }: Problem): string =>
  root ?? cause ?? JSON.stringify([severity, message, at && showPlace(at), hint])

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** `file:line:column`, the form that terminals and editors turn into a link. */
export const showPlace = (at: Place): string =>
  `${[at.file, at.line, at.column].filter((part) => part !== undefined).join(':')}${at.path === undefined ? '' : ` (${at.path})`}`
