import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ToolName } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { rememberOrigin } from './kept.ts'
import type { Dependencies, Came, Wanted } from './way.ts'

/** Compiling helm takes minutes on a small machine. */
const longMs = 15 * 60_000

/** Modules that `go install` takes. kubectl's has replacements, which it refuses. */
const modules: Readonly<Partial<Record<ToolName, (version: string) => string>>> = {
  kind: () => 'sigs.k8s.io/kind',
  helm: (version) => `helm.sh/helm/v${version.split('.')[0]}/cmd/helm`,
}

/** Compiles it at that version. Undefined where Go cannot. Throws what Go said. */
export const withGo = (wanted: Wanted, around: Dependencies): Promise<Came> | undefined => {
  const { name, version, target } = wanted
  const module = modules[name]?.(version)
  return module === undefined ? undefined : compile(`${module}@v${version}`, { name, version, target }, around)
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
    await run('go', ['install', module], { ...options, timeoutMs: longMs })
    const fresh = [name, `${name}.exe`].map((file) => join(folder, file)).find((file) => existsSync(file))
    if (fresh === undefined) throw new EnvironmentError('go-install', `\`go install ${module}\` left no ${name} behind`)
    await rememberOrigin(target, fresh, `go:${module}`)
    await rename(fresh, target)
    return { path: target, version }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
