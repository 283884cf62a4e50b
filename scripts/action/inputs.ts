import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** What a step of a workflow says below `with`: the inputs of action.yml, which fills in their defaults. */
export type Inputs = {
  readonly folder: string
  /** The words that name the cluster, for every command. */
  readonly subject: readonly string[]
  /** What `up` gets besides. */
  readonly up: readonly string[]
  /** Of these, what changes the file, and the environments. */
  readonly settings: readonly string[]
  readonly environments: readonly string[]
  /** Absolute paths of what a run leaves to the next one, where that is wanted. */
  readonly bundle?: string
  readonly snapshot?: string
  /** The package, as npx takes it. */
  readonly program: string
  readonly keep: boolean
  /** Absolute path of the page of how it went, where one is wanted. */
  readonly report?: string
}

/** Reads the variables of the runner. `own`: the version of kindup that the action came with. */
export const inputsOf = (env: Env, own: string): Inputs => {
  const input = (name: string): string => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim()
  const one = (flag: string, name: string): readonly string[] => (input(name) === '' ? [] : [flag, input(name)])
  const each = (flag: string, name: string): readonly string[] =>
    input(name)
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .flatMap((line) => [flag, line])
  const truth = (name: string): boolean => {
    const text = input(name).toLowerCase()
    if (!['', 'true', 'false'].includes(text))
      throw new Error(`The input ${name} is "${input(name)}", and takes true or false.`)
    return text === 'true'
  }
  const path = (name: 'bundle' | 'snapshot' | 'report'): Partial<Record<typeof name, string>> =>
    input(name) === '' ? {} : { [name]: resolve(input('working-directory') || '.', input(name)) }
  const settings = [...each('--profile', 'profiles'), ...each('--image', 'images'), ...each('--set', 'set')]
  const environments = each('--env', 'environments')
  // `down` has to find by it what `up` made.
  const name = input('name').replaceAll('{random}', () => randomBytes(4).toString('hex'))
  return {
    folder: input('working-directory') || '.',
    subject: [...one('--config', 'config'), ...(name === '' ? [] : ['--name', name])],
    up: [
      ...environments,
      ...settings,
      ...(truth('hosts') ? [] : ['--no-hosts']),
      ...one('--timeout', 'timeout'),
      ...one('--ttl', 'ttl'),
      ...one('--junit', 'junit'),
      ...one('--report', 'report'),
    ],
    program: `kindup@${input('version') || own}`,
    keep: truth('keep'),
    settings,
    environments,
    ...path('report'),
    ...path('bundle'),
    ...path('snapshot'),
  }
}
