/** What several ask for at the same time is done once, and what was done less than `restMs` ago is not done again. */
export const seldom = <T>(
  work: () => Promise<T>,
  restMs: number,
  now: () => number = () => performance.now(),
): (() => Promise<T>) => {
  let running: Promise<T> | undefined
  let until = -Infinity
  return () => {
    if (running && now() < until) return running
    until = Infinity
    const mine = work()
    running = mine
    mine.then(
      () => (until = now() + restMs),
      // A failure is told to those who wait for it, and to nobody later.
      () => (until = -Infinity),
    )
    return mine
  }
}
