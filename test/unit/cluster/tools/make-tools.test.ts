import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTools } from '../../../../cluster/tools/make-tools.ts'
import { onPath, type Found } from '../../../../cluster/tools/on-path.ts'
import type { ToolsConfig } from '../../../../config/config.ts'
import { makeRun } from '../../../../core/run.ts'
import { programs, type Programs } from '../../../support/programs.ts'
import { realTool } from '../../../support/real-tools.ts'

let at: Programs
beforeEach(async () => {
  at = await programs()
})
afterEach(() => at[Symbol.asyncDispose]())

const run = makeRun()
const auto: ToolsConfig = { kind: 'auto', kubectl: 'auto', helm: 'auto' }
const everythingOnPath = async (...asked: Parameters<typeof onPath>): Promise<readonly Found[]> => {
  const all: Found[] = []
  for await (const found of onPath(...asked)) all.push(found)
  return all
}

describe('on the PATH', () => {
  test('the first program that is new enough is taken; folders, plain files, dead links and old ones are passed over', async () => {
    await mkdir(at.path('a', 'helm'), { recursive: true })
    await mkdir(at.path('b'))
    await writeFile(at.path('b', 'helm'), 'no program')
    await mkdir(at.path('link'))
    await symlink('/nowhere/helm', at.path('link', 'helm'))
    await at.program('c', 'helm', 'printf v3.12.0')
    const good = await at.program('d', 'helm', 'printf v3.16.4')
    await at.program('e', 'helm', 'printf v4.2.4')
    const tools = makeTools({ want: auto, run, env: at.env('a', 'missing', 'b', 'link', 'c', 'd', 'e') })
    expect(await tools.helm()).toEqual({ name: 'helm', path: good, version: '3.16.4', from: 'path' })
  })

  test('what comes after the one that is taken is not even started', async () => {
    await at.program('a', 'helm', 'printf v4.2.4')
    await at.program('b', 'helm', `echo >> ${at.path('asked')}; printf v4.2.4`)
    await makeTools({ want: auto, run, env: at.env('a', 'b') }).helm()
    await expect(readFile(at.path('asked'))).rejects.toThrow('ENOENT')
  })

  test('an exact version is looked for among all', async () => {
    await at.program('a', 'kind', 'echo kind v0.33.0 go1.26.8 linux/amd64')
    const exact = await at.program('b', 'kind', 'echo kind v0.24.0 go1.22.4 linux/amd64')
    const tools = makeTools({ want: { ...auto, kind: 'v0.24.0' }, run, env: at.env('a', 'b') })
    expect((await tools.kind()).path).toBe(exact)
  })

  test('each is asked once', async () => {
    await at.program('a', 'kubectl', `echo >> ${at.path('asked')}; echo '{"gitVersion": "v1.36.2"}'`)
    const { kubectl } = makeTools({ want: auto, run, env: at.env('a') })
    await Promise.all([kubectl(), kubectl()])
    await kubectl()
    expect(await readFile(at.path('asked'), 'utf8')).toBe('\n')
  })

  test('what is of no use is told apart: hangs, fails, babbles, is a folder, may not be executed, leads nowhere', async () => {
    await at.program('a', 'helm', 'exec sleep 60')
    await at.program('b', 'helm', 'echo wrong architecture >&2; exit 3')
    await at.program('c', 'helm', 'echo hello')
    await mkdir(at.path('d', 'helm'), { recursive: true })
    await mkdir(at.path('e'))
    await writeFile(at.path('e', 'helm'), 'no program')
    await mkdir(at.path('f'))
    await symlink('/nowhere/helm', at.path('f', 'helm'))
    const env = at.env('a', 'b', 'c', 'd', 'e', 'f', 'none')
    const found = await everythingOnPath('helm', { run, env, timeoutMs: 3_000 })
    expect(found.map((each) => 'trouble' in each && each.trouble)).toEqual([
      'it did not tell its version in time',
      '"wrong architecture"',
      'it says no version but "hello"',
      'it is a folder, or something else that is no file',
      'it may not be executed',
      'it is a link that leads nowhere',
    ])
  })

  test('path never downloads, and the error says what is wrong with what is there', async () => {
    const old = await at.program('a', 'helm', 'printf v3.12.0')
    await mkdir(at.path('b', 'helm'), { recursive: true })
    const asked = makeTools({ want: { ...auto, helm: 'path' }, run, env: at.env('a', 'b') }).helm()
    await expect(asked).rejects.toMatchObject({
      code: 'tool-missing',
      exitCode: 1,
      message:
        `There is no helm to work with: ${old} is 3.12.0, and 3.16.4 or newer is needed; ` +
        `${at.path('b', 'helm')} is of no use: it is a folder, or something else that is no file.`,
      hints: expect.arrayContaining([expect.stringContaining('https://helm.sh')]) as string[],
    })
    const none = makeTools({ want: { ...auto, kind: 'path' }, run, env: at.env('a') }).kind()
    await expect(none).rejects.toThrow('There is no kind to work with: none is on the PATH.')
  })

  for (const name of ['helm3', 'helm4', 'kubectl', 'kind'] as const) {
    const real = realTool(name)
    test.skipIf(real === undefined)(`the real ${name} is understood`, async () => {
      const tool = name === 'helm3' || name === 'helm4' ? 'helm' : name
      await at.program('a', tool, `exec '${real}' "$@"`)
      const found = await everythingOnPath(tool, { run, env: at.env('a') })
      expect(found).toMatchObject([{ version: { text: expect.stringMatching(/^\d+\.\d+\.\d+/) as string } }])
    })
  }
})
