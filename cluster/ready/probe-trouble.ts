import type { Trouble } from './trouble.ts'
import type { ContainerStatus, Pod } from '../kube/models.ts'
import type { PodEvent } from '../kube/models.ts'
import { shortened } from './shortened.ts'

/**
 * How long a program may run before nobody listening counts as final, in milliseconds; its log must have stood still as
 * long. Shorter where the probe asks a port that the container does not declare.
 */
const silentMs = 60_000
const otherPortMs = 30_000

/** Times of the kubelet are whole seconds: a program that ended as close to being told to ended for that. */
const toldMs = 1_000

/** What keeps a pod from being ready whose containers run: its probes, in the kubelet's words. Undefined where none has spoken. */
export const probeTrouble = (
  pod: Pod,
  statuses: readonly ContainerStatus[],
  events: readonly PodEvent[],
): Trouble | undefined => {
  const probe = events.findLast(({ reason }) => reason === 'Unhealthy')
  // A probe that says nothing leaves the colon of the kubelet's sentence.
  const said = shortened(probe?.message ?? '').replace(/:$/, '')
  if (said === '') return undefined
  const line = `running, not ready yet: ${said}`
  const open = statuses.filter(({ state, ready }) => state?.running !== undefined && !ready)
  const status = open.length === 1 ? open[0] : undefined
  // Programs that start slowly are given a startup probe: what that says is for the kubelet to judge.
  if (!status || !said.startsWith('Readiness probe failed') || !/connection refused|statuscode: 404/.test(said))
    return { line }
  const hint = portHint(pod, status.name)
  return {
    line,
    hopelessAfterMs: hint === undefined ? silentMs : otherPortMs,
    still: status.name,
    heedsOthers: true,
    hints: [
      hint ??
        (/404/.test(said)
          ? 'Does the program serve the path that its `readinessProbe` asks?'
          : 'Does the program listen on the port that its `readinessProbe` asks, and on all addresses (0.0.0.0), not on 127.0.0.1 alone?'),
    ],
  }
}

/** `its liveness probe fails: …`, where the kubelet ended the container for that. */
export const endedBy = (status: ContainerStatus, events: readonly PodEvent[]): string | undefined => {
  const { exitCode, finishedAt = '' } = status.state?.terminated ?? status.lastState?.terminated ?? {}
  const killing = events.findLast(({ reason, message = '' }) => reason === 'Killing' && isFor(message, status.name))
  if (!killing) return undefined
  const probes = events.filter(({ message = '' }) => /^(?:Liveness|Startup) probe failed/.test(message))
  // A program that is only starting again refuses the connection: what it answered before tells more.
  const probe = probes.findLast(({ message = '' }) => message.includes('statuscode')) ?? probes.at(-1)
  if (!probe || exitCode === undefined) return undefined
  // 143 and 137 are what the kubelet ends with; a program may also end well when it is told to, or with any code right then.
  const isTold = Math.abs(Date.parse(finishedAt) - Date.parse(killing.lastTimestamp ?? '')) <= toldMs
  if (!isTold && ![0, 137, 143].includes(exitCode)) return undefined
  const [, kind = '', why = ''] = /^(\w+) probe failed:?\s*(.*)$/s.exec(probe.message ?? '') ?? []
  return `its ${kind.toLowerCase()} probe fails${why === '' ? '' : `: ${shortened(why)}`}`
}

const isFor = (message: string, container: string): boolean =>
  new RegExp(`^Container ${container} failed (?:liveness|startup) probe`).test(message)

/** Where the probe asks for a port, and the container declares others. */
const portHint = (pod: Pod, name: string): string | undefined => {
  const container = pod.spec?.containers?.find((one) => one.name === name)
  const { httpGet, tcpSocket, grpc } = container?.readinessProbe ?? {}
  const asked = (httpGet ?? tcpSocket ?? grpc)?.port
  const declared = (container?.ports ?? []).flatMap(({ containerPort }) => containerPort ?? [])
  return typeof asked !== 'number' || declared.length === 0 || declared.includes(asked)
    ? undefined
    : `Its \`readinessProbe\` asks port ${asked}; the container declares ${declared.join(', ')}.`
}
