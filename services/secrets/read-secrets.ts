import { idOf } from '../../core/identity.ts'
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { fileText, roughText } from '../../core/file-text.ts'
import type { Config, SecretConfig } from '../../config/config.ts'
import { messageOf } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import { nearest } from '../../core/suggest.ts'
import type { KnownSecret } from '../../manifests/problems/secret-uses.ts'
import type { Data } from './data.ts'
import { parseEnvFile } from './env-file.ts'
import { makeHidden, type Hidden } from './hidden.ts'
import { knownKeys } from './known-keys.ts'
import { readSopsFile } from './sops.ts'
import type { SecretSource } from './source.ts'

/** The secrets of the file. */
export type Secrets = {
  readonly sources: readonly SecretSource[]
  readonly known: readonly KnownSecret[]
  readonly problems: readonly Problem[]
  readonly hidden: Hidden
}

/** Reads the files that secrets are made of: whatever is wrong in them is among the problems. Asks no cluster and decrypts nothing. */
export const readSecrets = async (config: Config): Promise<Secrets> => {
  const hidden = makeHidden(config)
  const read = await Promise.all(config.secrets.map((secret) => readOne(secret, config)))
  const sources = read.map(({ source }) => source)
  for (const { envFile, files, literals } of sources) for (const data of [envFile, files, literals]) hidden.add(data)
  const known = sources.map(({ secret, at }) => ({
    key: secret.key,
    namespaces: secret.namespaces,
    ...(secret.mount ? { mount: secret.mount } : {}),
    at,
    keys: knownKeys(secret.key, sources),
  }))
  return {
    sources,
    known,
    problems: [...read.flatMap(({ problems }) => problems), ...typeProblems(sources, known)],
    hidden,
  }
}

type Read = { readonly source: SecretSource; readonly problems: readonly Problem[] }

const readOne = async (secret: SecretConfig, config: Config): Promise<Read> => {
  const { key, from } = secret
  const step = idOf({ kind: 'secret', name: key })
  const problems: Problem[] = []
  const add = (found: readonly Omit<Problem, 'step'>[]) => problems.push(...found.map((one) => ({ ...one, step })))
  const bytesOf = async (file: string, where: string): Promise<Buffer> => {
    try {
      return await readFile(file)
    } catch (error) {
      const at = config.at(['secrets', key, 'from', where])
      add([{ severity: 'error', at, message: `${file} cannot be read: ${messageOf(error)}.` }])
      return Buffer.alloc(0)
    }
  }
  const textOf = async (file: string, where: string): Promise<string> => {
    const bytes = await bytesOf(file, where)
    const text = fileText(bytes)
    // UTF-16 without a mark is read as letters with zeros between them.
    const isText = text !== undefined && !text.includes('\0')
    if (!isText)
      add([
        {
          severity: 'error',
          at: { file },
          message: 'This file is not UTF-8 text.',
          hint: 'Save it as UTF-8; UTF-16 is read where it begins with a byte order mark.',
        },
      ])
    // Read as well as it can be, so that what follows from it is not said too.
    return isText ? text : roughText(bytes).replaceAll('\0', '')
  }
  const env = from.envFile === undefined ? undefined : parseEnvFile(await textOf(from.envFile, 'envFile'))
  const values = new Map(env?.entries.map((entry) => [entry.key, entry.value]))
  if (env && from.envFile !== undefined)
    add(env.troubles.map(({ line, ...trouble }) => ({ ...trouble, at: { file: from.envFile ?? '', line } })))
  if (from.template !== undefined && from.envFile !== undefined) {
    const { template, envFile } = from
    const where = relative(config.folder, envFile)
    add(missingKeys({ text: await textOf(template, 'template'), template, envFile: where }, values))
  }
  const sops = await Promise.all(from.sops.map(async (file) => readSopsFile(file, await textOf(file, 'sops'))))
  add(sops.flatMap((file) => file.problems))
  const files = await Promise.all(
    Object.entries(from.files).map(async ([name, file]): Promise<[string, Buffer]> => [
      name,
      await bytesOf(file, 'files'),
    ]),
  )
  const source = {
    secret,
    at: config.at(['secrets', key]),
    envFile: asBytes(values),
    files: new Map(files),
    literals: asBytes(new Map(Object.entries(from.literals))),
    sops,
  }
  return { source, problems }
}

const asBytes = (values: ReadonlyMap<string, string>): Data =>
  new Map([...values].map(([key, value]) => [key, Buffer.from(value)]))

/** Every key that the template names has to have a value; what stands behind `=` in the template is an example and no default. */
const missingKeys = (
  { text, template, envFile }: { readonly text: string; readonly template: string; readonly envFile: string },
  values: ReadonlyMap<string, string>,
): readonly Omit<Problem, 'step'>[] => {
  const { entries, troubles } = parseEnvFile(text, { bare: true })
  const wanted = new Map(entries.toReversed().map((entry) => [entry.key, entry]))
  const extra = [...values.keys()].filter((key) => !wanted.has(key))
  const unreadable = troubles.filter(({ message }) => !/ is written twice /.test(message))
  return [
    ...unreadable.map(({ line, ...trouble }) => ({ ...trouble, at: { file: template, line } })),
    ...[...wanted.values()].toReversed().flatMap(({ key, line }) => {
      const value = values.get(key)
      if (value !== undefined && value !== '') return []
      const near = value === undefined ? nearest(key, extra) : undefined
      return [
        {
          severity: 'error' as const,
          at: { file: template, line },
          message: `${key} is ${value === undefined ? 'missing' : 'empty'} in ${envFile}.`,
          hint:
            near === undefined
              ? `Add a line ${key}=… there, or take the key out of the template.`
              : `Is it ${near} there?`,
        },
      ]
    }),
  ]
}

/** Keys without which Kubernetes refuses a Secret of a type. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
}

const limitBytes = 1024 * 1024

/** Secrets that Kubernetes would refuse: keys that their type wants and nobody brings, more data than one can hold, none at all. */
const typeProblems = (sources: readonly SecretSource[], known: readonly KnownSecret[]): readonly Problem[] =>
  sources.flatMap(({ secret: { key, type = '' }, at, envFile, files, literals }) => {
    const found = (message: string, hint: string): Problem => ({
      severity: 'error',
      step: idOf({ kind: 'secret', name: key }),
      at,
      message,
      hint,
    })
    const keys = known.find((one) => one.key === key)?.keys
    const missing = (Object.hasOwn(wanted, type) ? (wanted[type] ?? []) : []).filter((one) => keys?.has(one) === false)
    const bytes = [envFile, files, literals]
      .flatMap((data) => [...data.values()])
      .reduce((sum, one) => sum + one.length, 0)
    return [
      ...missing.map((one) =>
        found(
          `A Secret of type ${type} has a key ${one}, and nothing brings it to ${key}.`,
          `For a file: from: { files: { "${one}": ./path } }`,
        ),
      ),
      ...(type === 'kubernetes.io/basic-auth' && keys && !keys.has('username') && !keys.has('password')
        ? [
            found(
              `A Secret of type ${type} has a key username or password, and nothing brings one to ${key}.`,
              'For example: from: { literals: { username: admin }, random: { password: 24 } }',
            ),
          ]
        : []),
      ...(bytes > limitBytes
        ? [found(`The data of ${key} takes ${bytes} bytes; a Secret holds ${limitBytes}.`, 'Split it into several.')]
        : []),
      ...(keys?.size === 0
        ? [found(`Nothing brings a key to the secret ${key}.`, 'Is the file that it is made from empty?')]
        : []),
    ]
  })
