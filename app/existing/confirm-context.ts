import { findContext } from '../../cluster/existing/context.ts'
import { inspectExisting } from '../../cluster/existing/inspect.ts'
import { isAgreed, rememberAgreed, rememberContext } from '../../cluster/existing/memory.ts'
import { protectedBecause } from '../../cluster/existing/provider.ts'
import type { Access } from '../../cluster/kind/access.ts'
import { askAt, confirm } from '../../core/ask.ts'
import { EnvironmentError, StoppedError, usageError } from '../../core/errors.ts'
import { textAt } from '../../core/fields.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import type { App, CommonFlags } from '../app.ts'

type Asked = {
  readonly app: App
  readonly flags: Pick<CommonFlags, 'yes' | 'confirm'>
  readonly terminal: Terminal
  readonly name: string
  readonly context: string
  readonly access: Access
}

/**
 * Before anything of an existing cluster is changed: once for each, and for a protected one each time by its name, typed
 * or given with --confirm. `--yes` is enough for clusters that run on this machine. Throws `not-confirmed`, StoppedError.
 */
export const confirmContext = async ({ app, flags, terminal, name, context, access }: Asked): Promise<void> => {
  const { confirm: given } = flags
  if (given !== undefined && given !== context)
    throw usageError(
      `--confirm ${given}: the cluster of this run is that of context ${context}.`,
      'It takes the very name of the context, so that no other one is changed by mistake.',
    )
  const found = await findContext(context, app.env)
  const { provider, uid } = await inspectExisting({
    context: found,
    kube: await access.kube(),
    engine: () => Promise.resolve(undefined),
  })
  const server = textAt(found.cluster, 'server') ?? ''
  const agreed = { context, uid }
  const why = protectedBecause([context, found.clusterName, new URL(server).hostname], provider)
  if (given === undefined && (why !== undefined || !(await isAgreed(agreed, app.env)))) {
    const what = `context ${context} (${provider.name}, ${server})`
    if (why !== undefined) await typed({ app, terminal, context, what, why })
    else if (!(flags.yes && provider.isLocal)) await agreedTo({ app, terminal, context, what })
  }
  if (why === undefined) await rememberAgreed(agreed, app.env)
  await rememberContext(name, context, app.env)
}

type Question = Pick<Asked, 'app' | 'terminal' | 'context'> & { readonly what: string }

const typed = async ({ app, terminal, context, what, why }: Question & { readonly why: string }): Promise<void> => {
  if (!terminal.interactive) throw notConfirmed(`${capital(what)} is protected, because ${why}`, context)
  const asker = await askAt(app.signal)
  const answer = await asker.text(
    `This changes the cluster of ${what}. It is protected, because ${why}. Type the name of the context to go on:`,
    '',
    () => undefined,
  )
  if (answer !== context) throw new StoppedError(`${JSON.stringify(answer)} is not ${context}; nothing was changed.`)
}

const agreedTo = async ({ app, terminal, context, what }: Question): Promise<void> => {
  if (!terminal.interactive)
    throw notConfirmed(`Nobody has agreed yet that kindup changes the cluster of ${what}`, context)
  const question = `This changes the cluster of ${what}, which kindup did not make. Go on?`
  if (!(await confirm(question, { byDefault: false, signal: app.signal })))
    throw new StoppedError('Stopped at the question; nothing was changed.')
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

const notConfirmed = (message: string, context: string): EnvironmentError =>
  new EnvironmentError('not-confirmed', `${message}.`, {
    hints: [`Run it at a terminal, which asks; or say that you mean this very cluster: --confirm ${context}`],
  })
