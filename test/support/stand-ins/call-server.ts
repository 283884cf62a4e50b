import { createServer, type Socket } from 'node:net'

/** One run of a stand-in program. */
export type Call = {
  readonly program: string
  readonly args: readonly string[]
  /** As the user would write it: `docker volume inspect kindup-shop`. */
  readonly line: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of the process that stands in. */
  readonly pid: number
  /** Aborted when the process is killed. */
  readonly signal: AbortSignal
  readonly stdin: () => Promise<string>
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** What a program does with a call: its exit code. */
export type Program = (call: Call) => Promise<number> | number

/**
 * Answers the calls of all stand-in programs over a socket. `untold` hears of calls that nobody said how to answer:
 * the program that throws ends with 64.
 */
export const serveCalls = async (
  socket: string,
  answer: Program,
  untold: (message: string) => void,
): Promise<AsyncDisposable> => {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (connection) => {
    open.add(connection)
    connection.on('close', () => open.delete(connection))
    connection.on('error', () => connection.destroy())
    takeCall(connection, answer, untold).catch(() => connection.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socket, resolve)
  })
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const connection of open) connection.destroy()
      await closed
    },
  }
}

const takeCall = async (connection: Socket, answer: Program, untold: (message: string) => void): Promise<void> => {
  const killed = new AbortController()
  const head = Promise.withResolvers<string>()
  const input = Promise.withResolvers<string>()
  let text = ''
  connection.setEncoding('utf8')
  connection.on('data', (chunk: string) => {
    text += chunk
    if (text.includes('\n')) head.resolve(text.slice(0, text.indexOf('\n')))
  })
  connection.on('end', () => input.resolve(text.slice(text.indexOf('\n') + 1)))
  connection.on('close', () => killed.abort(new Error('killed')))
  const { program, args, env, pid } = JSON.parse(await head.promise) as Pick<Call, 'program' | 'args' | 'env' | 'pid'>
  const send = (part: object): void => {
    if (!connection.destroyed) connection.write(`${JSON.stringify(part)}\n`)
  }
  const line = [program, ...args].join(' ')
  try {
    const code = await answer({
      program,
      args,
      line,
      env,
      pid,
      signal: killed.signal,
      stdin: () => input.promise,
      out: (out) => send({ out }),
      err: (err) => send({ err }),
    })
    send({ exit: code })
  } catch (error) {
    if (killed.signal.aborted) return
    const message = `nobody told what \`${line}\` does: ${String(error)}`
    untold(message)
    send({ err: `${message}\n` })
    send({ exit: 64 })
  }
}
