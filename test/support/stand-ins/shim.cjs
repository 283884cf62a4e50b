// What stands on PATH as docker, kind or helm: hands its call to the test and does what that answers. CommonJS, because it starts faster.
const net = require('node:net')
const process = require('node:process')

/** `real`: a program that runs once the test has heard of the call. */
module.exports = (program, socket, real) => {
  const connection = net.connect(socket)
  let isOver = false
  const end = (code) => {
    if (isOver) return
    isOver = true
    process.exitCode = code
    connection.destroy()
    process.stdin.destroy()
  }
  const take = ({ out, err, exit }) => {
    if (out !== undefined) process.stdout.write(out)
    if (err !== undefined) process.stderr.write(err)
    if (exit === 0 && real !== undefined) run(real, end)
    else if (exit !== undefined) end(exit)
  }
  const call = { program, args: process.argv.slice(2), env: process.env, pid: process.pid }
  connection.write(`${JSON.stringify(call)}\n`)
  if (real === undefined) process.stdin.pipe(connection)
  let rest = ''
  connection.setEncoding('utf8')
  connection.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop()
    for (const line of lines) take(JSON.parse(line))
  })
  connection.on('error', () => undefined)
  connection.on('close', () => end(64))
}

const run = (real, end) => {
  const { spawn } = require('node:child_process')
  // A signal goes to the whole group: the program decides what it does, and this waits for its end.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => undefined)
  const child = spawn(real, process.argv.slice(2), { stdio: 'inherit' })
  child.on('error', () => end(64))
  child.on('close', (code, signal) => end(code ?? (signal === 'SIGKILL' ? 137 : 143)))
}
