import type { Plan } from '../plan.ts'
import type { Listener } from '../walk.ts'
import { makeCauseOnce } from './cause-once.ts'
import type { Terminal } from './terminal.ts'

/** A log that says nothing for longer makes people cancel jobs; one that says everything is not read. */
const silenceMs = 15_000

/** One line when a step begins and one when it ends, and in between what a long one waits for: for logs, pipes and CI. `passing`: the last alone. */
export const plainProgress = (
  plan: Plan,
  { err, colour }: Terminal,
  { passing = false }: { readonly passing?: boolean } = {},
): Listener => {
  const titles = new Map(plan.map(({ step }) => [step.id, step.title]))
  const line = (mark: string, id: string, rest: string): void =>
    err(`${mark} ${id}  ${colour.dim(titles.get(id) ?? '')}${rest}`)
  const causeOf = makeCauseOnce()
  const spokeAt = new Map<string, number>()
  const later = new Map<string, NodeJS.Timeout>()
  return {
    started: (id) => {
      spokeAt.set(id, performance.now())
      if (!passing) line(colour.cyan('…'), id, '')
    },
    reported: (id, text) => {
      const since = spokeAt.get(id)
      if (since === undefined) return
      clearTimeout(later.get(id))
      const say = (): void => {
        spokeAt.set(id, performance.now())
        err(colour.dim(`  ${id}: ${text}`))
      }
      // A reason that stays is reported once, and may be the last for minutes: it is kept until it is its turn.
      const left = silenceMs - (performance.now() - since)
      if (left <= 0) say()
      else later.set(id, setTimeout(say, left).unref())
    },
    ended: (id, end) => {
      clearTimeout(later.get(id))
      if (passing) return
      if (end === 'not-started') line(colour.dim('-'), id, colour.dim(' (not started)'))
      else if ('error' in end) line(colour.red('✗'), id, `: ${causeOf(id, end.error)} (${end.seconds.toFixed(1)} s)`)
      else line(colour.green('✓'), id, colour.dim(` (${end.result}, ${end.seconds.toFixed(1)} s)`))
    },
  }
}
