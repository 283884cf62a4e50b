#!/usr/bin/env node
// Plain JavaScript, so that a Node that is too old can still say so.
import module from 'node:module'
import process from 'node:process'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `✗ kindup needs Node 22.19 or newer, and this is ${process.version} (${process.execPath}).\n` +
      '  → In a checkout, `npm ci` brings the right one and `npm run up` uses it.\n' +
      '  → Elsewhere npx brings one: npx -p node@26 -p kindup kindup up\n',
  )
  process.exitCode = 1
} else {
  module.enableCompileCache?.()
  const { main } = await import('./main.ts')
  process.exitCode = await main(process.argv.slice(2))
}
