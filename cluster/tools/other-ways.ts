import { existsSync } from 'node:fs'
import { mkdir, rename, rm, readFile } from 'node:fs/promises'
import { join, basename, dirname } from 'node:path'
import type { ToolName } from '../../config/config.ts'
import type { Run } from '../../core/run.ts'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import { jsonFrom } from '../../core/program-output.ts'
import { numberAt, textAt, valueAt } from '../../core/fields.ts'
import { rememberOrigin } from './kept.ts'
import { takeOut } from './archive.ts'
import { isNewEnough } from './versions.ts'
import { writeProgram } from './write-program.ts'
import { isOnPath } from './on-path.ts'

export type Wanted = {
  readonly name: ToolName
  readonly version: string
  /** Whether the file names this version: a newer one is none. */
  readonly isExact: boolean
  /** Where the program is put. */
  readonly target: string
}

export type Dependencies = {
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
  /** Told how it comes, in one line. */
  readonly say: (line: string) => void
}

export type Came = { readonly path: string; readonly version: string }

/** Compiling helm takes minutes on a small machine. */
const compileMs = 15 * 60_000

/** Modules that `go install` takes. kubectl's has replacements, which it refuses. */
const modules: Readonly<Partial<Record<ToolName, (version: string) => string>>> = {
  kind: () => 'sigs.k8s.io/kind',
  helm: (version) => `helm.sh/helm/v${version.split('.')[0]}/cmd/helm`,
}

/** Compiles it at that version. Undefined where Go cannot. Throws what Go said. */
const withGo = (wanted: Wanted, dependencies: Dependencies): Promise<Came> | undefined => {
  const { name, version, target } = wanted
  const module = modules[name]?.(version)
  return module === undefined ? undefined : compile(`${module}@v${version}`, { name, version, target }, dependencies)
}

const compile = async (
  module: string,
  { name, version, target }: Pick<Wanted, 'name' | 'version' | 'target'>,
  { run, env: outer, signal, say }: Dependencies,
): Promise<Came> => {
  const folder = `${target}.go`
  const env = {
    PATH: outer['PATH'],
    GOBIN: folder,
    // What the user's own project needs has no say here.
    GOFLAGS: '-mod=mod',
    GOWORK: 'off',
    GOOS: undefined,
    GOARCH: undefined,
    CGO_ENABLED: '0',
    // Nothing is left out of the check.
    GONOSUMDB: 'none.invalid',
    GOPRIVATE: 'none.invalid',
  }
  await mkdir(folder, { recursive: true })
  try {
    const options = { cwd: folder, env, ...(signal ? { signal } : {}) }
    const { stdout } = await run('go', ['env', 'GOSUMDB'], options)
    const database = stdout.trim().split(' ')[0] ?? ''
    if (database === '' || database === 'off')
      throw new EnvironmentError('unverified', 'go would check nothing (GOSUMDB=off)')
    say(`compiled here instead, by \`go install ${module}\` (checked by ${database})`)
    await run('go', ['install', module], { ...options, timeoutMs: compileMs })
    const fresh = [name, `${name}.exe`].map((file) => join(folder, file)).find((file) => existsSync(file))
    if (fresh === undefined) throw new EnvironmentError('go-install', `\`go install ${module}\` left no ${name} behind`)
    await rememberOrigin(target, fresh, `go:${module}`)
    await rename(fresh, target)
    return { path: target, version }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** It updates itself first, and fetches. */
const brewMs = 10 * 60_000

/** Takes it out of Homebrew's package, and installs nothing. Throws what Homebrew said. */
const withHomebrew = async (
  { name, version: pinned, isExact, target }: Wanted,
  { run, env, signal, say }: Dependencies,
): Promise<Came> => {
  const formula = name === 'kubectl' ? 'kubernetes-cli' : name
  const options = {
    env: { PATH: env['PATH'], HOMEBREW_NO_ANALYTICS: '1' },
    timeoutMs: brewMs,
    ...(signal ? { signal } : {}),
  }
  const asked = ['info', '--json=v2', '--formula', formula]
  const about = valueAt(jsonFrom(`brew ${asked.join(' ')}`, (await run('brew', asked, options)).stdout), 'formulae', 0)
  const version = textAt(about, 'versions', 'stable') ?? ''
  const revision = numberAt(about, 'revision') ?? 0
  if (isExact ? version !== pinned : !isNewEnough(name, { text: version || '0.0.0', patchKnown: true }))
    throw new EnvironmentError('brew', `Homebrew has ${formula} ${version || 'in no version'}`)
  say(`taken from Homebrew instead, ${version} (checked against its formula)`)
  // The packed formula alone: nothing is installed.
  await run('brew', ['fetch', '--formula', formula], options)
  const { stdout } = await run('brew', ['--cache', '--formula', formula], options)
  const inside = `${formula}/${version}${revision > 0 ? `_${revision}` : ''}/bin/${name}`
  const bytes = await takeOut(await readFile(stdout.trim()), inside)
  const path = besides(target)
  await mkdir(dirname(path), { recursive: true })
  const fresh = `${path}.new`
  await writeProgram(fresh, bytes)
  await rememberOrigin(path, fresh, `brew:${formula}@${version}`, version)
  await rename(fresh, path)
  return { path, version }
}

/** Where a program is kept that is not of the version that was looked for. */
export const besides = (target: string): string => join(dirname(target), 'homebrew', basename(target))

type Way = {
  /** The program that it takes. */
  readonly program: string
  /** Undefined where this way does not lead to that tool. */
  readonly come: (wanted: Wanted, dependencies: Dependencies) => Promise<Came> | undefined
}

/**
 * Brings a tool by another way that is at hand and checks what it brings: Go compiles it at that version, Homebrew has
 * it packed. Answers why each way that was tried failed, where none did.
 */
export const fetchOtherwise = async (
  wanted: Wanted,
  dependencies: Dependencies,
): Promise<Came | { readonly reasons: readonly string[] }> => {
  const reasons: string[] = []
  for (const { program, come } of ways) {
    const work = (await isOnPath(program, dependencies.env)) ? come(wanted, dependencies) : undefined
    if (!work) continue
    try {
      return await work
    } catch (error) {
      dependencies.signal?.throwIfAborted()
      if (!(error instanceof EnvironmentError)) throw error
      reasons.push(messageOf(error))
    }
  }
  return { reasons }
}

const ways: readonly Way[] = [
  { program: 'go', come: withGo },
  { program: 'brew', come: withHomebrew },
]
