import type { Command } from 'commander'
import type { App } from '../../app/app.ts'
import { complete } from './complete.ts'
import { offersText } from './offers.ts'

/** `__complete -- WORDS…`, which the shells' scripts call. Whatever is wrong, the line that somebody types is no place to say it. */
export const answer = async (
  app: App,
  args: readonly string[],
  programFor: (words: readonly string[]) => Promise<Command>,
): Promise<void> => {
  try {
    const words = args[0] === '--' ? args.slice(1) : args
    // The last word is still being written: it names no command yet.
    const program = await programFor(words.slice(0, -1))
    app.terminal({}).out(offersText(complete(program, words, app.cwd)))
  } catch {
    // Nothing is offered.
  }
}
