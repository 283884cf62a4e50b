import { findTool, makeTools, toolsFolder, type Availability, type FindOptions } from '../cluster/tools/make-tools.ts'
import { mirrorOf } from '../cluster/tools/locations.ts'
import { proxiesOf } from '../cluster/tools/proxy.ts'
import { withoutLogin } from '../core/mask/without-login.ts'
import type { ToolName, ToolsConfig } from '../config/config.ts'
import { EnvironmentError, exit, messageOf } from '../core/errors.ts'
import { table } from '../core/print/table.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { App, CommonFlags, End } from '../app/app.ts'
import { downloadLines } from '../app/download-lines.ts'
import { runOf } from '../app/run-of.ts'
import { fileIfThere } from '../app/file-here.ts'

export type ToolsFlags = CommonFlags & { readonly download: boolean }

/** One tool as it is shown. */
type Row = {
  readonly name: ToolName
  readonly from: 'path' | 'cache' | 'download' | 'missing'
  /** The one that is used or would be downloaded; null where there is neither. */
  readonly version: string | null
  readonly path: string | null
  readonly why: string
  /** What would be downloaded, from where to where. */
  readonly download: { readonly url: string; readonly checksum: string; readonly to: string } | null
  readonly hints: readonly string[]
}

const names = ['kind', 'kubectl', 'helm'] as const

/** `tools`: which programs are used, from where and why. Downloads only with --download; reads every byte of the cache. */
export const tools = async (app: App, flags: ToolsFlags, end: End): Promise<void> => {
  const terminal = app.terminal(flags)
  const run = runOf(app)
  const options: FindOptions = {
    want: await wantedTools(app, flags),
    run,
    env: app.env,
    signal: app.signal,
    whole: true,
  }
  if (flags.download) {
    const made = makeTools({ ...options, onProgress: downloadLines(terminal) })
    await everyOne(names.map((name) => made[name]()))
  }
  const rows = await Promise.all(names.map((name) => rowOf(name, options)))
  const found = rows.every(({ from }) => from !== 'missing')
  if (flags.json) terminal.json(documentOf(rows, app))
  else print(rows, app, terminal)
  if (!found) end(exit.failed)
}

const rowOf = async (name: ToolName, options: FindOptions): Promise<Row> => {
  try {
    return { name, hints: [], ...shownOf(name, await findTool(name, options)) }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return { name, from: 'missing', version: null, path: null, why: error.message, download: null, hints: error.hints }
  }
}

const shownOf = (name: ToolName, probed: Availability): Omit<Row, 'name' | 'hints'> => {
  if ('tool' in probed) {
    const { version, path, from } = probed.tool
    return { from, version, path, why: probed.why, download: null }
  }
  const { location, target, reasons } = probed
  const why = reasons.length > 0 ? reasons.join('; ') : `there is none on this machine`
  if (!location)
    return {
      from: 'missing',
      version: null,
      path: null,
      why: `${why}, and nobody builds ${name} for it`,
      download: null,
    }
  const { url, checksumUrl: checksum } = location
  return { from: 'download', version: probed.download, path: null, why, download: { url, checksum, to: target } }
}

const documentOf = (rows: readonly Row[], { env }: App): object => ({
  cache: toolsFolder(env),
  ...wayOut(env),
  tools: rows.map(({ name, version, path, from, why, download }) => ({ name, version, path, from, why, download })),
})

/** How downloads leave this machine; logins are left out. */
const wayOut = (env: App['env']): { readonly mirror: string | null; readonly proxy: string | null } => {
  const { httpsProxy } = proxiesOf(env)
  return {
    mirror: mirrorOf(env)?.base ?? null,
    proxy: httpsProxy === '' ? null : withoutLogin(httpsProxy),
  }
}

const print = (
  rows: readonly Row[],
  { env }: App,
  { out, err, outColour: colour, colour: errColour }: Terminal,
): void => {
  const where = ({ path, download }: Row): string => path ?? (download ? download.url : '-')
  out(
    table(
      rows.map((row) => [row.name, row.version ?? '-', row.from, where(row), colour.dim(row.why)]),
      '',
    ),
  )
  const { mirror, proxy } = wayOut(env)
  if (rows.some(({ from }) => from === 'download')) {
    out(
      colour.dim(
        `\nup downloads what is missing, once, into ${toolsFolder(env)}; kindup tools --download does it now.`,
      ),
    )
    if (mirror !== null) out(colour.dim(`From the mirror ${mirror} (KINDUP_TOOLS_MIRROR).`))
    if (proxy !== null) out(colour.dim(`With the proxy ${proxy}.`))
  }
  for (const { hints } of rows) for (const hint of hints) err(`  ${errColour.cyan('→')} ${hint}`)
}

/** All of them at once, and every error on one page: what could be downloaded is kept. */
const everyOne = async (work: readonly Promise<unknown>[]): Promise<void> => {
  const failed = (await Promise.allSettled(work)).filter((one) => one.status === 'rejected')
  const known = failed.map(({ reason }) => reason as unknown).filter((error) => error instanceof EnvironmentError)
  const [first] = known
  // A defect, or a stopped run, is told as what it is.
  if (!first || known.length < failed.length) return void (await Promise.all(work))
  throw new EnvironmentError(first.code, known.map(messageOf).join('\n'), {
    hints: [...new Set(known.flatMap(({ hints }) => hints))],
    cause: first,
  })
}

/** The section `tools` of the file; where there is no file, what a file without the section means. A file that is wrong is said. */
const wantedTools = async (app: App, flags: Pick<CommonFlags, 'config' | 'name'>): Promise<ToolsConfig> => {
  const config = await fileIfThere(app, flags)
  return config?.tools ?? { kind: 'auto', kubectl: 'auto', helm: 'auto' }
}
