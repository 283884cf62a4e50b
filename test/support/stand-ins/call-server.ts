import { execFileSync } from 'node:child_process'
import { accessSync, constants, mkdirSync, openSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { untoldMessage, type Program, type Untold } from './call.ts'

export type CallServer = AsyncDisposable & {
  /** The script of a program whose calls are answered here; `real` runs in its place when the answer is 0. */
  readonly script: (program: string, real?: string) => string
  /** To be called before anything may run one of the scripts. */
  readonly listen: () => void
}

/** How often a call that is under way is looked at: a process that was killed takes no more words. */
const heartbeatMs = 50

/**
 * Answers the calls of all stand-in programs through pipes in a folder. They are shell scripts that do what they are
 * told, because a call of theirs must cost little: one `up` makes forty.
 */
export const serveCalls = (folder: string, answer: Program, untold: Untold): CallServer => {
  const mkfifo = onPath('mkfifo')
  const calls = new Map<string, ReturnType<typeof takeCall>>()
  let ringing: Socket | undefined
  const ring = (pid: string): void => {
    const known = calls.get(pid)
    if (known) return known.rung()
    const pipe = openPipe(join(folder, pid))
    // Killed before it was answered.
    if (pipe === undefined) return undefined
    const call = takeCall(folder, pid, pipe, answer, untold)
    calls.set(pid, call)
    call.over.finally(() => calls.delete(pid)).catch(() => undefined)
    return undefined
  }
  return {
    script: (program, real) => {
      const start = real === undefined ? ':' : `real() { exec 3<&-; exec '${real}' "$@"; }`
      return script({ folder, program, start, mkfifo })
    },
    listen: () => {
      if (ringing) return
      const bell = join(folder, 'bell')
      mkdirSync(folder)
      execFileSync(mkfifo, [bell])
      ringing = new Socket({ fd: openSync(bell, constants.O_RDWR | constants.O_NONBLOCK), writable: false })
      createInterface({ input: ringing }).on('line', ring)
    },
    [Symbol.asyncDispose]: async () => {
      const open = [...calls.values()]
      for (const call of open) call.end()
      await Promise.all(open.map(({ over }) => over))
      ringing?.destroy()
    },
  }
}

/** Says who calls, and then does each line that comes back. Both ends of its pipe are open, so that no side waits for the other. */
const script = ({
  folder,
  program,
  start,
  mkfifo,
}: Record<'folder' | 'program' | 'start' | 'mkfifo', string>) => `#!/bin/sh
f='${folder}'/$$
ring() { printf '%s\\n' $$ > '${folder}/bell'; }
${start}
'${mkfifo}' "$f" && exec 3<> "$f" || exit 64
printf '%s\\0' '${program}' "$@" > "$f.args"
ring
while IFS= read -r line <&3; do eval "$line"; done
`

/** Undefined where nobody reads at the other end any more. */
const openPipe = (file: string): number | undefined => {
  try {
    return openSync(file, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return undefined
    throw error
  }
}

const takeCall = (folder: string, pid: string, fd: number, answer: Program, untold: Untold) => {
  const file = join(folder, pid)
  const killed = new AbortController()
  const pipe = new Socket({ fd, readable: false })
  pipe.on('error', () => killed.abort(new Error('killed')))
  const tell = (command: string): void => {
    if (!pipe.destroyed) pipe.write(`${command}\n`)
  }
  const heartbeat = setInterval(() => tell(':'), heartbeatMs)
  let rung: (() => void) | undefined
  /** What a command there prints. */
  const ask = async (command: string): Promise<string> => {
    // Nobody is there to answer, and nothing would tell so again.
    killed.signal.throwIfAborted()
    const done = Promise.withResolvers<void>()
    rung = done.resolve
    killed.signal.addEventListener('abort', () => done.reject(new Error('killed')))
    tell(`${command} > "$f.said"; ring`)
    await done.promise
    return readFile(`${file}.said`, 'utf8')
  }
  const run = async (): Promise<void> => {
    const [program = '', ...args] = (await readFile(`${file}.args`, 'utf8')).split('\0').slice(0, -1)
    const line = [program, ...args].join(' ')
    try {
      const code = await answer({
        program,
        args,
        line,
        signal: killed.signal,
        // Its process leads a group, and what takes its place stays in it.
        kill: (signal) => void process.kill(-Number(pid), signal),
        stdin: () => ask(`'${onPath('cat')}'`),
        environment: () => ask('export -p'),
        out: (text) => tell(`printf %b ${quoted(text)}`),
        err: (text) => tell(`printf %b ${quoted(text)} >&2`),
      })
      tell(code === 0 ? 'command -v real > /dev/null && real "$@"; exit 0' : `exit ${code}`)
    } catch (error) {
      if (killed.signal.aborted) return
      const message = untoldMessage(line, error)
      untold(message)
      tell(`printf %b ${quoted(`${message}\n`)} >&2; exit 64`)
    }
  }
  const whole = async (): Promise<void> => {
    await run()
    clearInterval(heartbeat)
    pipe.end()
    await Promise.all(['', '.args', '.said'].map((ending) => rm(`${file}${ending}`, { force: true })))
  }
  return { over: whole(), rung: () => rung?.(), end: () => (tell('exit 64'), killed.abort(new Error('killed'))) }
}

/** One word for the shell's printf %b, on one line. */
const quoted = (text: string): string =>
  `'${text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', String.raw`\n`)
    .replaceAll("'", String.raw`'\''`)}'`

const onPath = (program: string): string => {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
  if (found === undefined) throw new Error(`there is no ${program} on the PATH`)
  return found
}
