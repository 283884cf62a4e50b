import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ConfigError } from '../../core/errors.ts'
import { textAt } from '../../core/fields.ts'
import type { Place } from '../../core/problem.ts'
import { wrongConfig } from '../wrong-config.ts'
import { syntaxError } from './places.ts'

/** What a program threw before it gave a configuration, as one sentence at its line: no stack. `files`: its own modules. */
export const wrongCode = (file: string, thrown: unknown, files: readonly string[]): ConfigError => {
  const [message = '', stack = '', code = '', name = 'Error'] = ['message', 'stack', 'code', 'name'].map((key) =>
    textAt(thrown, key),
  )
  const { say, at, hint } =
    code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_UNSUPPORTED_DIR_IMPORT'
      ? notFound(message, file)
      : name === 'SyntaxError'
        ? notParsed(message, stack, file, files)
        : { say: `It throws ${name === 'Error' ? 'an error' : name}: ${sentence(message)}`, at: frameIn(stack, files) }
  const problem = { severity: 'error', message: say, at: at ?? { file, line: 1, column: 1 } } as const
  return wrongConfig([file], [{ ...problem, ...(hint === undefined ? {} : { hint }) }])
}

type Found = { readonly say: string; readonly at: Place | undefined; readonly hint?: string }

const sentence = (text: string): string => `${text.trim().replace(/\.$/, '')}.`

const notFound = (message: string, file: string): Found => {
  const [, what = '', from] = /Cannot find (?:package|module) '([^']+)' imported from (.+)$/.exec(message) ?? []
  const importer = from ?? file
  const isPackage = message.includes('Cannot find package')
  const [line, text] = lineWith(importer, isPackage ? what : (what.split(/[\\/]/).at(-1) ?? what))
  const isBare = !isPackage && /from\s+['"]\.[^'"]*\/[^'".]+['"]/.test(text)
  return {
    say: isPackage
      ? `There is no package ${what} in its folder or above it.`
      : `It imports ${what}, which is not there.`,
    at: { file: importer, line, column: 1 },
    ...(isPackage
      ? { hint: 'Install it where the file is, or leave the import out: kindup/config alone needs no installation.' }
      : isBare
        ? { hint: "Write the whole name, with its ending: './base.ts'." }
        : {}),
  }
}

const lineWith = (file: string, text: string): readonly [number, string] => {
  let lines: readonly string[] = []
  try {
    lines = readFileSync(file, 'utf8').split('\n')
  } catch {
    // It was there a moment ago.
  }
  const index = lines.findIndex((line) => line.includes(text) && /\b(?:import|from|require)\b/.test(line))
  return [Math.max(index, 0) + 1, lines[index] ?? '']
}

const notParsed = (message: string, stack: string, file: string, files: readonly string[]): Found => {
  const hint = message.includes('not supported in strip-only mode')
    ? { hint: 'Node takes the types out and compiles nothing: write it in plain JavaScript.' }
    : {}
  const [, url, line, , caret] = /^(.+?):(\d+)\n(.*\n)*?([^\S\n]*)\^/.exec(stack) ?? []
  if (url !== undefined)
    return {
      say: `It cannot be read: ${sentence(message)}`,
      at: {
        file: url.startsWith('file:') ? fileURLToPath(url) : url,
        line: Number(line),
        column: (caret?.length ?? 0) + 1,
      },
      ...hint,
    }
  // Of plain JavaScript Node tells no line.
  for (const one of [file, ...files]) {
    const wrong = /\.[cm]?js$/.test(one) ? syntaxError(readFileSync(one, 'utf8')) : undefined
    if (wrong)
      return {
        say: `It cannot be read: ${sentence(wrong.message)}`,
        at: { file: one, line: wrong.line, column: wrong.column },
      }
  }
  // What it read itself may be what cannot be read.
  const at = frameIn(stack, files)
  return { say: `It ${at ? 'throws SyntaxError' : 'cannot be read'}: ${sentence(message)}`, at, ...hint }
}

/** The uppermost place in the program's own modules. */
const frameIn = (stack: string, files: readonly string[]): Place | undefined => {
  for (const [, url = '', line, column] of stack.matchAll(/(file:\/\/[^\s)]+):(\d+):(\d+)/g)) {
    const file = fileURLToPath(url)
    if (files.includes(file)) return { file, line: Number(line), column: Number(column) }
  }
  return undefined
}
