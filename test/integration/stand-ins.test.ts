import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { StoppedError } from '../../core/errors.ts'
import { makeRun, type Spawn } from '../../core/run.ts'
import { runPipe } from '../../core/run-pipe.ts'
import type { Program } from '../support/stand-ins/call.ts'
import { standInPrograms } from '../support/stand-ins/programs.ts'

const asProcess: Spawn = (program, args, options) => spawn(program, args, options)

const killed = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })

/** The program `tool` on a PATH of its own, answered in memory or as the script that it is. */
const withTool = async (answer: Program, inMemory: boolean, real?: string) => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-stand-in-'))
  const untold: string[] = []
  const programs = standInPrograms(join(folder, 'calls'), answer, (message) => untold.push(message))
  programs.listen()
  await programs.put(join(folder, 'tool'), 'tool', real)
  const env = { PATH: folder }
  return {
    untold,
    folder,
    run: makeRun({ spawn: inMemory ? programs.spawn : asProcess, env }),
    pipe: (...sinks: readonly (readonly string[])[]) =>
      runPipe(['tool', 'save'], sinks, { spawn: inMemory ? programs.spawn : asProcess, env }),
    [Symbol.asyncDispose]: async () => {
      await programs[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

// Tests answer the stand-ins in memory: what kindup sees must be what it sees of a process.
describe.each([
  ['in memory', true],
  ['as a process', false],
])('a stand-in program %s', (_how, inMemory) => {
  it('gets its arguments, environment and input, and gives its output and exit code', async () => {
    await using at = await withTool(async ({ line, environment, stdin, out, err }) => {
      const [, token = ''] = /\bTOKEN=['"]?(.*?)['"]?$/m.exec(await environment()) ?? []
      out(`${line}|${await stdin()}|${token}\n`)
      err("that's\\all\n")
      return 3
    }, inMemory)
    const call = at.run('tool', ['a b', "it's"], { input: 'é\n', env: { TOKEN: 'x y' }, okCodes: [3] })
    expect(await call).toEqual({ code: 3, stdout: "tool a b it's|é\n|x y\n", stderr: "that's\\all\n" })
  })

  it('has nothing to read where it is given nothing', async () => {
    await using at = await withTool(async ({ stdin, out }) => {
      out(`<${await stdin()}>`)
      return 0
    }, inMemory)
    expect((await at.run('tool', [])).stdout).toBe('<>')
  })

  it('may leave unread what it is given', async () => {
    await using at = await withTool(() => 0, inMemory)
    expect((await at.run('tool', [], { input: 'x'.repeat(1_000_000) })).code).toBe(0)
  })

  it('shows its lines as they come', async () => {
    const shown = Promise.withResolvers<void>()
    await using at = await withTool(async ({ err }) => {
      err('the first\n')
      await shown.promise
      return 0
    }, inMemory)
    const call = at.run('tool', [], { onLine: (line) => line === 'the first' && shown.resolve() })
    expect((await call).stderr).toBe('the first\n')
  })

  it('ends at once when it is stopped, and what was to be said is not', async () => {
    const begun = Promise.withResolvers<void>()
    const over = Promise.withResolvers<void>()
    await using at = await withTool(async ({ signal, out }) => {
      begun.resolve()
      await killed(signal)
      out('too late')
      over.resolve()
      throw new Error('killed')
    }, inMemory)
    const stop = new AbortController()
    const call = at.run('tool', [], { signal: stop.signal })
    await begun.promise
    stop.abort()
    await expect(call).rejects.toBeInstanceOf(StoppedError)
    await over.promise
    expect(at.untold).toEqual([])
  })

  it('fails as one that was ended when it kills itself', async () => {
    await using at = await withTool(async ({ kill, signal }) => {
      kill('SIGKILL')
      await killed(signal)
      return 0
    }, inMemory)
    await expect(at.run('tool', [])).rejects.toMatchObject({ exitStatus: undefined })
  })

  it('leaves no question open that is asked once it was killed', async () => {
    const asked = Promise.withResolvers<string>()
    const over = () => asked.resolve('over')
    await using at = await withTool(async ({ kill, signal, stdin }) => {
      kill('SIGKILL')
      await killed(signal)
      await stdin().finally(over)
      return 0
    }, inMemory)
    await expect(at.run('tool', [])).rejects.toMatchObject({ exitStatus: undefined })
    expect(await asked.promise).toBe('over')
  })

  it('ends with 64 where nobody said what it does', async () => {
    await using at = await withTool(() => {
      throw new Error('no such command')
    }, inMemory)
    await expect(at.run('tool', ['push'])).rejects.toMatchObject({
      exitStatus: 64,
      stderr: 'nobody told what `tool push` does: Error: no such command\n',
    })
    expect(at.untold).toEqual(['nobody told what `tool push` does: Error: no such command'])
  })

  it('is not there under another name, and another file in its place is run', async () => {
    await using at = await withTool(() => 5, inMemory)
    const missing = { code: 'command-missing', message: 'There is no program `toll`.' }
    await expect(at.run('toll', [])).rejects.toMatchObject(missing)
    await expect(at.run('toll', [], { input: 'x', timeoutMs: 60_000 })).rejects.toMatchObject(missing)
    await expect(at.run('tool', [], { cwd: join(at.folder, 'nowhere') })).rejects.toMatchObject({
      code: 'command-missing',
    })
    await expect(at.pipe(['toll', 'load'])).rejects.toMatchObject({ code: 'command-missing' })
    await writeFile(join(at.folder, 'tool'), '#!/bin/sh\necho mine\n')
    expect((await at.run('tool', [])).stdout).toBe('mine\n')
  })

  it('gives way to the real program that it is told of', async () => {
    await using at = await withTool(({ args }) => (args[0] === 'no' ? 4 : 0), inMemory, process.execPath)
    const echo = 'process.stdin.pipe(process.stdout); process.exitCode = 7'
    const call = at.run('tool', ['-e', echo], { input: 'through', okCodes: [7] })
    expect(await call).toMatchObject({ stdout: 'through', code: 7 })
    expect((await at.run('tool', ['no'], { okCodes: [4] })).code).toBe(4)
  })

  it('pipes into others, and one of them that ends early is why it failed', async () => {
    const read: string[] = []
    await using at = await withTool(async ({ args: [what = ''], stdin, out, err }) => {
      if (what === 'save') out('x'.repeat(100_000))
      else if (what === 'full') err('disk is full\n')
      else read.push(await stdin())
      return what === 'full' ? 3 : 0
    }, inMemory)
    await at.pipe(['tool', 'load'], ['tool', 'load'])
    expect(read.map((text) => text.length)).toEqual([100_000, 100_000])
    await expect(at.pipe(['tool', 'full'], ['tool', 'load'])).rejects.toMatchObject({ stderr: 'disk is full\n' })
  })
})
