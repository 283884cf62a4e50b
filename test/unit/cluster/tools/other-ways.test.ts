import { execFileSync } from 'node:child_process'
import { readFile, readdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTools } from '../../../../cluster/tools/make-tools.ts'
import { pinned } from '../../../../cluster/tools/versions.ts'
import type { ToolName, ToolsConfig } from '../../../../config/config.ts'
import { makeRun } from '../../../../core/run.ts'
import { programs, type Programs } from '../../../support/programs.ts'

let at: Programs
let told: string[]
beforeEach(async () => {
  at = await programs()
  told = []
})
afterEach(() => at[Symbol.asyncDispose]())

/** Tools of a machine that cannot reach any publisher, with these folders on the PATH. */
const tools = (want: Partial<ToolsConfig> = {}, ...paths: readonly string[]) =>
  makeTools({
    want: { kind: 'auto', kubectl: 'auto', helm: 'auto', ...want },
    run: makeRun(),
    // A port that nobody may listen on.
    env: { ...at.env(...paths), KINDUP_TOOLS_MIRROR: 'http://127.0.0.1:1/tools' },
    machine: { platform: 'linux', arch: 'x64' },
    pauseMs: 1,
    onProgress: ({ what, waits }) => void (waits !== undefined && told.push(`${what}: ${waits}`)),
  })
const fileOf = (name: ToolName, ...below: readonly string[]) =>
  at.path('cache', 'tools', name, pinned[name], ...below, name)

/** Go as far as it is used: what it says of its database, and a program into $GOBIN. */
const go = (database = 'sum.golang.org') =>
  at.program(
    'go',
    'go',
    `echo "$* GOWORK=$GOWORK GOFLAGS=$GOFLAGS GOPRIVATE=$GOPRIVATE" >> '${at.path('asked')}'
[ "$1" = env ] && { echo '${database}'; exit 0; }
m=\${2%@*}
printf '#!/bin/sh\\necho compiled\\n' > "$GOBIN/\${m##*/}"
/bin/chmod 755 "$GOBIN/\${m##*/}"`,
  )

/** Homebrew with a package of each formula, of that version. */
const brew = async (version: string) => {
  for (const name of ['kind', 'helm']) {
    await at.program(`bottle/${name}/${version}/bin`, name, 'echo packed')
    execFileSync('tar', ['-czf', at.path(`${name}.tgz`), '-C', at.path('bottle'), name])
  }
  return at.program(
    'brew',
    'brew',
    `echo "$*" >> '${at.path('asked')}'
case "$1" in
  info) echo '{"formulae":[{"name":"'$4'","versions":{"stable":"${version}"},"revision":0}]}' ;;
  --cache) echo '${at.folder}/'$3.tgz ;;
esac`,
  )
}

const asked = () =>
  readFile(at.path('asked'), 'utf8').then(
    (text) => text.trim().split('\n'),
    () => [],
  )

describe('where the publisher cannot be reached', () => {
  test.each([
    ['kind', 'sigs.k8s.io/kind'],
    ['helm', 'helm.sh/helm/v4/cmd/helm'],
  ] as const)(
    'Go compiles %s at the version that is wanted, checked by its database, and it is kept',
    async (name, module) => {
      await go()
      const tool = await tools({}, 'go')[name]()
      expect(tool).toEqual({ name, path: fileOf(name), version: pinned[name], from: 'download' })
      expect(execFileSync(tool.path, { encoding: 'utf8' })).toBe('compiled\n')
      const flags = 'GOWORK=off GOFLAGS=-mod=mod GOPRIVATE=none.invalid'
      expect(await asked()).toEqual([`env GOSUMDB ${flags}`, `install ${module}@v${pinned[name]} ${flags}`])
      expect(told).toHaveLength(1)
      expect(told[0]).toMatch(
        new RegExp(
          `^${name} .*: http://127.0.0.1:1/.* could not be fetched: .*; compiled here instead, by .go install .* \\(checked by sum.golang.org\\)$`,
        ),
      )
      expect((await readdir(dirname(tool.path))).toSorted()).toEqual([name, `${name}.origin.json`])
      expect(await tools({}, 'go')[name]()).toMatchObject({ path: tool.path, from: 'cache' })
      expect(await asked()).toHaveLength(2)
    },
  )

  test('helm 3 has a module of its own', async () => {
    await go()
    await tools({ helm: '3.21.4' }, 'go').helm()
    expect((await asked())[1]).toContain('install helm.sh/helm/v3/cmd/helm@v3.21.4 ')
  })

  test('Go that checks nothing is not asked to compile, and that is said', async () => {
    await go('off')
    await expect(tools({}, 'go').kind()).rejects.toThrow(/could not be fetched.*go would check nothing \(GOSUMDB=off\)/)
    expect(await asked()).toHaveLength(1)
  })

  test('what Go says is added to what the network said', async () => {
    await at.program(
      'go',
      'go',
      '[ "$1" = env ] && echo sum.golang.org && exit; echo "dial tcp: no such host" >&2; exit 1',
    )
    await expect(tools({}, 'go').kind()).rejects.toThrow(/could not be fetched.*dial tcp: no such host/s)
  })

  test('Homebrew’s package is taken, newer than the pin, without an installation', async () => {
    await brew('0.35.0')
    const path = fileOf('kind', 'homebrew')
    expect(await tools({}, 'brew').kind()).toEqual({ name: 'kind', path, version: '0.35.0', from: 'download' })
    expect(execFileSync(path, { encoding: 'utf8' })).toBe('packed\n')
    expect(await asked()).toEqual(['info --json=v2 --formula kind', 'fetch --formula kind', '--cache --formula kind'])
    expect(told[0]).toContain('taken from Homebrew instead, 0.35.0 (checked against its formula)')
    expect(await tools({}, 'brew').kind()).toEqual({ name: 'kind', path, version: '0.35.0', from: 'cache' })
  })

  test('Homebrew is passed by where the file names another version, or it has an old one', async () => {
    await brew('0.35.0')
    await expect(tools({ kind: '0.30.0' }, 'brew').kind()).rejects.toThrow('Homebrew has kind 0.35.0')
    await brew('0.20.0')
    await expect(tools({}, 'brew').kind()).rejects.toThrow('Homebrew has kind 0.20.0')
  })

  test('Homebrew comes after Go that failed', async () => {
    await go('off')
    await brew('4.9.0')
    expect(await tools({}, 'go', 'brew').helm()).toMatchObject({ version: '4.9.0' })
  })

  test('kubectl, which Go does not take, is missed as before', async () => {
    await go()
    await expect(tools({}, 'go').kubectl()).rejects.toThrow('There is no kubectl to work with')
    expect(await asked()).toEqual([])
  })
})
