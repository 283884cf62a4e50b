import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { fetchSum } from '../cluster/tools/checksum.ts'
import { withLine, type Line, type LineOptions } from '../cluster/tools/line.ts'
import { locationOf, mirrored, publishers } from '../cluster/tools/locations.ts'
import { pins as current, type Pin } from '../cluster/tools/pins.ts'
import { fetchText } from '../cluster/tools/transfer.ts'
import { TransferError } from '../cluster/tools/transfer-error.ts'
import type { ToolName } from '../config/config.ts'
import { KindupError, messageOf } from '../core/errors.ts'

type Pins = Readonly<Record<ToolName, Pin>>
type Wanted = {
  /** Versions to pin; the others stay. */
  readonly versions?: Partial<Record<ToolName, string>>
  /** Ask the publishers for the newest of every one that is not named. */
  readonly latest?: boolean
  readonly from?: Pins
}

const names = ['kind', 'kubectl', 'helm'] as const
const machines = ['linux', 'darwin', 'win32'].flatMap((platform) =>
  ['x64', 'arm64'].map((arch) => ({ platform, arch })),
)

/** Versions and sums as the publishers' own files have them. Throws TransferError: a half of the sums would be worse than none. */
export const readPins = async (
  { versions = {}, latest = false, from = current }: Wanted,
  options: LineOptions,
  say: (line: string) => void = () => undefined,
): Promise<Pins> =>
  withLine(options, async (line) => {
    const pinOf = async (name: ToolName): Promise<Pin> => {
      const newest = latest ? () => newestOf(name, from[name].version, line, options.env) : () => from[name].version
      const version = (versions[name] ?? (await newest())).replace(/^v/, '')
      if (!/^\d+\.\d+\.\d+$/.test(version)) throw new TransferError(`${version} is no version of ${name}.`, final)
      return { version, sha256: await sumsOf(name, version, line, options.env, say) }
    }
    const [kind, kubectl, helm] = await Promise.all([pinOf('kind'), pinOf('kubectl'), pinOf('helm')])
    return { kind, kubectl, helm }
  })

const final = { mayHeal: false }

const sumsOf = async (
  name: ToolName,
  version: string,
  line: Line,
  env: LineOptions['env'],
  say: (line: string) => void,
): Promise<Pin['sha256']> => {
  const sums = machines.map(async (machine): Promise<readonly [string, string]> => {
    const location = locationOf(name, version, machine, mirrored(publishers[name], env))
    if (!location) throw new Error(`${name} has no address for ${machine.platform} ${machine.arch}`)
    const { sum } = await fetchSum(location.checksumUrl, basename(location.url), line)
    say(`${name} ${version} ${location.build} ${sum}`)
    return [location.build, sum]
  })
  return Object.fromEntries(await Promise.all(sums))
}

/** kubectl stays in its minor version, which decides the clusters that it may talk to, and helm in its major one. */
const newestOf = async (name: ToolName, version: string, line: Line, env: LineOptions['env']): Promise<string> => {
  const [major = '', minor = ''] = version.split('.')
  const address = {
    kind: 'https://github.com/kubernetes-sigs/kind/releases/latest',
    kubectl: `${publishers.kubectl}/stable-${major}.${minor}.txt`,
    helm: `${publishers.helm}/helm${major}-latest-version`,
  }[name]
  const { text, url } = await fetchText(mirrored(address, env), line)
  // kind has no such file: the page of its newest release has the version in its address.
  const found = /v(\d+\.\d+\.\d+)\/?$/.exec(name === 'kind' ? url : text.trim())?.[1]
  if (found === undefined) throw new TransferError(`${address} names no version.`, final)
  return found
}

/** The text of pins.ts with other pins in it. */
export const withPins = (text: string, pins: Pins): string => {
  const start = text.indexOf('> = {\n')
  if (start < 0) throw new Error('pins.ts has another shape by now')
  const entry = (name: ToolName): string => {
    const sums = Object.entries(pins[name].sha256).map(([build, sum]) => `      '${build}': '${sum}',\n`)
    const sha256 = sums.length === 0 ? '{}' : `{\n${sums.join('')}    }`
    return sums.length === 0
      ? `  ${name}: { version: '${pins[name].version}', sha256: {} },\n`
      : `  ${name}: {\n    version: '${pins[name].version}',\n    sha256: ${sha256},\n  },\n`
  }
  return `${text.slice(0, start)}> = {\n${names.map(entry).join('')}}\n`
}

const usage =
  'usage: node scripts/refresh-tool-pins.ts [--check] [--latest] [kind=VERSION] [kubectl=VERSION] [helm=VERSION]\n'

/** Answers the exit code. `--check` writes nothing, and exits 3 when something would change. */
const refresh = async (words: readonly string[], file: string): Promise<number> => {
  const named = words.filter((word) => !word.startsWith('--')).map((word) => word.split('='))
  const versions = Object.fromEntries(
    names.flatMap((name) => named.flatMap(([one, version]) => (one === name && version ? [[name, version]] : []))),
  )
  const flags = words.filter((word) => word.startsWith('--'))
  const known = named.every(([name, version]) => names.some((one) => one === name) && version)
  if (!known || flags.some((flag) => !['--check', '--latest'].includes(flag))) {
    process.stderr.write(usage)
    return 2
  }
  const wanted = {
    versions,
    latest: flags.includes('--latest'),
  }
  try {
    const pins = await readPins(wanted, { env: process.env }, (line) => void process.stderr.write(`${line}\n`))
    const before = await readFile(file, 'utf8')
    const after = withPins(before, pins)
    if (before === after) process.stderr.write('The pins are as the publishers have them.\n')
    else if (flags.includes('--check')) return 3
    else await writeFile(file, after)
    return 0
  } catch (error) {
    if (!(error instanceof KindupError)) throw error
    process.stderr.write(`${messageOf(error)}\nNothing was written.\n`)
    return error.exitCode
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.exitCode = await refresh(
    process.argv.slice(2),
    join(import.meta.dirname, '..', 'cluster', 'tools', 'pins.ts'),
  )
