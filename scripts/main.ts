import process from 'node:process'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { findFile } from '../config/source/read-file.ts'
import { allEnded, bindTo, killAll, type Ends, type Waits } from '../core/bound.ts'
import {
  EnvironmentError,
  exit,
  KindupError,
  StoppedError,
  systemCode,
  type ExitCode,
  usageError,
} from '../core/errors.ts'
import { makeObservations } from '../core/observations.ts'
import { errorPage } from '../core/print/error-page.ts'
import { terminalOf, type Streams } from '../core/print/terminal.ts'
import type { App, CommonFlags } from '../app/app.ts'
import { makeElsewhere, remotesOf } from '../app/elsewhere.ts'
import { StepsFailed } from '../app/steps-failed.ts'
import { version } from '../app/version.ts'
import { writeFailureLog } from './failure-log.ts'
import { errorDocument } from './json.ts'
import { stopSignals } from './stop-signals.ts'
import { commands } from './commands.ts'
import { fullDisk } from '../core/full-disk.ts'

/** What the command line sees of the process that it runs in; `process` is one. */
export type Host = Streams &
  Pick<App, 'env' | 'system' | 'spawn' | 'hit'> & {
    readonly cwd: () => string
    /** Stops the run. Default: Ctrl-C and the signals that ask this process to end. */
    readonly signal?: AbortSignal
  }

/** The whole command line. Answers the exit code: of the contract, or of a program that it ran for the user. Prints every error; throws nothing. */
export const main = async (argv: readonly string[], host: Host = process): Promise<number> => {
  // What stands behind it belongs to a program that is run.
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  const flags = { json: own.includes('--json'), verbose: own.includes('--verbose') || own.includes('-v') }
  const ran: string[] = []
  const { env, stdout, stderr, system, spawn, hit } = host
  const waits: Waits = new Set()
  const ends: Ends = new Set()
  const over = new AbortController()
  const { signal, release } = host.signal
    ? { signal: host.signal, release: () => undefined }
    : stopSignals(() => killAll(waits))
  const results = watched(stdout)
  watched(stderr)
  const terminalFor: App['terminal'] = ({ quiet }) => terminalOf(host, env, { quiet: quiet === true })
  const terminal = terminalFor({})
  const cwd = host.cwd()
  const app: App = {
    cwd,
    argv,
    env,
    signal,
    unread: results.unread,
    stdin: host.stdin,
    stdout,
    stderr,
    terminal: terminalFor,
    looks: makeObservations(),
    engines: new Map(),
    elsewhere: makeElsewhere(),
    ran,
    log: (line) => {
      ran.push(line)
      if (flags.verbose) terminal.err(terminal.colour.dim(`  $ ${line}`))
    },
    ...(system && { system }),
    ...(spawn && { spawn }),
    ...(hit && { hit }),
  }
  try {
    const code = await bindTo(AbortSignal.any([signal, over.signal]), () => dispatch(app, argv), {
      waits,
      ends,
      isRoot: true,
    })
    const lost = await results.lost()
    if (lost === undefined) return code
    terminal.err(errorPage(unwritten(lost), terminal.colour, cwd))
    return exit.failed
  } catch (thrown) {
    const error = signal.aborted && !(thrown instanceof KindupError) ? new StoppedError() : (fullDisk(thrown) ?? thrown)
    if (error instanceof CommanderError) return usage(error, argv, app)
    if (flags.json) terminal.json(errorDocument(error))
    if (error instanceof KindupError) terminal.annotate?.(error.problems)
    if (!(error instanceof KindupError)) {
      terminal.err(defectPage(error, ran))
      return exit.defect
    }
    if (!flags.json) terminal.err(errorPage(error, terminal.colour, cwd))
    if (error instanceof StepsFailed && error.diagnosis)
      terminal.err(terminal.colour.dim(`  What was seen of it: ${join(error.diagnosis.folder, 'index.md')}`))
    if (error.exitCode === exit.failed && ran.length > 0)
      terminal.err(terminal.colour.dim(`  The commands that were run: ${writeFailureLog(ran, argv, { env })}`))
    return error.exitCode
  } finally {
    // What nobody waited for to the end goes on no longer. Until it has ended, a second Ctrl-C ends it at once.
    over.abort(new StoppedError())
    await allEnded(waits)
    await Promise.allSettled([...ends].map((end) => end()))
    release()
  }
}

/** The command line with the flags of the command that the words name. */
const programFor = async (app: App, words: readonly string[], end: (code: number) => void): Promise<Command> => {
  const program = new Command('kindup')
    .description('One file to a working local Kubernetes environment, and away again without a trace.')
    .version(version(), '-V, --version')
    .showSuggestionAfterError(true)
  const chosen = words.find((word) => !word.startsWith('-'))
  for (const [name, { summary, alias, load }] of Object.entries(commands)) {
    const one = name === chosen || (alias !== undefined && alias === chosen) ? (await load())(app, end) : undefined
    const made = one ?? new Command(name).description(summary)
    program.addCommand(alias === undefined ? made : made.alias(alias))
  }
  return program
}

const dispatch = async (app: App, argv: readonly string[]): Promise<number> => {
  let code: number = exit.done
  if (argv[0] === '__complete') {
    await (
      await import('./completion/answer.ts')
    ).answer(app, argv.slice(1), (words) => programFor(app, words, () => {}))
    return code
  }
  const program = await programFor(app, argv, (end) => (code = end))
  // Errors are printed in one place, below; help goes where results go.
  let release: (() => Promise<void>) | undefined
  program.hook('preAction', async (_program, action) => {
    const flags = action.opts<CommonFlags>()
    if (namesFiles(action.opts(), app.env)) {
      const { refuseKernelFolders, refuseUnwritable } = await import('./written-paths.ts')
      refuseKernelFolders(flags, app)
      refuseUnwritable(flags, app)
    }
    Object.assign(app.elsewhere, {
      command: action.name(),
      trust: flags.trust ?? [],
      quiet: flags.quiet,
      remotes: remotesOf(app),
    })
    // Most commands name no file, and have nothing to load for one.
    if (flags.config === undefined) return
    const { openRemote } = await import('../app/remote/open-remote.ts')
    const opened = await openRemote(app, action.name(), flags)
    if (!opened) return
    release = opened.release
    action.setOptionValue('config', opened.file)
  })
  const silent = { writeErr: () => undefined, outputError: () => undefined }
  const quietly = (each: Command): void => {
    each.exitOverride().configureOutput({ writeOut: (text) => app.terminal({}).out(text.trimEnd()), ...silent })
    each.commands.forEach(quietly)
  }
  quietly(program)
  if (argv.length === 0) {
    const { err } = app.terminal({})
    err(program.helpInformation())
    if (!isFileThere(app.cwd)) err('There is no kindup.yaml here: `kindup init` looks at the folder and writes one.')
    return exit.usage
  }
  try {
    await program.parseAsync(argv, { from: 'user' })
  } finally {
    await release?.()
  }
  return code
}

/** Whether a file to write is named, or a folder that the kernel makes up: most commands have neither, and load nothing to look. */
const namesFiles = (flags: Readonly<Record<string, unknown>>, env: App['env']): boolean =>
  ['out', 'trace', 'report', 'dotenv', 'junit', 'hostsFile', 'dir', 'file'].some((key) => key in flags) ||
  ['HOME', 'KINDUP_CACHE', 'XDG_CACHE_HOME', 'KUBECONFIG'].some((name) =>
    /(?:^|:)\/(?:proc|sys)\b/.test(env[name] ?? ''),
  )

const isFileThere = (cwd: string): boolean => {
  try {
    return findFile(undefined, cwd) !== ''
  } catch {
    return false
  }
}

const usage = (error: CommanderError, argv: readonly string[], { cwd, terminal: terminalFor }: App): ExitCode => {
  const terminal = terminalFor({})
  if (error.exitCode === 0) return exit.done
  const chosen = argv.find((word) => !word.startsWith('-'))
  // Commander would print the help of a command of commands, and leaves no message.
  const said = error.code === 'commander.help' ? `${chosen} wants to be told what to do` : error.message
  const [message = '', ...suggestions] = said.replace(/^error: /, '').split('\n')
  const isEarly = chosen !== undefined && argv[0] !== chosen && Object.hasOwn(commands, chosen)
  const page = usageError(
    `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.?]$/.test(message) ? '' : '.'}`,
    ...suggestions.map((text) => text.replaceAll(/^\(|\)$/g, '')),
    ...(isEarly ? [`Flags stand behind the command: kindup ${chosen} ${argv[0]}`] : []),
    'kindup --help lists the commands, kindup COMMAND --help its flags.',
  )
  if (argv.includes('--json')) terminal.json(errorDocument(page))
  else terminal.err(errorPage(page, terminal.colour, cwd))
  return exit.usage
}

/**
 * `kindup status | head`: who has read enough is no failure, and the work goes on. Neither is the work stopped by a disk
 * that is full; `lost` tells why what was printed is not all there.
 */
const watched = (
  stream: Streams['stdout'],
): { readonly lost: () => Promise<Error | undefined>; readonly unread: AbortSignal } => {
  let first: Error | undefined
  const left = new AbortController()
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') first ??= error
    left.abort(new StoppedError('Nobody reads the results any more.'))
  })
  return {
    unread: left.signal,
    lost: async () => {
      // What was written before has arrived or failed when this has.
      await new Promise<void>((done) => stream.write('', () => done()))
      return first
    },
  }
}

const unwritten = (cause: Error): EnvironmentError =>
  new EnvironmentError(
    'output-lost',
    `The results could not be written to standard output: ${systemCode(cause) === 'ENOSPC' ? 'its disk is full' : cause.message}.`,
    { cause, hints: ['What was to be done is done. Free some room, and run the command again for its results.'] },
  )

/** What a defect of kindup prints: the only page with a stack, and all that a report needs. */
const defectPage = (error: unknown, ran: readonly string[]): string =>
  [
    '✗ This is a defect in kindup, not something you did.',
    `  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`.replaceAll('\n', '\n  '),
    ...(error instanceof Error && error.cause instanceof Error
      ? [`  caused by ${error.cause.stack ?? error.cause.message}`]
      : []),
    `  kindup ${version()}, node ${process.version}, ${process.platform} ${process.arch}`,
    ...ran.slice(-5).map((line) => `  $ ${line}`),
    '  → Please report it with the lines above in the issue tracker of kindup. `npm run down` still takes everything away.',
  ].join('\n')
