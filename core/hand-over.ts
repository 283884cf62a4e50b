import { nodeSpawn, type Spawn } from './run.ts'

export type HandOver = {
  readonly input?: string
  /** All of it. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Default: that of Node. */
  readonly spawn?: Spawn
}

/** A browser that was not there yet goes on for as long as somebody reads. */
const handOverMs = 2_000

/** Hands something to a program of the desktop, which may go on after this one. False where it is not there, or has failed. */
export const handOver = (program: string, args: readonly string[], options: HandOver): Promise<boolean> =>
  new Promise((resolve) => {
    const child = (options.spawn ?? nodeSpawn)(program, args, {
      env: { ...options.env },
      detached: true,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
    })
    const still = setTimeout(() => {
      child.unref()
      resolve(true)
    }, handOverMs)
    const over = (took: boolean): void => {
      clearTimeout(still)
      resolve(took)
    }
    child.once('error', () => over(false)).once('exit', (code) => over(code === 0))
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input)
  })
