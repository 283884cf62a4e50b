import { setTimeout as pause } from 'node:timers/promises'
import type { Terminal } from '../../core/print/terminal.ts'
import type { App } from '../app.ts'
import { boardLines, isHealthy, whyOf, type Board } from './board.ts'
import { pictureOn } from './picture.ts'

/** Between the end of one look and the next. */
const restMs = 3_000
/** A look that takes long is said. */
const lateMs = 8_000

type Options = {
  readonly app: App
  readonly terminal: Terminal
  readonly json: boolean
  readonly look: () => Promise<Board>
  readonly documentOf: (board: Board) => object
}

/** Looks again and again until it is stopped: a picture at a terminal, else a line for each change. Answers whether all was well at last. */
export const watchBoard = async ({ app, terminal, json, look, documentOf }: Options): Promise<boolean> => {
  const { out, outColour } = terminal
  const isPicture = app.stdout.isTTY === true && terminal.live && !json
  const picture = pictureOn(app.stdout)
  let last: Board | undefined
  let at = Date.now()
  const draw = (): void => {
    if (!last) return
    const { columns = 80, rows = 24 } = app.stdout
    const age = Math.floor((Date.now() - at) / 1000)
    const seen = age * 1000 > lateMs ? `seen ${age} s ago; the next look takes its time` : `seen at ${clock(at)}`
    picture.draw(
      boardLines(last, `${last.name}: ${summaryOf(last)} · ${seen} · Ctrl-C ends it`, {
        columns,
        rows,
        colour: outColour,
      }),
    )
  }
  const tick = isPicture ? setInterval(draw, 1_000) : undefined
  const until = AbortSignal.any([app.signal, app.unread])
  try {
    while (!until.aborted) {
      const board = await look()
      at = Date.now()
      if (isPicture) {
        last = board
        draw()
      } else {
        const news = changesOf(last, board)
        if (json && (last === undefined || news.length > 0)) out(JSON.stringify(documentOf(board)))
        else for (const line of json ? [] : news) out(`${clock(at)} ${line}`)
        last = board
      }
      await pause(restMs, undefined, { signal: until }).catch(() => undefined)
    }
  } catch (error) {
    if (!until.aborted) throw error
  } finally {
    clearInterval(tick)
    picture.end()
  }
  return last !== undefined && isHealthy(last)
}

/** A line for each step and endpoint that stands otherwise than before; all of them at first. */
export const changesOf = (before: Board | undefined, now: Board): readonly string[] => {
  const was = before ? stands(before) : new Map<string, string>()
  const is = stands(now)
  return [
    ...[...is].filter(([key, text]) => was.get(key) !== text).map(([key, text]) => `${key}: ${text}`),
    ...[...was.keys()].filter((key) => !is.has(key)).map((key) => `${key}: no longer there`),
  ]
}

const stands = ({ statuses, endpoints }: Board): ReadonlyMap<string, string> =>
  new Map([
    ...[...statuses].map(([id, status]) => {
      const why = whyOf(status)
      return [id, why === '' ? status.state : `${status.state}, ${why}`] as const
    }),
    ...endpoints.map(({ name, url, said }) => [`${name} ${url}`, said] as const),
  ])

const summaryOf = ({ statuses, endpoints }: Board): string => {
  const ready = [...statuses.values()].filter(({ state }) => state === 'ready').length
  const answer = endpoints.filter(({ answers }) => answers).length
  return `${ready} of ${statuses.size} ready${endpoints.length > 0 ? `, ${answer} of ${endpoints.length} answer` : ''}`
}

const clock = (at: number): string => new Date(at).toTimeString().slice(0, 8)
