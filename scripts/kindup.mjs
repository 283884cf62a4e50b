#!/usr/bin/env node
// Plain JavaScript, so that a Node that is too old can still say so.
import { existsSync, readFileSync } from 'node:fs'
import module from 'node:module'
import process from 'node:process'

const own = process.versions.node.split('.').map(Number)
const file = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url)).find(existsSync)
/** `^22.22.2 || >=26.0.0`, as `engines` of the package has it. */
const wanted = JSON.parse(readFileSync(file, 'utf8'))
  .engines.node.split('||')
  .map((range) => {
    const [, sign, ...parts] = /(\^|>=)(\d+)\.(\d+)\.(\d+)/.exec(range)
    return { isNewer: sign === '>=', least: parts.map(Number) }
  })
const isFrom = (least) => (own.map((part, index) => part - least[index]).find((more) => more !== 0) ?? 0) >= 0

if (!wanted.some(({ isNewer, least }) => isFrom(least) && (isNewer || own[0] === least[0]))) {
  const words = wanted.map(({ isNewer, least }) => {
    const from = least.join('.').replace(/(\.0)+$/, '')
    return isNewer ? `${from} and newer` : `${least[0]} (from ${from})`
  })
  process.stderr.write(
    `✗ kindup needs Node ${words.join(', ').replace(/, (?=[^,]*$)/, ' or ')}, and this is ${process.version} (${process.execPath}).\n` +
      '  → In a checkout, `npm ci` brings the right one and `npm run up` uses it.\n' +
      '  → Elsewhere npx brings one: npx -p node@26 -p kindup kindup up\n',
  )
  process.exitCode = 1
} else {
  module.enableCompileCache?.()
  const { main } = await import('./main.ts')
  process.exitCode = await main(process.argv.slice(2))
}
