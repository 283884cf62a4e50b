/** What was saved together. */
export type Burst = {
  readonly paths: readonly string[]
  /** When the first of them was, as performance.now(). */
  readonly since: number
}

type BurstOptions = {
  /** A burst ends when nothing comes for so long, in milliseconds. */
  readonly quietMs: number
  /** And at the latest after this: something that writes all the time must not keep a save from being seen. */
  readonly mostMs: number
}

export type Bursts = {
  add(path: string): void
  /** Whether something has come that is not told yet. */
  readonly isOpen: () => boolean
  /** Forgets what has come and was not told yet. */
  stop(): void
}

/** Gathers what an editor, a formatter or a checkout writes one after the other, and tells it in one go. */
export const makeBursts = (tell: (burst: Burst) => void, { quietMs, mostMs }: BurstOptions): Bursts => {
  let paths = new Set<string>()
  let since = 0
  let waiting: NodeJS.Timeout | undefined
  const end = (): void => {
    const burst = { paths: [...paths], since }
    stop()
    tell(burst)
  }
  const stop = (): void => {
    clearTimeout(waiting)
    waiting = undefined
    paths = new Set()
  }
  return {
    stop,
    isOpen: () => paths.size > 0,
    add: (path) => {
      const now = performance.now()
      if (paths.size === 0) since = now
      paths.add(path)
      clearTimeout(waiting)
      waiting = setTimeout(end, Math.max(0, Math.min(quietMs, since + mostMs - now)))
    },
  }
}
