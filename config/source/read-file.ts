import { lstatSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ConfigError, systemCode } from '../../core/errors.ts'
import { codeNames } from '../code/is-code.ts'
import { readFileNow, type Files } from '../../core/files.ts'
import type { Place } from '../../core/problem.ts'
import { shown } from '../../core/shown-command.ts'
import { whyUnread } from '../../core/why-unread.ts'

const fileName = 'kindup.yaml'

// Nothing can be done before the file is found, and on a busy machine asking without waiting finds it sooner.
const kindOf = (path: string): 'file' | 'folder' | undefined => {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.isDirectory() ? 'folder' : found?.isFile() ? 'file' : undefined
  } catch {
    return undefined
  }
}

/** Of a folder that nobody may look into, nobody can say that it has one. */
const isThere = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

/** The absolute path of the file to use: the one that was named (a folder stands for the `kindup.yaml` or `kindup.config.ts` in it), or the nearest upwards. */
export const findFile = (named: string | undefined, cwd: string): string => {
  if (named !== undefined) return namedFile(named, cwd)
  const misnamed: string[] = []
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = fileIn(folder)
    if (path !== undefined) return path
    const own = join(folder, fileName)
    const why = kindOf(own) === undefined && isThere(own) ? whyUnread(own) : undefined
    if (why !== undefined)
      throw new ConfigError(`${own} is there, and cannot be read: ${why}.`, { hints: [shown('ls', ['-l', own])] })
    const other = join(folder, 'kindup.yml')
    if (kindOf(other) === 'file') misnamed.push(other)
    if (dirname(folder) === folder) break
  }
  throw new ConfigError(`There is no ${fileName} or ${codeNames[0]} in ${resolve(cwd)} or in a folder above it.`, {
    code: 'config-missing',
    hints: [
      ...misnamed.map((path) => `${path} is there: rename it to ${fileName}, or name it with --config.`),
      'Run the command in the folder of a kindup.yaml, or name the file with --config FILE.',
      'kindup init   # looks at this folder and writes one',
    ],
  })
}

/** The configuration of a folder. Of two nobody knows which one is meant: which one wins would be found out by what is not in the cluster. */
const fileIn = (folder: string): string | undefined => {
  const [first, second] = [fileName, ...codeNames].filter((name) => kindOf(join(folder, name)) === 'file')
  if (first === undefined || second === undefined) return first === undefined ? undefined : join(folder, first)
  throw new ConfigError(`${folder} holds two configurations: ${first} and ${second}.`, {
    hints: [`Keep one of them, or name the one that is meant: --config ${first}`],
  })
}

const namedFile = (named: string, cwd: string): string => {
  const path = resolve(cwd, named)
  if (kindOf(path) === 'folder') {
    const file = fileIn(path)
    if (file !== undefined) return file
    throw new ConfigError(`--config ${named}: the folder ${path} holds no ${fileName}.`, { code: 'config-missing' })
  }
  if (kindOf(path) === 'file') return path
  const why = whyUnread(path)
  if (why !== undefined)
    throw new ConfigError(`--config ${named}: ${path} cannot be read: ${why}.`, { hints: [shown('ls', ['-l', path])] })
  throw new ConfigError(`--config ${named}: there is no file ${path}.`, { code: 'config-missing' })
}

const refuse = (message: string, hint: string, at: Place): never => {
  throw new ConfigError(message, { problems: [{ severity: 'error', message, hint, at }] })
}

/** The text of a file, without a byte order mark. What is not UTF-8 is refused with its line. */
export const readText = (file: string, files: Files = readFileNow): string => {
  let bytes: Buffer
  try {
    // Once more where nothing came, for the reason.
    bytes = files(file) ?? readFileSync(file)
  } catch (thrown) {
    const code = systemCode(thrown) || 'unknown error'
    throw new ConfigError(`${file} cannot be read (${code}).`, { cause: thrown, hints: [shown('ls', ['-l', file])] })
  }
  const start = bytes.subarray(0, 2).toString('latin1')
  if (start === '\u00ff\u00fe' || start === '\u00fe\u00ff') {
    refuse(`${file} is UTF-16.`, 'Save it as UTF-8.', { file, line: 1, column: 1 })
  }
  try {
    // The decoder drops a byte order mark by itself, so that columns count from the first letter.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const before = new TextDecoder('utf-8').decode(bytes).split('\uFFFD')[0] ?? ''
    const lines = before.split('\n')
    return refuse(`${file} is not UTF-8.`, 'Save it as UTF-8.', {
      file,
      line: lines.length,
      column: (lines.at(-1) ?? '').length + 1,
    })
  }
}
