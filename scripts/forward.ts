import { once } from 'node:events'
import { makeTunnel } from '../cluster/kube/tunnel.ts'
import { type KindupError, usageError } from '../core/errors.ts'
import { table } from '../core/print/table.ts'
import type { App, CommonFlags, SettingFlags } from '../app/app.ts'
import { forwarding, type Forwarding } from '../app/inside/forwarding.ts'
import { livingPod } from '../app/inside/living-pod.ts'
import { oneDeployment } from '../app/inside/one-deployment.ts'
import { openRunning } from '../app/inside/open-running.ts'
import { knownPorts, portMeant, readWantedPort, shownPort, type KnownPort } from '../app/inside/wanted-ports.ts'

export type ForwardFlags = CommonFlags & SettingFlags

/** `forward`: ports of 127.0.0.1 lead to a pod of a service or an add-on, each connection to the one that is there then, until it is stopped. */
export const forward = async (app: App, word: string, ports: readonly string[], flags: ForwardFlags): Promise<void> => {
  const given = ports.map(readWantedPort)
  const terminal = app.terminal(flags)
  const running = await openRunning(app, flags, terminal)
  const { kube, kubeconfig, context, name } = running
  const entry = oneDeployment(word, flags.env, running)
  const { pod } = await livingPod(kube, entry, app.signal)
  const { namespace } = pod.metadata
  const [services, tunnel] = await Promise.all([
    kube.list({ apiVersion: 'v1', kind: 'Service', ...(namespace !== undefined && { namespace }) }),
    makeTunnel(kubeconfig, context),
  ])
  const known = knownPorts(pod, services)
  const wanted = given.length > 0 ? given : [{ local: undefined, port: String(onlyPort(known, word).port) }]
  const told = toldSeldom(({ message }: KindupError) => terminal.err(`${terminal.colour.yellow('!')} ${message}`))
  const open: (Forwarding & { readonly port: number })[] = []
  try {
    for (const { local, port: meant } of wanted) {
      const port = portMeant(meant, known, entry.id)
      // What a Service calls 80 is asked for as 80 here too, where that is allowed.
      const asked = local ?? (/^\d+$/.test(meant) ? Number(meant) : port)
      const find = async () => {
        const now = await livingPod(kube, entry, app.signal)
        return { namespace: now.pod.metadata.namespace ?? 'default', pod: now.pod.metadata.name, port }
      }
      open.push({ port, ...(await forwarding({ local: asked, find, tunnel, told }, app.signal)) })
    }
    const rows = open.map(({ local, port }) => ({ step: entry.id, address: `127.0.0.1:${local}`, local, port }))
    terminal.out(
      flags.json
        ? JSON.stringify({ cluster: name, forwards: rows }, undefined, 2)
        : table(rows.map(({ address, port }) => [terminal.outColour.cyan(address), `port ${port} of ${entry.id}`])),
    )
    terminal.err(terminal.colour.dim('Ctrl-C ends it.'))
    if (!app.signal.aborted) await Promise.race([once(app.signal, 'abort'), ...open.map(({ failed }) => failed)])
  } finally {
    await Promise.all(open.map(({ close }) => close()))
  }
}

/** Throws ConfigError where there are several, or none is declared. */
const onlyPort = (known: readonly KnownPort[], word: string): KnownPort => {
  const [only] = known
  if (only && known.length === 1) return only
  throw usageError(
    known.length === 0
      ? `${word} declares no port.`
      : `${word} has ${known.length} ports: ${known.map(shownPort).join(', ')}.`,
    `kindup forward ${word} ${only?.port ?? 'PORT'}`,
  )
}

/** The same is told once in a while: a browser tries again and again. */
const silenceMs = 5_000
const toldSeldom = (tell: (error: KindupError) => void): ((error: KindupError) => void) => {
  const said = new Map<string, number>()
  return (error) => {
    const last = said.get(error.message)
    if (last !== undefined && performance.now() - last < silenceMs) return
    said.set(error.message, performance.now())
    tell(error)
  }
}
