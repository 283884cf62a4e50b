#!/usr/bin/env node
// What helm starts as its post-renderer: objects on standard input, objects on standard output. The first argument is
// the file with the rules. It stands beside post-render.ts in a checkout and beside post-render.js in the package.
import { existsSync, writeFileSync } from 'node:fs'
import module from 'node:module'
import process from 'node:process'
import { text } from 'node:stream/consumers'

module.enableCompileCache?.()
const rules = process.argv[2]
try {
  const source = new URL('post-render.ts', import.meta.url)
  const { postRender } = await import((existsSync(source) ? source : new URL('post-render.js', import.meta.url)).href)
  process.stdout.write(await postRender(await text(process.stdin), rules))
} catch (error) {
  const said = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${said}\n`)
  // helm 4 keeps what a plugin says on standard error to itself.
  if (rules !== undefined) writeFileSync(`${rules}.error`, said)
  process.exitCode = 1
}
