import { once } from 'node:events'
import { makeRunIn } from '../cluster/kube/session.ts'
import { makeTunnel } from '../cluster/kube/tunnel.ts'
import { EnvironmentError } from '../core/errors.ts'
import { wordFor } from '../core/identity.ts'
import type { App, CommonFlags, SettingFlags } from '../app/app.ts'
import { launchOf, rootsOf } from '../app/debug/launch.ts'
import { openDebugger, type Debugger } from '../app/debug/open-debugger.ts'
import { nameOf, type PodContainer } from '../app/inside/containers.ts'
import { forwarding, type Forwarding } from '../app/inside/forwarding.ts'
import { livingPod } from '../app/inside/living-pod.ts'
import { oneContainer } from '../app/inside/one-container.ts'
import { oneDeployment } from '../app/inside/one-deployment.ts'
import { openRunning } from '../app/inside/open-running.ts'

export type DebugFlags = CommonFlags & SettingFlags & { readonly container?: string; readonly port?: number }

/** `debug`: a port of 127.0.0.1 leads to the debugger of what runs in a service, also after its pod was replaced, until it is stopped. */
export const debug = async (app: App, word: string, flags: DebugFlags): Promise<void> => {
  const terminal = app.terminal(flags)
  const running = await openRunning(app, flags, terminal)
  const { kube, kubeconfig, context, name } = running
  const entry = oneDeployment(word, flags.env, running)
  const [runIn, tunnel] = await Promise.all([makeRunIn(kubeconfig, context), makeTunnel(kubeconfig, context)])
  let opened: { readonly run: string | undefined; readonly found: Debugger } | undefined
  let probed = false
  /** Of the pod that is there now: one that was replaced, or began again, has no open debugger yet. */
  const find = async (): Promise<{ readonly where: PodContainer; readonly found: Debugger }> => {
    const living = await livingPod(kube, entry, app.signal)
    const where = oneContainer(entry, [living], flags.container)
    probed ||= living.pod.spec?.containers.find((one) => one.name === where.container)?.livenessProbe !== undefined
    const kept = opened?.run === where.id ? opened : undefined
    opened = kept ?? { run: where.id, found: await openDebugger(runIn, where, app.signal) }
    return { where, found: opened.found }
  }
  const first = await find()
  const forward = await listening(flags.port, first.found.port, (local) =>
    forwarding(
      {
        local,
        tunnel,
        find: async () => {
          const { where, found } = await find()
          return { namespace: where.namespace, pod: where.pod, port: found.port }
        },
        told: ({ message }) => terminal.err(`${terminal.colour.yellow('!')} ${message}`),
      },
      app.signal,
    ),
  )
  try {
    const { where, found } = first
    const { namespace, pod, container } = where
    const title = wordFor(entry.of)
    const launch = launchOf(found.name, title, forward.local, rootsOf(running, entry.of.name ?? '', found.process.cwd))
    const address = `127.0.0.1:${forward.local}`
    if (flags.json)
      terminal.json({
        cluster: name,
        step: entry.id,
        namespace,
        pod,
        container,
        runtime: found.name,
        process: found.process.words,
        address,
        launch,
      })
    else {
      const { err, colour } = terminal
      err(
        `${colour.green('✓')} ${found.process.words.join(' ')} in ${nameOf(where)}: its debugger is at ${colour.cyan(address)}`,
      )
      if (found.others > 0) err(colour.dim(`  ${found.others} more of its kind run there; the first one is meant.`))
      if (probed)
        err(`${colour.yellow('!')} It has a liveness probe: stopped at a breakpoint for long, it is started again.`)
      if (found.name === 'node') err(colour.dim('  In Chrome: chrome://inspect'))
      err(colour.dim('  In .vscode/launch.json, under configurations:'))
      terminal.json(launch)
      err(colour.dim('Ctrl-C ends it.'))
    }
    if (!app.signal.aborted) await Promise.race([once(app.signal, 'abort'), forward.failed])
  } finally {
    await forward.close()
  }
}

/** At the port that was asked for, else at the debugger's own, else at any: editors are told which. */
const listening = async (
  asked: number | undefined,
  own: number,
  listen: (port: number) => Promise<Forwarding>,
): Promise<Forwarding> => {
  if (asked !== undefined) return listen(asked)
  try {
    return await listen(own)
  } catch (error) {
    if (error instanceof EnvironmentError && ['port-taken', 'port-forbidden'].includes(error.code)) return listen(0)
    throw error
  }
}
