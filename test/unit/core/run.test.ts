import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { StoppedError } from '../../../core/errors.ts'
import { CommandError, makeRun } from '../../../core/run.ts'
import { runPipe } from '../../../core/run-pipe.ts'
import { ownFolder } from '../../support/own-folder.ts'

const node = process.execPath
const script = (source: string, ...args: string[]) => ['-e', source, ...args]

describe('run', () => {
  const run = makeRun()

  it('passes arguments to the program exactly as they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))),
        async (args) => {
          const { stdout } = await run('sh', [
            '-c',
            String.raw`for each; do printf '%s\0' "$each"; done`,
            'sh',
            ...args,
          ])
          expect(stdout.split('\0')).toEqual([...args, ''])
        },
      ),
      { numRuns: 8, examples: [[['$(touch /tmp/x)', '`id`', "'", '"', '*', '', '--a=b c']]] },
    )
  })

  it('writes the input and answers both streams', async () => {
    const echo = script('process.stdin.pipe(process.stdout); console.error("told")')
    expect(await run(node, echo, { input: 'a\nb' })).toEqual({ stdout: 'a\nb', stderr: 'told\n', code: 0 })
  })

  it('closes standard input when there is none to give', async () => {
    const { stdout } = await run(node, script('process.stdin.on("end", () => console.log("closed")).resume()'))
    expect(stdout).toBe('closed\n')
  })

  it('throws with a command that can be pasted, its exit code and its last words', async () => {
    const failure = await run(node, script('console.error("no such thing"); process.exit(4)', 'a b')).catch(
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(CommandError)
    expect(failure).toMatchObject({ code: 'command-failed', exitStatus: 4, stderr: 'no such thing\n' })
    expect((failure as CommandError).command).toContain("'a b'")
    expect((failure as CommandError).message).toContain('no such thing')
  })

  it('takes other exit codes as answers when told to', async () => {
    expect((await run(node, script('process.exit(1)'), { okCodes: [0, 1] })).code).toBe(1)
  })

  it('ends what a program left behind that holds its output open, although the program itself has ended', async () => {
    // Longer than any test may take.
    const left = run('sh', ['-c', 'sleep 3600 & echo done'], { timeoutMs: 2_000 })
    await expect(left).rejects.toMatchObject({ code: 'timed-out', stdout: 'done\n' })
  })

  it('says that a program is missing', async () => {
    await expect(run('no-such-program-here', [])).rejects.toMatchObject({
      code: 'command-missing',
      message: 'There is no program `no-such-program-here`.',
    })
  })

  it('shows no secret, neither in the command nor in what it printed', async () => {
    const failure = await run(node, script('console.error(process.argv[1]); process.exit(1)', 's3cr3t'), {
      secrets: ['s3cr3t'],
    }).catch((error: unknown) => error)
    expect(JSON.stringify([failure, (failure as Error).message])).not.toContain('s3cr3t')
    expect((failure as CommandError).stderr).toBe('***\n')
  })

  it('ends a program that takes too long, and its children with it', async () => {
    const folder = await ownFolder()
    const child = `require("fs").writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid)); setInterval(() => {}, 1000); console.log("started")`
    const parent = `const c = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}]); c.stdout.pipe(process.stdout); setInterval(() => {}, 1000)`
    const controller = new AbortController()
    const ended = run(node, script(parent), {
      signal: controller.signal,
      onLine: (line) => line === 'started' && controller.abort(),
    })
    await expect(ended).rejects.toBeInstanceOf(StoppedError)
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'))
    await expect.poll(() => alive(pid)).toBe(false)
    await expect(run(node, script('setInterval(() => {}, 1000)'), { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'timed-out',
    })
  })

  it('says what a program says that ends without reading what it is given', async () => {
    const input = 'x'.repeat(1_000_000)
    await expect(run(node, script('console.error("no such flag"); process.exit(2)'), { input })).rejects.toMatchObject({
      exitStatus: 2,
      stderr: 'no such flag\n',
    })
  })

  it('starts nothing once stopped', async () => {
    await expect(run(node, script(''), { signal: AbortSignal.abort(new StoppedError()) })).rejects.toBeInstanceOf(
      StoppedError,
    )
  })
})

describe('runPipe', () => {
  it('gives every reader all of it', async () => {
    const folder = await ownFolder()
    const sink = (name: string) => [
      node,
      ...script('process.stdin.pipe(require("fs").createWriteStream(process.argv[1]))', join(folder, name)),
    ]
    await runPipe([node, ...script('process.stdout.write("x".repeat(3e6))')], [sink('a'), sink('b')])
    const [a, b] = await Promise.all(['a', 'b'].map((name) => readFile(join(folder, name), 'utf8')))
    expect([a?.length, b?.length]).toEqual([3e6, 3e6])
  })

  it('tells how many bytes come from the writer, also where they are changed on their way', async () => {
    const count = async (through?: (source: AsyncIterable<Buffer>) => AsyncIterable<Buffer>) => {
      let bytes = 0
      await runPipe(
        [node, ...script('process.stdout.write("x".repeat(3e6))')],
        [[node, ...script('process.stdin.resume()')]],
        { onBytes: (more) => (bytes += more), ...(through && { through }) },
      )
      return bytes
    }
    const half = async function* (source: AsyncIterable<Buffer>) {
      for await (const piece of source) yield piece.subarray(0, piece.length / 2)
    }
    expect([await count(), await count(half)]).toEqual([3e6, 3e6])
  })

  it('lets a reader end well before its input does, and gives the others all of it', async () => {
    const file = join(await ownFolder(), 'all')
    const some = ['head', '-c', '10']
    const all = [node, ...script('process.stdin.pipe(require("fs").createWriteStream(process.argv[1]))', file)]
    const writer = [node, ...script('process.stdout.write("x".repeat(3e6))')]
    const asItIs = async function* (source: AsyncIterable<Buffer>) {
      yield* source
    }
    await runPipe(writer, [some])
    await runPipe(writer, [some], { through: asItIs })
    await runPipe(writer, [some, all], { through: asItIs })
    expect(await readFile(file, 'utf8')).toHaveLength(3e6)
  })

  it('fails with what the failing reader said, and leaves no other running', async () => {
    const endless = [
      node,
      ...script(
        'const w = () => { while (process.stdout.write("y".repeat(1e5))); process.stdout.once("drain", w) }; w()',
      ),
    ]
    const broken = [node, ...script('console.error("disk is full"); process.exit(3)')]
    await expect(runPipe(endless, [broken, [node, ...script('process.stdin.resume()')]])).rejects.toMatchObject({
      exitStatus: 3,
      stderr: 'disk is full\n',
    })
  })

  it('fails when the writer fails', async () => {
    await expect(
      runPipe([node, ...script('process.exit(5)')], [[node, ...script('process.stdin.resume()')]]),
    ).rejects.toMatchObject({ exitStatus: 5 })
  })
})

/** A zombie counts as ended: in a container without an init nobody collects it. */
const alive = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z')
}
