import { once } from 'node:events'
import { connect } from 'node:net'
import { fieldsAt, numberAt, textAt, valueAt } from '../../core/fields.ts'

type Message = Readonly<Record<string, unknown>>
/** Where a debugger is to stop, by the path that it knows the file by. */
type Spot = { readonly path: string; readonly line: number }

/** Messages in the order that they come, taken by whoever waits for one of a kind. */
const inbox = () => {
  const come: Message[] = []
  const waiting: (() => void)[] = []
  let over: Error | undefined
  const wake = (): void => waiting.splice(0).forEach((one) => one())
  return {
    put: (one: Message) => (come.push(one), wake()),
    end: (why: Error) => ((over ??= why), wake()),
    next: async (isMeant: (one: Message) => boolean): Promise<Message> => {
      for (let seen = 0; ;) {
        for (; seen < come.length; seen++) if (isMeant(come[seen]!)) return come[seen]!
        if (over) throw over
        await new Promise<void>((done) => waiting.push(done))
      }
    },
  }
}

/** Stops Node.js at a line by the protocol of its inspector; resolves with the function that it stopped in. */
export const stopNode = async (port: number, { path, line }: Spot): Promise<string> => {
  const list: unknown = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()
  const socket = new WebSocket(textAt(Array.isArray(list) ? list[0] : undefined, 'webSocketDebuggerUrl') ?? '')
  const { put, end, next } = inbox()
  socket.addEventListener('message', ({ data }) => put(JSON.parse(String(data)) as Message))
  socket.addEventListener('close', () => end(new Error('the inspector closed')))
  await once(socket, 'open')
  const ask = (id: number, method: string, params: object = {}): Promise<Message> => {
    socket.send(JSON.stringify({ id, method, params }))
    return next((one) => one['id'] === id)
  }
  await ask(1, 'Debugger.enable')
  await ask(2, 'Debugger.setBreakpointByUrl', { url: `file://${path}`, lineNumber: line - 1 })
  const stopped = await next((one) => one['method'] === 'Debugger.paused')
  const frames = valueAt(stopped, 'params', 'callFrames')
  await ask(3, 'Debugger.resume')
  socket.close()
  return textAt(Array.isArray(frames) ? frames[0] : undefined, 'functionName') ?? ''
}

/** Stops what runs at a line by the Debug Adapter Protocol, as editors do; resolves with the function that it stopped in. */
export const stopByAdapter = async (port: number, attach: object, { path, line }: Spot): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  const { put, end, next } = inbox()
  let rest = Buffer.alloc(0)
  socket.on('data', (more: Buffer) => {
    rest = Buffer.concat([rest, more])
    for (;;) {
      const head = /^[^]*?Content-Length: (\d+)\r\n\r\n/.exec(rest.toString('latin1'))
      const length = Number(head?.[1] ?? 0)
      if (!head || rest.length < head[0].length + length) return
      put(JSON.parse(rest.subarray(head[0].length, head[0].length + length).toString()) as Message)
      rest = rest.subarray(head[0].length + length)
    }
  })
  socket.on('error', end)
  socket.on('close', () => end(new Error('the debugger closed')))
  await once(socket, 'connect')
  let seq = 0
  const send = (command: string, args: object = {}): number => {
    const text = JSON.stringify({ seq: ++seq, type: 'request', command, arguments: args })
    socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)
    return seq
  }
  const ask = async (command: string, args: object = {}): Promise<unknown> => {
    const own = send(command, args)
    const answer = await next((one) => one['type'] === 'response' && one['request_seq'] === own)
    if (answer['success'] !== true) throw new Error(`${command}: ${JSON.stringify(answer)}`)
    return answer['body']
  }
  await ask('initialize', { adapterID: 'test', pathFormat: 'path', linesStartAt1: true })
  // One of the adapters answers it once all is configured.
  send('attach', attach)
  await next((one) => one['event'] === 'initialized')
  await ask('setBreakpoints', { source: { path }, breakpoints: [{ line }] })
  send('configurationDone')
  const stopped = await next((one) => one['event'] === 'stopped')
  const threadId = numberAt(stopped, 'body', 'threadId') ?? 1
  const trace = valueAt(await ask('stackTrace', { threadId, levels: 1 }), 'stackFrames')
  await ask('continue', { threadId })
  await ask('disconnect', { terminateDebuggee: false })
  socket.destroy()
  return textAt(Array.isArray(trace) ? fieldsAt(trace[0]) : undefined, 'name') ?? ''
}
