import type { ChalkInstance } from 'chalk'
import { redactingLines } from '../../core/mask/redacted-lines.ts'
import { shownLine } from '../../core/print/shown-line.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import { keyOf, nameOf, type PodContainer } from './containers.ts'
import { inOrder } from './log-line.ts'
import type { Said } from './read-logs.ts'

/** Hides secrets in what containers say; the lines of each come in their order. */
export const hidingIn = (secrets: () => readonly string[]): ((lines: readonly Said[]) => readonly Said[]) => {
  const by = new Map<string, ReturnType<typeof redactingLines>>()
  return (lines) => {
    const [first] = lines
    if (!first) return lines
    const key = keyOf(first.from)
    const redacting = by.get(key) ?? redactingLines(secrets)
    by.set(key, redacting)
    const shown = redacting(lines.map(({ text }) => text))
    return lines.map((line, index) => ({ ...line, text: shown[index] ?? '' }))
  }
}

/** Prints lines behind who said them: each pod in a colour of its own, names in a column. */
export const logPrinter = (
  { out, outColour, outColumns }: Pick<Terminal, 'out' | 'outColour' | 'outColumns'>,
  known: readonly PodContainer[],
): ((lines: readonly Said[]) => void) => {
  const colours: readonly ChalkInstance[] = [
    outColour.cyan,
    outColour.yellow,
    outColour.green,
    outColour.magenta,
    outColour.blue,
    outColour.cyanBright,
    outColour.yellowBright,
    outColour.greenBright,
    outColour.magentaBright,
  ]
  const namespaces = new Set(known.map(({ namespace }) => namespace))
  const nameFor = (one: PodContainer): string => (namespaces.size > 1 ? keyOf(one) : nameOf(one))
  const taken = new Map<string, ChalkInstance>()
  const colourOf = ({ namespace, pod }: PodContainer): ChalkInstance => {
    const key = `${namespace}/${pod}`
    const colour = taken.get(key) ?? colours[taken.size % colours.length] ?? outColour
    taken.set(key, colour)
    return colour
  }
  let width = Math.max(0, ...known.map((one) => nameFor(one).length))
  const isTerminal = outColumns !== Infinity
  const shown = (text: string): string => (isTerminal ? shownLine(text, { colours: outColour.level > 0 }) : text)
  return (lines) => {
    if (lines.length === 0) return
    for (const { from } of lines) {
      namespaces.add(from.namespace)
      width = Math.max(width, nameFor(from).length)
    }
    out(lines.map(({ from, text }) => `${colourOf(from)(nameFor(from).padEnd(width))}  ${shown(text)}`).join('\n'))
  }
}

/** A line as `--json` has it. */
export const lineDocument = ({ at, text, from }: Said): object => ({
  at: at === '' ? null : at,
  step: from.entry.id,
  namespace: from.namespace,
  pod: from.pod,
  container: from.container,
  text,
})

/** What is said at the same time by several comes in the order of its times: it is kept for a moment. */
const momentMs = 150

/** Hands lines on in bursts, each in order; `rest` hands on what is kept. */
export const inBursts = (
  print: (lines: readonly Said[]) => void,
): { readonly add: (lines: readonly Said[]) => void; readonly rest: () => void } => {
  let kept: (readonly Said[])[] = []
  let timer: NodeJS.Timeout | undefined
  const rest = (): void => {
    clearTimeout(timer)
    timer = undefined
    const lines = inOrder(kept)
    kept = []
    print(lines)
  }
  return {
    add: (lines) => {
      kept.push(lines)
      timer ??= setTimeout(rest, momentMs)
    },
    rest,
  }
}
