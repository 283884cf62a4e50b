import type { Writable } from 'node:stream'

/** A picture that stands in the terminal and is drawn over itself. */
export type Picture = {
  /** Draws what differs from what stands there, in one go. */
  draw(lines: readonly string[]): void
  /** Leaves the picture where it is, and the terminal as it was. */
  end(): void
}

const escape = '\u001B['

/** Draws on a terminal: the cursor is hidden until the end, and nothing is cleared that stays, so that nothing flickers. */
export const pictureOn = (stream: Writable): Picture => {
  let before: readonly string[] = []
  let isHidden = false
  return {
    draw: (lines) => {
      if (lines.length === before.length && lines.every((line, index) => line === before[index])) return
      const start = isHidden ? '' : `${escape}?25l`
      isHidden = true
      const up = before.length > 0 ? `${escape}${before.length}A` : ''
      const rows = lines.map((line, index) => (line === before[index] ? '\n' : `\r${line}${escape}K\n`))
      // Fewer lines than before: what is below is of the last picture.
      stream.write(`${start}${up}\r${rows.join('')}${lines.length < before.length ? `${escape}J` : ''}`)
      before = lines
    },
    end: () => {
      if (isHidden) stream.write(`${escape}?25h`)
      isHidden = false
    },
  }
}
