import { isMap, isScalar, parseDocument } from 'yaml'
import { fieldsAt } from '../../core/fields.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { CommandError, type Run } from '../../core/run.ts'
import type { Context } from '../../core/step.ts'
import type { Data } from './data.ts'
import { parseEnvFile } from './env-file.ts'

/** A file that SOPS encrypted, as far as it can be read without a key. */
export type SopsFile = {
  readonly file: string
  readonly format: 'yaml' | 'json' | 'dotenv'
  /** SOPS leaves the keys readable. */
  readonly keys: readonly string[]
  /** Of the encrypted text: it tells nothing of the values. */
  readonly hash: string
  readonly problems: readonly Problem[]
}

/** Reads what is readable of an encrypted file: its keys. A Secret's manifest counts by its `data` and `stringData`. */
export const readSopsFile = (file: string, text: string): SopsFile => {
  const format = formatOf(file)
  const { keys, problems } = format === 'dotenv' ? keysOfDotenv(file, text) : keysOfDocument(file, text)
  return { file, format, keys, hash: hashOf(text), problems }
}

const formatOf = (file: string): SopsFile['format'] =>
  /\.ya?ml$/i.test(file) ? 'yaml' : /\.json$/i.test(file) ? 'json' : 'dotenv'

type Keys = Pick<SopsFile, 'keys' | 'problems'>

const wrong = (at: Place, message: string, hint?: string): Keys => ({
  keys: [],
  problems: [{ severity: 'error', at, message, ...(hint === undefined ? {} : { hint }) }],
})

const plain = (file: string): Keys =>
  wrong({ file }, 'This file is not encrypted with SOPS.', `Encrypt it: sops --encrypt --in-place ${file}`)

const keysOfDotenv = (file: string, text: string): Keys => {
  const { entries } = parseEnvFile(text)
  if (!entries.some(({ key }) => key.startsWith('sops_'))) return plain(file)
  return { keys: entries.map(({ key }) => key).filter((key) => !key.startsWith('sops_')), problems: [] }
}

const keysOfDocument = (file: string, text: string): Keys => {
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false })
  if (document.errors.length > 0 || !isMap(document.contents))
    return wrong({ file }, 'This file is no map of keys and encrypted values.')
  if (!document.has('sops')) return plain(file)
  const sections = document.get('kind') === 'Secret' ? ['data', 'stringData'] : undefined
  const maps = sections ? sections.map((name) => document.get(name)) : [document.contents]
  const pairs = maps.flatMap((map) => (isMap(map) ? map.items : []))
  const found = pairs
    .map(({ key, value }) => ({ name: String(isScalar(key) ? key.value : key), value }))
    .filter(({ name }) => sections !== undefined || name !== 'sops')
  const deep = found.filter(({ value }) => value !== null && !isScalar(value))
  return {
    keys: found.map(({ name }) => name),
    problems: deep.map(({ name }) => ({
      severity: 'error',
      at: { file },
      message: `${name} holds more keys: a Secret has one text for each key.`,
      hint: 'Write it flat, or as a file of its own.',
    })),
  }
}

/** Asks the program `sops` for the values. Throws EnvironmentError `tool-missing`, `sops-failed`; no value is in either. */
export const decrypt = async ({ file, format }: SopsFile, run: Run, ctx: Context): Promise<Data> => {
  const said = await run('sops', ['--decrypt', '--input-type', format, '--output-type', 'json', file], {
    signal: ctx.signal,
    timeoutMs: 60_000,
  }).catch((error: unknown) => {
    throw error instanceof CommandError ? refused(error, file) : error
  })
  // Read as YAML, which JSON is a part of: its numbers may be longer than those of JSON.parse.
  const value: unknown = parseDocument(said.stdout, { intAsBigInt: true, logLevel: 'silent' }).toJS()
  if (!isRecord(value)) throw new EnvironmentError('sops-failed', `What sops decrypted of ${file} is no map of keys.`)
  if (value['kind'] !== 'Secret') return new Map(Object.entries(value).map(([key, one]) => [key, bytes(one)]))
  return new Map([
    ...Object.entries(fieldsAt(value, 'data')).map(([key, one]): [string, Buffer] => [
      key,
      Buffer.from(String(one), 'base64'),
    ]),
    ...Object.entries(fieldsAt(value, 'stringData')).map(([key, one]): [string, Buffer] => [key, bytes(one)]),
  ])
}

/** Deeper values were refused before: their keys are readable. */
const bytes = (value: unknown): Buffer =>
  Buffer.from(['string', 'number', 'bigint', 'boolean'].includes(typeof value) ? String(value) : '')

/** Without the cause, which holds what the program wrote before it failed. */
const refused = (error: CommandError, file: string): EnvironmentError => {
  if (error.code === 'command-missing')
    return new EnvironmentError(
      'tool-missing',
      `There is no program \`sops\` on the PATH, and ${file} is encrypted with it.`,
      {
        hints: ['Install it: https://github.com/getsops/sops/releases (macOS: brew install sops)'],
      },
    )
  const lines = error.stderr
    .trim()
    .split('\n')
    .filter((line) => line.trim() !== '')
  const why = error.code === 'timed-out' ? 'it took longer than a minute' : lines.slice(0, 12).join('\n')
  return new EnvironmentError('sops-failed', `sops could not decrypt ${file}${why === '' ? '.' : `: ${why}`}`, {
    hints: [
      `Try it by hand: sops --decrypt ${file}`,
      'It needs the key: SOPS_AGE_KEY_FILE, gpg, or the login of your cloud.',
    ],
  })
}
