import { accessSync, constants } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { exit, messageOf, usageError } from '../core/errors.ts'
import { table } from '../core/print/table.ts'
import { makeRun } from '../core/run.ts'
import { asScript, scriptFlags } from './script-flags.ts'
import { stopSignals } from './stop-signals.ts'

const usage = `usage: npm run test:again -- [[CONDITION=]TIMES…] [--fresh]
  Ends at the first run that is red, and keeps what it printed. Without a condition: idle=20 load=10 tools=5 node-alone=5.
  idle=20        as this shell is (a number alone means this)
  load=10        while every core is busy with something else
  tools=5        with docker that answers, helm and kind on the PATH
  node-alone=5   with Node and the core utilities on the PATH, and nothing else
  --fresh        each run from a clone of its own, after \`npm ci\`
`

/** What POSIX has everywhere: shells start with it, and stand-ins are shell scripts. */
const coreUtilities =
  'sh cat chmod cp cut date dirname echo env false grep head id ln ls mkdir mkfifo mktemp mv printf ps pwd readlink rm rmdir sed seq sleep sort tail tar tee test touch tr true uname wc xargs gzip'

type Condition = 'idle' | 'load' | 'tools' | 'node-alone'
type Series = { readonly condition: Condition; readonly times: number }
type Result = { readonly seconds: number; readonly passed: number; readonly failed: number; readonly names: string[] }
/** What vitest writes with `--reporter=json`, as far as it is read here. */
type Report = {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const repository = fileURLToPath(new URL('..', import.meta.url))
// Ctrl-C ends what was started, and not this alone.
const { signal: stopped, release } = stopSignals()
const run = makeRun({ signal: stopped })
const long = { timeoutMs: 60 * 60_000 }

const onPath = (program: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

/** Keeps every core busy until the signal. */
const load = (signal: AbortSignal): void => {
  for (let core = 0; core < availableParallelism(); core++)
    void run(process.execPath, ['-e', 'for (;;);'], { signal: AbortSignal.any([signal, stopped]), ...long }).catch(
      () => undefined,
    )
}

/** A PATH of one folder. */
const nodeAlone = async (folder: string): Promise<string> => {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  await symlink(process.execPath, join(bin, 'node'))
  for (const program of coreUtilities.split(' ')) {
    const path = onPath(program)
    if (path !== undefined) await symlink(path, join(bin, program))
  }
  return bin
}

const demandTools = async (): Promise<void> => {
  for (const [program, ...args] of [
    ['docker', 'info'],
    ['helm', 'version'],
    ['kind', 'version'],
  ] as const)
    await run(program, args)
}

const clone = async (folder: string): Promise<string> => {
  const checkout = join(folder, 'checkout')
  await run('git', ['clone', '--quiet', repository, checkout], long)
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: checkout, ...long })
  return checkout
}

const runOnce = async (condition: Condition, fresh: boolean): Promise<Result> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-again-'))
  const ended = new AbortController()
  try {
    const cwd = fresh ? await clone(folder) : repository
    const env = condition === 'node-alone' ? { PATH: await nodeAlone(folder) } : {}
    const report = join(folder, 'report.json')
    if (condition === 'tools') await demandTools()
    if (condition === 'load') load(ended.signal)
    const started = performance.now()
    const { code, stdout, stderr } = await run(
      process.execPath,
      [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--config',
        'vitest.all.config.ts',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
      ],
      { cwd, env, okCodes: [0, 1], ...long },
    )
    if (code !== 0) {
      const log = `${folder}.log`
      await writeFile(log, stdout + stderr)
      process.stderr.write(`What it printed: ${log}\n`)
    }
    const seconds = (performance.now() - started) / 1000
    const written: Report = JSON.parse(await readFile(report, 'utf8'))
    return { seconds, ...resultOf(written, code, stdout + stderr) }
  } finally {
    ended.abort()
    await rm(folder, { recursive: true, force: true })
  }
}

const resultOf = (report: Report, code: number, said: string): Omit<Result, 'seconds'> => {
  const names = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = name.slice(name.lastIndexOf('/test/') + 1)
    const failed = assertionResults.filter((one) => one.status === 'failed').map((one) => `${file}: ${one.fullName}`)
    return failed.length > 0 || status === 'passed' ? failed : [`${file}: ${message.split('\n')[0]}`]
  })
  // An error that belongs to no test makes the run red as well.
  if (code !== 0 && names.length === 0) names.push(said.trim().split('\n').at(-1) ?? `exit ${code}`)
  return { passed: report.numPassedTests, failed: names.length, names }
}

/** What cannot be run at all is a row as well. */
const noRun = (error: unknown): Result => ({
  seconds: 0,
  passed: 0,
  failed: 1,
  names: [stopped.aborted ? 'stopped' : (messageOf(error).split('\n')[0] ?? '')],
})

const conditions: readonly Condition[] = ['idle', 'load', 'tools', 'node-alone']

/** `idle=20`, `20`. Undefined where it is neither. */
const seriesOf = (word: string): Series | undefined => {
  const [, named = 'idle', times = ''] = /^(?:([a-z-]+)=)?(\d+)$/.exec(word) ?? []
  const condition = conditions.find((one) => one === named)
  return times !== '' && condition !== undefined ? { condition, times: Number(times) } : undefined
}

const runAll = async (all: readonly Series[], fresh: boolean): Promise<readonly (readonly string[])[]> => {
  const rows = [['run', 'condition', 'seconds', 'passed', 'failed', 'which']]
  for (const { condition, times } of all) {
    for (let time = 1; time <= times && !stopped.aborted; time++) {
      const { seconds, passed, failed, names } = await runOnce(condition, fresh).catch(noRun)
      const row = [String(rows.length), condition, seconds.toFixed(0), String(passed), String(failed), names.join('; ')]
      rows.push(row)
      // The table comes at the end, and the end is far away.
      process.stderr.write(`${row.join('  ')}\n`)
      if (failed > 0) return rows
    }
  }
  return rows
}

await asScript(async () => {
  const { values, positionals } = scriptFlags(
    { allowPositionals: true, options: { fresh: { type: 'boolean' }, help: { type: 'boolean' } } },
    'npm run test:again -- --help',
  )
  if (values.help === true) return void process.stdout.write(usage)
  const words = positionals.length > 0 ? positionals : ['idle=20', 'load=10', 'tools=5', 'node-alone=5']
  const series = words.map(seriesOf)
  const wrong = words.find((_, index) => series[index] === undefined)
  if (wrong !== undefined)
    throw usageError(`\`${wrong}\` is no CONDITION=TIMES.`, `Conditions are ${conditions.join(', ')}: idle=20`)
  try {
    const rows = await runAll(
      series.filter((one) => one !== undefined),
      values.fresh === true,
    )
    process.stdout.write(`${table(rows, '')}\n`)
    if (stopped.aborted) process.exitCode = exit.stopped
    else if (rows.slice(1).some(([, , , , failed]) => failed !== '0')) process.exitCode = exit.failed
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exitCode = stopped.aborted ? exit.stopped : exit.failed
  }
})
release()
