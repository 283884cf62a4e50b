import { setTimeout as pause } from 'node:timers/promises'

/** Until the server answers with that text. Asks every 30 ms. */
export const served = async (url: string, text: string, signal: AbortSignal): Promise<void> => {
  for (;;) {
    signal.throwIfAborted()
    if ((await answerOf(url)) === text) return
    await pause(30, undefined, { signal })
  }
}

/** Undefined where there is none within a second. Each on a connection of its own: what leads elsewhere once would go on to. */
const answerOf = async (url: string): Promise<string | undefined> => {
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), 1000)
  try {
    return await (await fetch(url, { headers: { connection: 'close' }, signal: over.signal })).text()
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}
