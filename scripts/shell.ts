import { makeRunIn } from '../cluster/kube/session.ts'
import type { Ran } from '../cluster/kube/exec.ts'
import { EnvironmentError, usageError } from '../core/errors.ts'
import type { App, CommonFlags, End, SettingFlags } from '../app/app.ts'
import { nameOf, type PodContainer } from '../app/inside/containers.ts'
import { deployedPods } from '../app/inside/deployed-pods.ts'
import { oneContainer } from '../app/inside/one-container.ts'
import { oneDeployment } from '../app/inside/one-deployment.ts'
import { openRunning, type Running } from '../app/inside/open-running.ts'
import { heard, talk } from '../app/inside/talk.ts'

export type ShellFlags = CommonFlags & SettingFlags & { readonly container?: string }

/** The better one that is there. */
const anyShell = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash; exec sh']

/** `shell`: a shell, or a program, in a running container of a service or an add-on; ends with the code that it ended with. */
export const shell = async (
  app: App,
  word: string,
  command: readonly string[],
  flags: ShellFlags,
  end: End,
): Promise<void> => {
  if (flags.json && command.length === 0)
    throw usageError('--json prints what a command wrote, and none is given.', `kindup shell ${word} --json -- env`)
  const terminal = app.terminal(flags)
  const running = await openRunning(app, flags, terminal)
  const entry = oneDeployment(word, flags.env, running)
  const [pods, runIn] = await Promise.all([
    deployedPods(running.kube, [entry]).now(),
    makeRunIn(running.kubeconfig, running.context),
  ])
  const where = oneContainer(entry, pods, flags.container)
  const call = { at: where, command: command.length > 0 ? command : anyShell }
  if (flags.json) {
    const ran = await heard(runIn, call, app.signal)
    const { code, stdout, stderr } = started(ran, where, command, running)
    const { namespace, pod, container } = where
    terminal.json({ cluster: running.name, step: entry.id, namespace, pod, container, command, code, stdout, stderr })
    return code === 0 ? undefined : end(code)
  }
  if (app.stdin.isTTY === true) terminal.err(terminal.colour.dim(`${nameOf(where)} in ${where.namespace}`))
  const { code } = started(await talk(runIn, call, app), where, command, running)
  if (code !== 0) end(code)
}

/** Throws what kept it from being started: `no-shell` where the image has none, `not-started`. */
const started = <R extends Ran>(
  ran: R,
  where: PodContainer,
  command: readonly string[],
  { context }: Running,
): R & { readonly code: number } => {
  const { code, said } = ran
  if (code !== undefined) return { ...ran, code }
  const { namespace, pod, container } = where
  const why = said
    .replace(/^.*(?:unable to start container process|failed to start exec [^:]*): ?/s, '')
    .replace(/: unknown$/, '')
  const isAbsent = /executable file not found|no such file or directory/i.test(said)
  if (isAbsent && command.length === 0)
    throw new EnvironmentError('no-shell', `The image of ${container} in ${pod} has no shell.`, {
      hints: [
        `kubectl --context ${context} --namespace ${namespace} debug -it ${pod} --target ${container} --image busybox --profile general -- sh   # another container beside it, with one`,
      ],
    })
  throw new EnvironmentError(
    'not-started',
    isAbsent
      ? `There is no program ${command[0] ?? ''} in ${container} of ${pod}.`
      : `${command.join(' ')} could not be started in ${container} of ${pod}: ${why}`,
  )
}
