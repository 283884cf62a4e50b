import { assess } from '../core/assess.ts'
import { exit, usageError } from '../core/errors.ts'
import { oneLine } from '../core/print/one-line.ts'
import { table } from '../core/print/table.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { wrapped } from '../core/print/wrapped.ts'
import type { Status } from '../core/step.ts'
import { contextOf } from '../core/walk.ts'
import type { App, WalkFlags, End } from '../app/app.ts'
import { isHealthy, type Board } from '../app/board/board.ts'
import { refusePasswordsAlone } from '../app/ci/report-flags.ts'
import { recordedStatuses, withoutFile, type ObservedCluster } from '../app/by-inventory.ts'
import { openEnvironment } from '../app/open-environment.ts'
import { asBroughtUp } from '../app/settings.ts'

export type StatusFlags = WalkFlags & { readonly watch: boolean }

/** `status`: asks every step, and says what is wrong in one line each. With `--watch` again and again, endpoints too. */
export const status = async (app: App, given: StatusFlags, end: End): Promise<void> => {
  app.looks.probe()
  const terminal = app.terminal(given)
  refusePasswordsAlone(given)
  if (given.watch && given.report !== undefined)
    throw usageError(
      '--report leaves a page of one look, and --watch goes on looking.',
      'kindup ui   # a page that follows',
    )
  if (given.watch) {
    const [{ makeLook }, { watchBoard }] = await Promise.all([
      import('../app/board/look.ts'),
      import('../app/board/watch-board.ts'),
    ])
    const { look } = await makeLook(app, given, terminal)
    const isWell = await watchBoard({ app, terminal, json: given.json, look, documentOf: boardDocument })
    return isWell ? undefined : end(exit.failed)
  }
  const { name, statuses, isRecorded } =
    given.report === undefined ? await seen(app, given, terminal) : await reported(app, given, terminal)
  const healthy = [...statuses.values()].every(({ state }) => state === 'ready')
  const { json, out, outColour: colour, outColumns } = terminal
  if (given.json) {
    json({ cluster: name, healthy, steps: stepDocuments(statuses) })
  } else {
    const mark = (state: Status['state']): string =>
      state === 'ready' ? colour.green('✓') : state === 'broken' ? colour.red('✗') : colour.yellow('!')
    out(
      wrapped(
        table([...statuses].map(([id, stands]) => [`${mark(stands.state)} ${id}`, stands.state, whyOf(stands) ?? ''])),
        outColumns,
      ),
    )
    out(
      healthy
        ? `\n${name} is as ${isRecorded ? 'it was made' : 'the file says'}.`
        : `\n${name} is not as ${isRecorded ? 'it was made' : 'the file says'}. \`kindup up\` makes it so.`,
    )
  }
  if (!healthy) end(exit.failed)
}

const stepDocuments = (statuses: ReadonlyMap<string, Status>): readonly object[] =>
  [...statuses].map(([id, stands]) => ({ id, state: stands.state, why: whyOf(stands) ?? null }))

const boardDocument = (board: Board): object => ({
  cluster: board.name,
  healthy: isHealthy(board),
  steps: stepDocuments(board.statuses),
  endpoints: board.endpoints,
})

type Stands = {
  readonly name: string
  readonly statuses: ReadonlyMap<string, Status>
  /** There is no file: it is what the cluster remembers. */
  readonly isRecorded: boolean
}

const seen = async (app: App, given: WalkFlags, terminal: Terminal): Promise<Stands> => {
  const named = await withoutFile(app, given, terminal)
  return named ? byRecord(app, given, named) : byFile(app, given, terminal)
}

/** The same with a page of it, which tells endpoints and nodes too. */
const reported = async (app: App, given: WalkFlags, terminal: Terminal): Promise<Stands> => {
  const [{ makeLook }, { lookAndReport }] = await Promise.all([
    import('../app/board/look.ts'),
    import('../app/ci/status-page.ts'),
  ])
  const look = await makeLook(app, given, terminal)
  const { name, statuses } = await lookAndReport(app, given, terminal, look)
  return { name, statuses, isRecorded: look.environment === undefined }
}

const byFile = async (app: App, given: WalkFlags, terminal: Terminal): Promise<Stands> => {
  const flags = await asBroughtUp(app, given, terminal)
  const { config, steps } = await openEnvironment(app, flags)
  const statuses = await assess(steps, (step) => contextOf({ signal: app.signal, timeoutMs: flags.timeout }, step.id))
  return { name: config.name, statuses, isRecorded: false }
}

const byRecord = async (app: App, { timeout }: WalkFlags, named: ObservedCluster): Promise<Stands> => ({
  name: named.cluster.config.name,
  statuses: await recordedStatuses(named, contextOf({ signal: app.signal, timeoutMs: timeout }, 'record')),
  isRecorded: true,
})

const whyOf = (stands: Status): string | undefined =>
  stands.state === 'ready'
    ? stands.note && oneLine(stands.note)
    : 'why' in stands
      ? oneLine(stands.why)
      : 'what' in stands
        ? oneLine(stands.what)
        : undefined
