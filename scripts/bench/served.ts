import { setTimeout as pause } from 'node:timers/promises'

/** Until the server answers with that text. Asks every 30 ms. */
export const served = async (url: string, text: string, signal: AbortSignal): Promise<void> => {
  for (;;) {
    signal.throwIfAborted()
    const answer = await fetch(url, { signal: AbortSignal.timeout(1000) })
      .then((response) => response.text())
      .catch(() => '')
    if (answer === text) return
    await pause(30, undefined, { signal })
  }
}
