import { cutAtWord } from './cut-at-word.ts'
import type { ListrDefaultRendererLogLevels } from 'listr2'
import type { Plan } from '../plan.ts'
import type { Step } from '../step.ts'
import type { Listener } from '../walk.ts'
import type { Usual } from '../usual-times.ts'
import { makeCauseOnce } from './cause-once.ts'
import { foldRows, type RowState } from './fold-rows.ts'
import type { Terminal } from './terminal.ts'
import { wrapped } from './wrapped.ts'

/**
 * A list that redraws itself, one row a step with what it is doing now; done steps fold where the terminal is too low for
 * all. Resolves `shown` once the last row has ended; `passing`: it takes itself away then.
 */
export const liveProgress = async (
  plan: Plan,
  { colour, width: columns }: Terminal,
  { passing = false, usual = () => undefined }: { readonly passing?: boolean; readonly usual?: Usual } = {},
): Promise<{ listener: Listener; shown: Promise<void> }> => {
  const { DefaultRenderer, Listr, ListrLogger, ProcessOutput } = await import('listr2')
  const rows = new Map(
    plan
      .filter(({ action }) => action !== 'none')
      .map(({ step }) => [
        step.id,
        { step, row: Promise.withResolvers<Row>(), end: Promise.withResolvers<string | Error | NotStarted>() },
      ]),
  )
  type Row = { title: string; output: string; skip(message: string): void }
  const width = Math.max(...[...rows.keys()].map((id) => id.length))
  const usually = [...rows.keys()].map((id) => ofUsual(usual(id)))
  const withUsual = '100 s'.length + Math.max(...usually.map((text) => text.length))
  // Ids so long that the time would be cut leave no room for the usual one.
  const hasRoom = mark + width + 2 + withUsual <= columns - margin
  const timeWidth = hasRoom ? Math.max(8, withUsual) : 8
  const runningTime = (id: string, begun: number): string => `${running(begun)}${hasRoom ? ofUsual(usual(id)) : ''}`
  /** The time before the title: what does not fit is cut at the end while it runs. */
  const titleOf = ({ id, title }: Pick<Step, 'id' | 'title'>, time = ''): string =>
    `${id.padEnd(width)}  ${time.padStart(timeWidth)}  ${title}`
  const states = new Map<string, RowState>([...rows.keys()].map((id) => [id, 'waiting']))
  class Folding extends DefaultRenderer {
    /** What is left at the end has no prompt, and is whole: it may scroll. */
    override create(options?: { readonly prompt?: boolean }): string {
      const whole = super.create(options)
      if (options?.prompt === false) return whole
      // The cursor stands on a line of its own.
      return foldRows(whole.split('\n'), (process.stderr.rows || 24) - 1, states).join('\n')
    }
  }
  const since = new Map<string, number>()
  const tick = setInterval(() => {
    for (const [id, begun] of since)
      withRow(id, (row) => (row.title = titleOf(rows.get(id)!.step, runningTime(id, begun))))
  }, 1_000)
  tick.unref()
  const list = new Listr(
    [...rows.values()].map(({ step, row, end }) => ({
      title: colour.dim(titleOf(step)),
      task: async (_context: unknown, task: Row) => {
        row.resolve(task)
        const ended = await end.promise
        if (ended instanceof Error) throw ended
        if (typeof ended === 'string') task.title = ended
        else task.skip(ended.notStarted)
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      // Its own handler would end the process at once (exit 127) and leave the walk no time to clean up.
      registerSignalListeners: false,
      renderer: Folding,
      forceTTY: true,
      rendererOptions: {
        collapseErrors: true,
        clearOutput: passing,
        formatOutput: 'truncate',
        logger: new ListrLogger<ListrDefaultRendererLogLevels>({
          processOutput: new ProcessOutput(process.stderr, process.stderr),
        }),
      },
    },
  )
  const causeOf = makeCauseOnce()
  const waiting = new Set(rows.keys())
  const preparing = new Set<string>()
  /** What a row that has not begun waits for: its own preparation, or steps that have not ended. */
  const showWaiting = (): void => {
    for (const id of waiting) {
      const open = (rows.get(id)?.step.needs ?? []).filter((need) => rows.has(need) && !ended.has(need))
      withRow(
        id,
        (row) => (row.output = preparing.has(id) ? 'preparing' : open.length > 0 ? `waits for ${open.join(', ')}` : ''),
      )
    }
  }
  const ended = new Set<string>()
  const withRow = (id: string, change: (row: Row) => void): void => void rows.get(id)?.row.promise.then(change)
  return {
    shown: list.run().then(() => clearInterval(tick)),
    listener: {
      preparing: (id) => {
        preparing.add(id)
        showWaiting()
      },
      prepared: (id) => {
        preparing.delete(id)
        showWaiting()
      },
      started: (id) => {
        waiting.delete(id)
        states.set(id, 'running')
        withRow(id, (row) => {
          const begun = performance.now()
          since.set(id, begun)
          row.title = titleOf(rows.get(id)!.step, runningTime(id, begun))
          row.output = ''
        })
      },
      reported: (id, line) => withRow(id, (row) => (row.output = line)),
      ended: (id, end) => {
        const row = rows.get(id)
        if (!row) return
        ended.add(id)
        states.set(id, end === 'not-started' ? end : 'error' in end ? 'failed' : 'done')
        since.delete(id)
        waiting.delete(id)
        showWaiting()
        if (end === 'not-started') row.end.resolve({ notStarted: colour.dim(`${titleOf(row.step)} (not started)`) })
        else if ('error' in end)
          // A reason that goes on changing is cut; the last one is read. The list sets a mark before it, and a margin.
          row.end.resolve(
            new Error(wrapped(titleOf({ id, title: causeOf(id, end.error) }, took(end.seconds)), columns - margin)),
          )
        else {
          // The list cuts what is too long at its end, where the result stands: the title gives way. It sets a mark before it, and a margin.
          const whole = titleOf(row.step, took(end.seconds))
          row.end.resolve(`${cutAtWord(whole, columns - margin - mark - end.result.length)} ${colour.dim(end.result)}`)
        }
      },
    },
  }
}

/** It has no tick: nothing of it was done. */
type NotStarted = { readonly notStarted: string }

/** What the list sets before a row, and keeps free behind it. */
const [mark, margin] = [2, 4]

/** Of a step that is over at once nobody wants to know when. */
const ofUsual = (seconds: number | undefined): string =>
  seconds === undefined || seconds < 1 ? '' : ` of ~${Math.round(seconds)} s`

const running = (begun: number): string => `${Math.floor((performance.now() - begun) / 1000)} s`

const took = (seconds: number): string => `${seconds.toFixed(1)} s`
