import { spawn } from 'node:child_process'

/** What came of one command of kindup: its exit code, and what it printed as its result. */
export type Ran = { readonly code: number; readonly stdout: string }

/**
 * Runs the published package. Its progress goes into the log of the job. The action comes as a checkout without its
 * packages, so that nothing of kindup's own way to run programs is there.
 */
export const kindup = async (program: string, words: readonly string[], folder: string): Promise<Ran> => {
  const child = spawn('npx', ['--yes', program, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  const pieces: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => void pieces.push(piece))
  const code = await new Promise<number>((done, failed) => {
    child.once('error', failed)
    child.once('close', (ended) => done(ended ?? 1))
  })
  return { code, stdout: Buffer.concat(pieces).toString('utf8') }
}
