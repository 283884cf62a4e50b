import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandError, makeRun, type Spawn } from '../../core/run.ts'
import { masked } from '../../core/mask/masked.ts'
import { secretValues } from '../../core/mask/secret-values.ts'
import { isRecord } from '../../core/is-record.ts'
import { showPath, type Path } from '../path.ts'
import type { Env } from '../interpolate.ts'
import { wrongConfig } from '../wrong-config.ts'
import { wrongCode } from './wrong-code.ts'
import { codePlaces, type CodePlaces } from './places.ts'

/** What a file of code exports: plain data, where its keys stand, and the modules it is made from. */
export type Evaluated = {
  readonly value: Record<string, unknown>
  readonly placeOf: CodePlaces
  /** The file itself and what it imports of its own, absolute. */
  readonly files: readonly string[]
}

/** Longer than a file that reads others and asks a program; one that asks the network is to be told. */
const patienceMs = 10_000

/**
 * Runs a kindup.config.ts in a Node of its own, with this environment and in its own folder, and takes what it exports.
 * Throws one ConfigError with the place in the file, whatever it does instead.
 */
export const evaluate = async (
  file: string,
  { env, spawn, timeoutMs = patienceMs }: { readonly env: Env; readonly spawn?: Spawn; readonly timeoutMs?: number },
): Promise<Evaluated> => {
  const program = fileURLToPath(new URL('evaluate.mjs', import.meta.url))
  const secrets = secretValues(env)
  const run = makeRun({ env, secrets, ...(spawn && { spawn }) })
  const refuse = (
    message: string,
    more: { readonly path?: Path; readonly source?: string; readonly hint?: string } = {},
  ) => {
    const problem = { severity: 'error', message, at: codePlaces(more.source ?? '', file)(more.path ?? []) } as const
    return wrongConfig([file], [{ ...problem, ...(more.hint === undefined ? {} : { hint: more.hint }) }])
  }
  const mark = randomUUID()
  const endedEarly = (stderr: string) => refuse(`It ended Node before it exported anything${lastWords(stderr)}.`)
  let said: string
  try {
    const args = ['--disable-warning=ExperimentalWarning', program, file, mark]
    const { stdout, stderr } = await run(process.execPath, args, { timeoutMs, cwd: dirname(file) })
    const [, told] = stdout.split(mark)
    if (told === undefined) throw endedEarly(stderr)
    said = told
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    if (error.code === 'timed-out')
      throw refuse(`It has not ended after ${timeoutMs / 1000} s.`, {
        hint: 'A configuration is read at every command: what takes long is better kept in a file that it reads.',
      })
    throw endedEarly(error.stderr)
  }
  const answer: unknown = JSON.parse(said)
  if (!isRecord(answer)) throw new Error(`evaluate.mjs printed ${said.slice(0, 100)}`)
  const files = Array.isArray(answer['files']) ? answer['files'].filter((one) => typeof one === 'string') : [file]
  const source = typeof answer['source'] === 'string' ? answer['source'] : ''
  const path: Path = Array.isArray(answer['path']) ? answer['path'] : []
  const { wrong, value, is } = answer
  if (wrong === 'unsettled') throw refuse('It waits for a promise that nothing ever settles.')
  if (wrong === 'no-export')
    throw refuse('It has no default export.', { hint: "export default defineConfig({ name: 'shop' })" })
  if (wrong === 'value')
    throw refuse(
      `${showPath(path)} is ${String(is)}; a configuration holds texts, numbers, booleans, lists and maps.`,
      {
        path,
        source,
      },
    )
  if (wrong === 'thrown')
    throw wrongCode(file, { ...answer, message: masked(String(answer['message']), secrets) }, files)
  if (!isRecord(value))
    throw refuse(
      `Its default export is ${value === null ? 'nothing' : Array.isArray(value) ? 'a list' : `a ${typeof value}`}, and must be a map of keys.`,
      { source, hint: "export default defineConfig({ name: 'shop' })" },
    )
  return { value: { ...value }, placeOf: codePlaces(source, file), files: files.length > 0 ? files : [file] }
}

const lastWords = (stderr: string): string => {
  const said = stderr.trim().split('\n').at(-1)
  return said === undefined || said === '' ? '' : `; the last that it printed was: ${said}`
}
