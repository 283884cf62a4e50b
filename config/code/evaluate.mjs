// A program of its own: imports the module that argv names, and prints what it exports as JSON. So a configuration that hangs,
// ends the program or prints something harms nobody, and each time it is read again with all that it imports.
import { readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

const [file = '', mark = ''] = process.argv.slice(2)
// What the module prints is no result.
const print = process.stdout.write.bind(process.stdout)
process.stdout.write = process.stderr.write.bind(process.stderr)

/** What `kindup/config` is: where that is not installed, as with npx, this very kindup has it. */
const ours = new URL('../define-config.mjs', import.meta.url).href

/** Own modules that were read, for those who wait for a save. */
const files = new Set()
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'kindup/config' ? { url: ours, shortCircuit: true } : next(specifier, context),
  load: (url, context, next) => {
    if (url.startsWith('file:') && !url.includes('/node_modules/') && url !== ours) files.add(fileURLToPath(url))
    return next(url, context)
  },
})

class NoData extends Error {
  constructor(path, is) {
    super(is)
    this.path = path
  }
}

/** Every value as JSON has it; of the first that it has not, throws where it is and what. */
const plain = (value, path, above) => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'object') throw new NoData(path, typeof value === 'number' ? String(value) : `a ${typeof value}`)
  if (above.includes(value)) throw new NoData(path, 'a part of itself')
  const within = [...above, value]
  if (Array.isArray(value)) return value.map((one, index) => plain(one ?? null, [...path, index], within))
  const kind = Object.getPrototypeOf(value)
  if (kind !== null && Object.getPrototypeOf(kind) !== null)
    throw new NoData(path, value instanceof Promise ? 'a promise' : `a ${kind.constructor?.name ?? 'class'}`)
  return Object.fromEntries(
    // Left out by `undefined`, as JavaScript does.
    Object.entries(value).flatMap(([key, one]) =>
      one === undefined ? [] : [[key, plain(one, [...path, key], within)]],
    ),
  )
}

/** The file as JavaScript, each letter where it was. */
const sourceOf = () => {
  const text = readFileSync(file, 'utf8')
  try {
    return /\.[cm]?ts$/.test(file) ? stripTypeScriptTypes(text) : text
  } catch {
    return ''
  }
}

const answer = async () => {
  try {
    const module = await import(pathToFileURL(file).href)
    if (!('default' in module)) return { wrong: 'no-export' }
    const made = typeof module.default === 'function' ? await module.default() : await module.default
    try {
      return { value: made === undefined ? null : plain(made, [], []), source: sourceOf() }
    } catch (error) {
      if (!(error instanceof NoData)) throw error
      return { wrong: 'value', path: error.path, is: error.message, source: sourceOf() }
    }
  } catch (error) {
    return thrown(error)
  }
}

const thrown = (error) => {
  const { message, stack, code, name } =
    error instanceof Error
      ? error
      : { message: typeof error === 'string' ? error : inspect(error), stack: '', code: '', name: 'Error' }
  return { wrong: 'thrown', message, stack, code, name }
}

/** Behind a mark that nobody else knows: programs that the module starts may print there too. A timer of it does not keep it alive. */
const tell = (given) =>
  // oxlint-disable-next-line unicorn/no-process-exit -- a program of its own, which nothing waits for any more
  print(`${mark}${JSON.stringify({ ...given, files: [...files] })}${mark}`, () => process.exit(0))

// Of a promise that nobody waits for, too.
process.on('uncaughtException', (error) => tell(thrown(error)))
// Nothing is left to do, and a promise is still waited for.
process.on('beforeExit', () => tell({ wrong: 'unsettled' }))
tell(await answer())
