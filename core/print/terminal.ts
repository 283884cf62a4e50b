import { fstatSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { Chalk, type ChalkInstance, supportsColor, supportsColorStderr } from 'chalk'
import type { Problem } from '../problem.ts'
import { groupsOf, type Group } from './job-group.ts'
import { wrapped } from './wrapped.ts'
import { relative, resolve } from 'node:path'

/** Where words go: results to `out`, progress and prose to `err`. */
export type Terminal = {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** The document of `--json`, where results go. */
  readonly json: (document: unknown) => void
  /** Colours for what goes to `err`, and for results: off with NO_COLOR and where nobody looks. */
  readonly colour: ChalkInstance
  readonly outColour: ChalkInstance
  /** A person sits there and can be asked. */
  readonly interactive: boolean
  /** Progress may redraw itself. */
  readonly live: boolean
  /** A CI job's log: passwords are not shown in it. */
  readonly ci: boolean
  /** Tells the runner that reads this as it is printed to blank a text from now on, once. Left out where nobody reads for that. */
  readonly mask?: (text: string) => void
  /** Has the runner of a GitHub job show problems at their places in the changed files. Left out elsewhere. */
  readonly annotate?: (problems: readonly Problem[]) => void
  /** Folds what is printed until its end is told, in the log of a job of GitHub or GitLab. Left out elsewhere, and where prose is silenced. */
  readonly group?: Group
  readonly width: number
  /** Columns of what results are printed to; Infinity where that is no terminal. */
  readonly outColumns: number
}

type Output = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly fd?: number
}

/** Where a run reads and writes. */
export type Streams = {
  readonly stdin: { readonly isTTY?: boolean; readonly setRawMode?: (isRaw: boolean) => unknown }
  readonly stdout: Output
  readonly stderr: Output
}
type Env = Readonly<Record<string, string | undefined>>

/** The terminal of this process. `--quiet` silences prose, not results. */
export const terminalOf = (streams: Streams, env: Env, options: { readonly quiet?: boolean } = {}): Terminal => {
  const plain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  const ci = (env['CI'] ?? '') !== '' && env['CI'] !== 'false'
  const colours = (support: typeof supportsColor): ChalkInstance =>
    new Chalk({ level: plain || support === false ? 0 : support.level })
  const seen = streams.stderr.isTTY === true
  const group = options.quiet === true ? undefined : groupsOf(streams.stderr, env)
  const out = (text: string): void => void streams.stdout.write(`${text}\n`)
  return {
    out,
    json: (document) => out(JSON.stringify(document, undefined, 2)),
    err: (text) =>
      options.quiet ? undefined : void streams.stderr.write(`${wrapped(text, columnsOf(streams.stderr))}\n`),
    colour: colours(supportsColorStderr),
    outColour: colours(supportsColor),
    interactive: seen && streams.stdin.isTTY === true && !ci,
    live: seen && !ci && env['TERM'] !== 'dumb' && options.quiet !== true,
    ci,
    ...(env['GITHUB_ACTIONS'] === 'true' &&
      isReadAtOnce(streams.stderr) && {
        mask: masking(streams.stderr),
        annotate: annotating(streams.stderr, env['GITHUB_WORKSPACE']),
      }),
    ...(group && { group }),
    outColumns: columnsOf(streams.stdout),
    width: streams.stderr.columns ?? 100,
  }
}

const columnsOf = ({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }): number =>
  isTTY === true && columns ? columns : Infinity

/** A file would keep what a runner only takes note of. */
const isReadAtOnce = ({ fd }: Streams['stderr']): boolean => fd !== undefined && !fstatSync(fd).isFile()

/** A runner takes one line; a percent sign begins an escape there. Also where prose is silenced: results may hold what is masked. */
const masking = (stream: Output): ((text: string) => void) => {
  const told = new Set<string>()
  return (text) => {
    for (const line of text.split(/[\r\n]+/)) {
      if (line.trim() === '' || told.has(line)) continue
      told.add(line)
      stream.write(`::add-mask::${line.replaceAll('%', '%25')}\n`)
    }
  }
}

/** Without the variable of the runner nothing tells which part of a path it knows: then it gets them whole. */
const annotating =
  (stream: Output, workspace = '/'): ((problems: readonly Problem[]) => void) =>
  (problems) => {
    for (const problem of problems) stream.write(`${annotationOf(problem, workspace)}\n`)
  }

/**
 * A problem as a line that a GitHub runner shows at its place in the changed files, a message to the job where it has none.
 * `workspace`: the checkout's folder, from which the runner counts paths. Source: "Workflow commands for GitHub Actions".
 */
const annotationOf = ({ severity, message, at, hint }: Problem, workspace: string): string => {
  const place = at ? [`file=${inProperty(relative(workspace, resolve(workspace, at.file)))}`] : []
  if (at?.line !== undefined) place.push(`line=${at.line}`)
  if (at?.column !== undefined) place.push(`col=${at.column}`)
  return `::${severity} ${[...place, 'title=kindup'].join(',')}::${inMessage(hint === undefined ? message : `${message}\n${hint}`)}`
}

const inMessage = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
const inProperty = (text: string): string => inMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
