/** One line of a container's log. */
export type LogLine = {
  /** Sorts as text: RFC 3339 in UTC, to the nanosecond. Empty where the API gave none. */
  readonly at: string
  readonly text: string
}

/** Reads a line as the API gives it, its time first. Go leaves zeros out at the end of the fraction: they are put back, so that times compare as text. */
export const readLogLine = (line: string): LogLine => {
  const [, second, fraction = '', zone, text] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) ?(.*)$/s.exec(line) ?? []
  if (second === undefined || text === undefined) return { at: '', text: line }
  const utc = zone === 'Z' ? second : new Date(`${second}${zone}`).toISOString().slice(0, 19)
  return { at: `${utc}.${fraction.padEnd(9, '0')}Z`, text }
}

/** Lines of several logs as one, by their times; of each log they stay in its order. A line without a time stays behind the one before it. */
export const inOrder = <Line extends LogLine>(logs: readonly (readonly Line[])[]): readonly Line[] =>
  logs
    .flatMap((lines) => {
      let last = ''
      return lines.map((line) => ({ line, at: (last = line.at > last ? line.at : last) }))
    })
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ line }) => line)
