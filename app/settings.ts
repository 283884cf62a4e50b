import { readExistingMark } from '../cluster/existing/mark.ts'
import type { Engine } from '../cluster/engine/engine.ts'
import { situationOf } from '../cluster/kind/situation.ts'
import { isGiven, noSettings, readSettings, type Settings } from '../cluster/inventory/settings.ts'
import { loadConfig } from '../config/load.ts'
import { subjectOf } from '../config/subject.ts'
import { ConfigError, EnvironmentError, KindupError, stopReason } from '../core/errors.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { accessOf } from './access-of.ts'
import { askAhead } from './ask-ahead.ts'
import { loadOptions, type App, type CommonFlags, type SettingFlags, type WalkFlags } from './app.ts'
import { engineOf } from './engine-of.ts'

/** A busy machine takes its time, and what is told or done without what was set is wrong. */
const patienceMs = 30_000
/** Where it makes for no more than a sentence, an engine or an API that hangs must not hold up what can do without. */
const littlePatienceMs = 5_000

type Flags = CommonFlags & SettingFlags

/**
 * The flags of a command that goes by what is there: without any of its own, those that it was brought up with. Where they
 * cannot be read in time, who looks is told so, and who changes something is refused with EnvironmentError `settings-unread`.
 */
export const asBroughtUp = async <F extends Flags>(
  app: App,
  flags: F,
  terminal: Terminal,
  use: 'to look' | 'to change' = 'to look',
): Promise<F> => {
  if (isGiven(settingsOf(flags))) return flags
  const remembered = await rememberedOf(app, flags, patienceMs)
  const { err, colour } = terminal
  if (remembered instanceof KindupError) {
    if (use === 'to change') throw remembered
    return flags
  }
  if (remembered === 'unread') {
    if (use === 'to change') throw unread()
    err(`${colour.yellow('!')} ${notRead} This goes by the file alone.`)
    return flags
  }
  if (!isGiven(remembered)) return flags
  if (await stillFit(app, flags, remembered)) return { ...flags, ...remembered }
  err(`${colour.yellow('!')} The file has changed: ${shown(remembered)}, which it was brought up with, no longer fits.`)
  return flags
}

/** What `up` and `plan` go by, and the sentence that says what of before no longer counts, or still does. */
export type ForUp<F> = { readonly flags: F; readonly said: Promise<string | undefined> }

/**
 * A whole `up` makes the environment as the file and its own flags say: what was set before is dropped. One that takes a
 * part of the steps leaves the rest as it was brought up, with what was set then; only that one waits for what is remembered.
 */
export const forUp = async <F extends WalkFlags>(app: App, flags: F): Promise<ForUp<F>> => {
  const given = settingsOf(flags)
  if (isNarrowed(flags)) {
    const remembered = await rememberedOf(app, flags, patienceMs)
    if (remembered === 'unread') throw unread()
    if (remembered instanceof KindupError || !isGiven(remembered)) return { flags, said: Promise.resolve(undefined) }
    if (await stillFit(app, flags, remembered)) {
      const both = together(remembered, given)
      return { flags: { ...flags, ...both }, said: Promise.resolve(`As it was brought up: ${shown(remembered)}.`) }
    }
    return { flags, said: Promise.resolve(sayDropped(remembered, given)) }
  }
  // What does not answer is what a whole `up` sets right.
  const said = rememberedOf(app, flags, littlePatienceMs).then((remembered) =>
    remembered === 'unread' || remembered instanceof KindupError ? undefined : sayDropped(remembered, given),
  )
  // Whoever fails before has said why.
  said.catch(() => undefined)
  return { flags, said }
}

const sayDropped = (remembered: Settings, given: Settings): string | undefined => {
  const dropped = without(remembered, given)
  return isGiven(dropped) ? `No longer set: ${shown(dropped)}. To keep it, give it again.` : undefined
}

/** What a walk with these flags is remembered by. */
export const settingsOf = ({ set = [], image = [], profile = [], hosts = true }: Partial<Flags>): Settings => ({
  set,
  image,
  profile,
  hosts,
})

const isNarrowed = ({ only, skip, env }: WalkFlags): boolean => only.length + skip.length + env.length > 0

const notRead = `What was set when it was brought up cannot be read: engine or API did not answer within ${patienceMs / 1000} s.`

const unread = (): EnvironmentError =>
  new EnvironmentError('settings-unread', `${notRead} Without it this would go by the file alone.`, {
    hints: ['Try again once the machine is less busy, or give what is to be set: --set, --image, --profile.'],
  })

/** What the cluster of these flags remembers, nothing where there is none of ours, and what keeps a running one from telling. */
const rememberedOf = async (app: App, flags: Flags, withinMs: number): Promise<Settings | 'unread' | KindupError> => {
  const { name, engine: wanted = 'auto', context } = await subjectOf(loadOptions(app, flags))
  if (name === undefined) return noSettings
  const signal = AbortSignal.any([app.signal, AbortSignal.timeout(withinMs)])
  const found = engineOf(app, wanted)
  if (context === undefined) askAhead(app, name, wanted)
  const engine = (): Promise<Engine> => within(found(), signal)
  let isRunning = false
  try {
    if (context === undefined) {
      const { marker, containers } = await within(situationOf(await engine(), name), signal)
      if (!marker || !containers.some(({ running, paused }) => running && paused !== true)) return noSettings
    }
    isRunning = true
    const access = accessOf(app, { name, ...(context === undefined ? {} : { context }) }, engine, signal)
    const kube = await access.kube()
    if (context !== undefined && (await readExistingMark(kube, context))?.name !== name) return noSettings
    return await readSettings(kube)
  } catch (error) {
    app.signal.throwIfAborted()
    if (signal.aborted) return 'unread'
    // What is wrong with the engine or the API is said by whoever wants more of them.
    if (error instanceof KindupError) return isRunning ? error : noSettings
    throw error
  }
}

/** The same, as long as the signal lets it take. The work itself goes on: others may want what comes of it. */
const within = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(stopReason(signal))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })

/** Whether the file as it is now takes them. One that is wrong without them too is wrong for others to say. */
const stillFit = async (app: App, flags: Flags, { set, image, profile }: Settings): Promise<boolean> => {
  const fits = (more: Pick<Settings, 'set' | 'image' | 'profile'>): Promise<boolean> =>
    loadConfig({ ...loadOptions(app, flags), set: more.set, images: more.image, profiles: more.profile }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ConfigError) return false
        throw error
      },
    )
  return (await fits({ set, image, profile })) || !(await fits(noSettings))
}

/** Later ones win where both set the same. */
const together = (first: Settings, second: Settings): Settings => ({
  set: [...except(first.set, second.set), ...second.set],
  image: [...except(first.image, second.image), ...second.image],
  profile: [...except(first.profile, second.profile), ...second.profile],
  hosts: first.hosts && second.hosts,
})

/** What of `first` the second does not set, to whatever value. */
const without = (first: Settings, second: Settings): Settings => ({
  set: except(first.set, second.set),
  image: except(first.image, second.image),
  profile: except(first.profile, second.profile),
  hosts: first.hosts || !second.hosts,
})

const except = (texts: readonly string[], others: readonly string[]): readonly string[] => {
  const keys = new Set(others.map(keyOf))
  return texts.filter((text) => !keys.has(keyOf(text)))
}

const keyOf = (text: string): string => text.split('=')[0] ?? text

/** By their names alone: a value may be a password. */
const shown = ({ set, image, profile, hosts }: Settings): string =>
  [
    ...profile.map((text) => `--profile ${text}`),
    ...set.map((text) => `--set ${keyOf(text)}`),
    ...image.map((text) => `--image ${text}`),
    ...(hosts ? [] : ['--no-hosts']),
  ].join(', ')
