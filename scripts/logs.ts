import type { InventoryEntry } from '../cluster/inventory/inventory.ts'
import { KindupError, usageError } from '../core/errors.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { App, CommonFlags, SettingFlags } from '../app/app.ts'
import { chosenDeployments } from '../app/inside/chosen.ts'
import { containersOfPod, keyOf, nameOf, type PodContainer } from '../app/inside/containers.ts'
import { deployedPods } from '../app/inside/deployed-pods.ts'
import { followLogs } from '../app/inside/follow-logs.ts'
import { knownSecrets } from '../app/inside/known-secrets.ts'
import { inOrder } from '../app/inside/log-line.ts'
import { openRunning } from '../app/inside/open-running.ts'
import { hidingIn, inBursts, lineDocument, logPrinter } from '../app/inside/print-logs.ts'
import { readLogs, type Said } from '../app/inside/read-logs.ts'

export type LogsFlags = CommonFlags &
  SettingFlags & {
    readonly follow: boolean
    readonly previous: boolean
    /** Milliseconds. */
    readonly since?: number
    readonly tail?: number
    readonly container?: string
  }

/** `logs`: what the containers of what was deployed say, in the order of their times, without values of Secrets. */
export const logs = async (app: App, words: readonly string[], flags: LogsFlags): Promise<void> => {
  if (flags.follow && flags.previous)
    throw usageError('--previous is of a run that has ended: there is nothing to follow.', 'Leave one of the two away.')
  const terminal = app.terminal(flags)
  const running = await openRunning(app, flags, terminal)
  const entries = chosenDeployments(words, flags.env, running)
  const { kube, name } = running
  const deployed = deployedPods(kube, entries)
  const [pods, secrets] = await Promise.all([deployed.now(), knownSecrets(app, running)])
  const isMeant = ({ container }: PodContainer): boolean =>
    flags.container === undefined || container === flags.container
  const all = pods.flatMap(({ entry, pod }) => containersOfPod(entry, pod))
  const meant = all.filter(isMeant)
  if (meant.length === 0) sayNothing(entries, all, flags, terminal)
  const hide = hidingIn(secrets.texts)
  const reading = {
    previous: flags.previous,
    ...(flags.since !== undefined && { since: Math.max(1, Math.ceil(flags.since / 1000)) }),
    ...(flags.tail !== undefined && { tail: flags.tail }),
  }
  const until = AbortSignal.any([app.signal, app.unread])
  const read = await readLogs(kube, meant, reading, until)
  app.signal.throwIfAborted()
  const before = inOrder(read.map(hide))
  if (flags.json && !flags.follow) return terminal.json({ cluster: name, lines: before.map(lineDocument) })
  const print = flags.json
    ? (lines: readonly Said[]): void => lines.forEach((line) => terminal.out(JSON.stringify(lineDocument(line))))
    : logPrinter(terminal, meant)
  print(before)
  if (!flags.follow) return
  const bursts = inBursts(print)
  const note = (text: string): void => terminal.err(terminal.colour.dim(text))
  const last = read.flatMap((lines) => lines.findLast(({ at }) => at !== '') ?? [])
  await followLogs(
    {
      kube,
      deployed,
      isMeant,
      readUntil: new Map(last.map(({ from, at }) => [keyOf(from), at])),
      known: new Map(meant.flatMap((one) => (one.id === undefined ? [] : [[keyOf(one), one.id]]))),
      said: (lines) => bursts.add(hide(lines)),
      began: (one) => {
        // It may read Secrets that were not there before. What cannot be read now is what was known.
        secrets.again().catch(unlessDefect)
        note(`+ ${nameOf(one)} ${one.restarts > 0 ? `has started again (${one.restarts})` : 'has started'}`)
      },
      ended: (one) => note(`- ${nameOf(one)} has ended (exit code ${one.exitCode ?? 'unknown'})`),
    },
    until,
  )
  bursts.rest()
}

const unlessDefect = (error: unknown): void => {
  if (!(error instanceof KindupError)) throw error
}

/** Why there is nothing to print. Throws ConfigError where no container is called what was asked for. */
const sayNothing = (
  entries: readonly InventoryEntry[],
  all: readonly PodContainer[],
  { container, follow }: LogsFlags,
  { err }: Terminal,
): void => {
  const what = entries.map(({ id }) => id).join(', ')
  if (container !== undefined && all.length > 0)
    throw usageError(
      `No container of ${what} is called ${container}.`,
      `There are: ${[...new Set(all.map((one) => one.container))].join(', ')}`,
    )
  err(
    entries.length === 0
      ? 'Nothing is deployed yet: kindup up'
      : `${what} ${entries.length > 1 ? 'have' : 'has'} no pods now.${follow ? ' They are waited for.' : ' `kindup status` says how things stand.'}`,
  )
}
