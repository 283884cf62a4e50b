// `node --import` of this file: writes the path of each file that the process opens to read, one a line, where
// KINDUP_READ says; what Node itself loads is not among them.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import process from 'node:process'

const read = []
const note = (path) => void (typeof path === 'string' && read.push(path))
const write = fs.writeFileSync
for (const of of [fs, fs.promises])
  for (const name of ['readFile', 'readFileSync', 'createReadStream']) {
    const own = of[name]
    if (own)
      of[name] = (path, ...more) => {
        note(path)
        return own.call(of, path, ...more)
      }
  }
syncBuiltinESMExports()
process.on('exit', () => write(process.env.KINDUP_READ, read.join('\n')))
