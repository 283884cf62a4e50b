import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTools } from '../../../../cluster/tools/make-tools.ts'
import { findOnPath } from '../../../../cluster/tools/on-path.ts'
import type { ToolsConfig } from '../../../../core/config/config.ts'
import { makeRun } from '../../../../core/run.ts'
import { realTool } from '../../../support/real-tools.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-tools-'))
})
afterEach(() => rm(folder, { recursive: true }))

const run = makeRun()
const machine = { platform: 'linux', arch: 'x64' }
const auto: ToolsConfig = { kind: 'auto', kubectl: 'auto', helm: 'auto' }

/** A program that answers like the real one. */
const program = async (place: string, name: string, script: string): Promise<string> => {
  const path = join(folder, place, name)
  await mkdir(join(folder, place), { recursive: true })
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}
const env = (...places: string[]) => ({
  PATH: places.map((place) => join(folder, place)).join(delimiter),
  KINDUP_CACHE: join(folder, 'cache'),
})
/** A port where nobody listens any more. */
const closedPort = async (): Promise<string> => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

describe('on the PATH', () => {
  test('the first program that is new enough is taken; folders, plain files and old ones are passed over', async () => {
    await mkdir(join(folder, 'a', 'helm'), { recursive: true })
    await mkdir(join(folder, 'b'))
    await writeFile(join(folder, 'b', 'helm'), 'no program')
    await program('c', 'helm', 'printf v3.12.0')
    const good = await program('d', 'helm', 'printf v3.16.4')
    await program('e', 'helm', 'printf v4.2.4')
    const tools = makeTools({ want: auto, run, env: env('a', 'missing', 'b', 'c', 'd', 'e') })
    expect(await tools.helm()).toEqual({ name: 'helm', path: good, version: '3.16.4', from: 'path' })
  })

  test('an exact version is looked for among all', async () => {
    await program('a', 'kind', 'echo kind v0.33.0 go1.26.8 linux/amd64')
    const exact = await program('b', 'kind', 'echo kind v0.24.0 go1.22.4 linux/amd64')
    const tools = makeTools({ want: { ...auto, kind: 'v0.24.0' }, run, env: env('a', 'b') })
    expect((await tools.kind()).path).toBe(exact)
  })

  test('each is asked once', async () => {
    await program('a', 'kubectl', `echo >> ${join(folder, 'asked')}; echo '{"gitVersion": "v1.36.2"}'`)
    const { kubectl } = makeTools({ want: auto, run, env: env('a') })
    await Promise.all([kubectl(), kubectl()])
    await kubectl()
    expect(await readFile(join(folder, 'asked'), 'utf8')).toBe('\n')
  })

  test('one that hangs, one that fails and one that babbles are told apart', async () => {
    await program('a', 'helm', 'exec sleep 60')
    await program('b', 'helm', 'echo wrong architecture >&2; exit 3')
    await program('c', 'helm', 'echo hello')
    const found = await findOnPath('helm', { run, env: env('a', 'b', 'c'), timeoutMs: 200 })
    expect(found.map((each) => 'trouble' in each && each.trouble)).toEqual([
      'it did not tell its version in time',
      '"wrong architecture"',
      'it says no version but "hello"',
    ])
  })

  test('path never downloads, and the error says what is wrong with what is there', async () => {
    const old = await program('a', 'helm', 'printf v3.12.0')
    const asked = makeTools({ want: { ...auto, helm: 'path' }, run, env: env('a') }).helm()
    await expect(asked).rejects.toMatchObject({
      code: 'tool-missing',
      exitCode: 1,
      message: `There is no helm to work with: ${old} is 3.12.0, and 3.16.4 or newer is needed.`,
      hints: expect.arrayContaining([expect.stringContaining('https://helm.sh')]) as string[],
    })
    const none = makeTools({ want: { ...auto, kind: 'path' }, run, env: env('a') }).kind()
    await expect(none).rejects.toThrow('There is no kind to work with: none is on the PATH.')
  })

  test('without a network, auto says why it cannot download and every way out', async () => {
    const asked = makeTools({ want: auto, run, env: env('a'), machine, from: { kind: await closedPort() } }).kind()
    await expect(asked).rejects.toMatchObject({
      code: 'tool-missing',
      message: expect.stringMatching(/could not be fetched: .*ECONNREFUSED/) as string,
      hints: [
        expect.stringContaining('Install kind 0.24.0 or newer'),
        expect.stringContaining('tools: { kind: download }'),
        expect.stringContaining('tools: { kind: path }'),
      ],
    })
  })

  for (const name of ['helm3', 'helm4', 'kubectl', 'kind'] as const) {
    const real = realTool(name)
    test.skipIf(real === undefined)(`the real ${name} is understood`, async () => {
      const tool = name === 'helm3' || name === 'helm4' ? 'helm' : name
      await program('a', tool, `exec '${real}' "$@"`)
      const found = await findOnPath(tool, { run, env: env('a') })
      expect(found).toMatchObject([{ version: { text: expect.stringMatching(/^\d+\.\d+\.\d+/) as string } }])
    })
  }
})
