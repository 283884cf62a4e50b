import { PassThrough, Readable, type Writable } from 'node:stream'
import type { RunIn, SessionStreams, Sink } from '../../cluster/kube/session.ts'
import type { Ran, ContainerRef } from '../../cluster/kube/exec.ts'
import type { App } from '../app.ts'

type Call = { readonly at: ContainerRef; readonly command: readonly string[] }

/**
 * Runs a program with what is typed here, and shows what it writes: at a terminal with a terminal of its own, which gets every key and
 * every change of size; else with standard output and error apart. The terminal is as it was before, however it ends.
 */
export const talk = async (
  runIn: RunIn,
  { at, command }: Call,
  { stdin, stdout, stderr, signal }: App,
): Promise<Ran> => {
  const isScreen = stdin.isTTY === true && stdout.isTTY === true && stdin.setRawMode !== undefined
  const typed = new PassThrough()
  const keys = stdin instanceof Readable ? stdin : undefined
  if (isScreen) stdin.setRawMode?.(true)
  if (keys) keys.pipe(typed)
  else typed.end()
  const streams: SessionStreams = {
    stdin: typed,
    stdout: writing(stdout),
    stderr: writing(stderr),
    ...(isScreen && { screen: stdout }),
  }
  try {
    return await runIn(at, command, streams, signal)
  } finally {
    keys?.unpipe(typed)
    // What is not read any more does not keep the process.
    keys?.pause()
    if (keys && 'unref' in keys && typeof keys.unref === 'function') keys.unref()
    if (isScreen) stdin.setRawMode?.(false)
  }
}

/** A reader who has gone reads no more; the program is not told. */
const writing =
  (to: Writable): Sink =>
  (chunk, done) =>
    void to.write(chunk, () => done())

const textOf = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString('utf8')

/** What a program writes, kept: nothing is typed. */
export const heard = async (
  runIn: RunIn,
  { at, command }: Call,
  signal: AbortSignal,
): Promise<Ran & { readonly stdout: string; readonly stderr: string }> => {
  const kept: { readonly stdout: Buffer[]; readonly stderr: Buffer[] } = { stdout: [], stderr: [] }
  const keep =
    (which: keyof typeof kept): Sink =>
    (chunk, done) => {
      kept[which].push(chunk)
      done()
    }
  const ran = await runIn(at, command, { stdout: keep('stdout'), stderr: keep('stderr') }, signal)
  return { ...ran, stdout: textOf(kept.stdout), stderr: textOf(kept.stderr) }
}
