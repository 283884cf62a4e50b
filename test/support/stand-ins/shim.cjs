// What stands on PATH as docker or kind: hands its call to the test and does what that answers. CommonJS, because it starts faster.
const net = require('node:net')
const process = require('node:process')

module.exports = (program, socket) => {
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
    if (exit !== undefined) end(exit)
  }
  const call = { program, args: process.argv.slice(2), env: process.env, pid: process.pid }
  connection.write(`${JSON.stringify(call)}\n`)
  process.stdin.pipe(connection)
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
