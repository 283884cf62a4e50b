import type { Plan } from '../plan.ts'
import type { Listener } from '../walk.ts'
import { messageOf } from '../errors.ts'
import type { Terminal } from './terminal.ts'

/** One line when a step begins and one when it ends: for logs, pipes and CI. */
export const plainProgress = (plan: Plan, { err, colour }: Terminal): Listener => {
  const titles = new Map(plan.map(({ step }) => [step.id, step.title]))
  const line = (mark: string, id: string, rest: string): void =>
    err(`${mark} ${id}  ${colour.dim(titles.get(id) ?? '')}${rest}`)
  return {
    started: (id) => line(colour.cyan('…'), id, ''),
    ended: (id, end) => {
      if (end === 'not-started') line(colour.dim('-'), id, colour.dim(' (not started)'))
      else if ('error' in end)
        line(colour.red('✗'), id, `: ${messageOf(end.error).split('\n')[0]} (${end.seconds.toFixed(1)} s)`)
      else line(colour.green('✓'), id, colour.dim(` (${end.result}, ${end.seconds.toFixed(1)} s)`))
    },
  }
}
