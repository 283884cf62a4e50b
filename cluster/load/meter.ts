/** Four lines a second can be read; each chunk of an archive is one of thousands. */
const everyMs = 250

type Expected = {
  /** Bytes that come all together, where the engine tells. */
  readonly bytes: number | undefined
  /** Images that share layers send them once: it may be less. */
  readonly atMost: boolean
}

/** Takes the bytes that moved, and reports how many it were so far and how fast: `45 of 166 MB, 12 MB/s`. */
export const makeMeter = (
  report: (line: string) => void,
  expected: Expected,
  now: () => number = () => performance.now(),
): ((bytes: number) => void) => {
  const begun = now()
  let moved = 0
  let said = begun
  return (bytes) => {
    moved += bytes
    const at = now()
    if (at - said < everyMs) return
    said = at
    report(figures(moved, expected, (at - begun) / 1000))
  }
}

const figures = (moved: number, { bytes, atMost }: Expected, seconds: number): string => {
  const speed = `${megabytes(moved / seconds)} MB/s`
  // An archive is a little larger than what is in it.
  if (bytes === undefined || bytes === 0 || moved > bytes) return `${megabytes(moved)} MB, ${speed}`
  return `${megabytes(moved)} of ${atMost ? 'at most ' : ''}${megabytes(bytes)} MB, ${speed}`
}

const megabytes = (bytes: number): string => {
  const count = bytes / 1_000_000
  return count.toFixed(count < 10 ? 1 : 0)
}
