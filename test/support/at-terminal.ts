import { spawn, spawnSync } from 'node:child_process'
import process from 'node:process'
import { sayMissing } from './real-tools.ts'

/** util-linux's `script` makes a terminal; BSD's takes other flags. */
const script = '/usr/bin/script'
export const canMakeTerminal =
  process.platform === 'linux' && spawnSync(script, ['-qec', 'true', '/dev/null'], { stdio: 'pipe' }).status === 0
if (!canMakeTerminal)
  sayMissing('script', `there is no ${script} of util-linux here; questions at a terminal are not tried.`)

export type AtTerminal = { readonly code: number | null; readonly screen: string }

/** Runs a shell command at a terminal, and types each answer once its question is on the screen. */
export const atTerminal = (
  command: string,
  answers: readonly (readonly [question: string, keys: string])[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<AtTerminal> =>
  new Promise((resolve, reject) => {
    const child = spawn(script, ['-qec', command, '/dev/null'], {
      cwd,
      env: { ...env, SHELL: '/bin/sh' },
    })
    let screen = ''
    const open = [...answers]
    child.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString()
      const [next] = open
      if (next === undefined || !screen.includes(next[0])) return
      open.shift()
      child.stdin.write(next[1])
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, screen }))
  })
