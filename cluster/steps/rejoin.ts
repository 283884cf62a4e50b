import { jsonFrom } from '../../core/program-output.ts'
import { mapsAt, textAt, textListAt } from '../../core/fields.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { NodeConfig } from '../../config/config.ts'
import type { Context } from '../../core/step.ts'
import { poll, waitFor } from '../../core/wait.ts'
import type { Engine } from '../engine/engine.ts'
import { withRole } from '../kind/endpoint.ts'
import { kindClusterLabel, kindRoleLabel } from '../kind/labels.ts'
import { clusterContainers } from '../kind/situation.ts'
import type { Kube } from '../kube/kube.ts'
import type { Parts } from '../parts.ts'
import { portsOfNode } from '../kind/ports-of-node.ts'

const socket = 'unix:///run/containerd/containerd.sock'
const containerdConfig = '/etc/containerd/config.toml'
const startMs = 60_000

/**
 * Makes workers that are new, or whose containers are gone, and joins them: kind itself has no command for it. Throws `recreate-needed`
 * for what cannot be joined: a control plane holds its part of etcd, and engines other than Docker are started otherwise.
 */
export const rejoin = async (
  missing: readonly string[],
  { config, nodes, engine: find, run }: Parts,
  kube: Kube,
  ctx: Context,
): Promise<void> => {
  const engine = await find()
  const containers = await clusterContainers(engine, config.name)
  const [controlPlane] = withRole(containers, 'control-plane')
  const [pattern = controlPlane] = withRole(containers, 'worker').filter(
    ({ name, running }) => running && !missing.includes(name),
  )
  const lost = nodes.filter(({ container }) => missing.includes(container))
  if (!controlPlane || !pattern || engine.name !== 'docker' || lost.some(({ role }) => role !== 'worker'))
    throw recreateNeeded(missing, 'it cannot be joined again')
  const options = { signal: ctx.signal, timeoutMs: startMs }
  const like = patternOf(pattern.name, (await run(engine.command, ['inspect', pattern.name], options)).stdout)
  for (const node of lost) {
    const name = node.container
    ctx.report(`making ${name}`)
    // The API still holds what the old one said; nothing of it is true any more.
    await kube.delete({ apiVersion: 'v1', kind: 'Node', name })
    if (containers.some((one) => one.name === name)) await engine.removeContainers([name])
    const ports = portsOfNode(node.ports, config.cluster, engine)
    const args = ['run', ...nodeArguments(config.name, { ...node, ports }, like), like.image]
    await run(engine.command, args, { ...options, env: like.env })
    const ask = async () => {
      const { code } = await engine.exec(name, ['crictl', 'version'], { okCodes: [0, 1, 126, 137, 255] })
      return code === 0 ? { done: undefined } : { waiting: 'its containerd starts' }
    }
    await waitFor(name, poll(ask, 300), { ...ctx, timeoutMs: startMs })
    await sameContainerd(engine, pattern.name, name)
    ctx.report(`joining ${name}`)
    const joining = await joinArguments(engine, controlPlane.name, name)
    // Arguments show in lists of processes and in what is logged: the token goes in by standard input.
    await engine.exec(name, ['sh', '-c', 'exec kubeadm join "$@" --token "$(cat)"', 'join', ...joining.args], {
      input: joining.token,
      signal: ctx.signal,
      timeoutMs: ctx.timeoutMs,
    })
  }
}

/** Whether its kubelet was ever given what it shows to the API. A guess is no reason to take a container away: true where nobody can ask. */
export const hasJoined = async (engine: Engine, container: string): Promise<boolean> => {
  const { code, stderr } = await engine.exec(container, ['test', '-e', '/etc/kubernetes/kubelet.conf'], {
    okCodes: [0, 1],
  })
  return code === 0 || stderr.trim() !== ''
}

const recreateNeeded = (missing: readonly string[], why: string): EnvironmentError =>
  new EnvironmentError('recreate-needed', `There is no container ${missing.join(', ')}, and ${why}.`, {
    hints: ['kindup up --recreate   # deletes the cluster and makes it again'],
  })

type Pattern = {
  readonly image: string
  readonly network: string
  /** Handed on by name alone: an address of a proxy may hold a password, and arguments show in lists of processes. */
  readonly env: Readonly<Record<string, string>>
}

/** Proxies, and what kind has containerd do; the rest of the environment is the image's own. */
const passed = /^(?:HTTPS?_PROXY|NO_PROXY|https?_proxy|no_proxy|KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER)=/

const patternOf = (name: string, stdout: string): Pattern => {
  const command = `docker inspect ${name}`
  const [found] = mapsAt(jsonFrom(command, stdout))
  const [image, network] = [textAt(found, 'Config', 'Image'), textAt(found, 'HostConfig', 'NetworkMode')]
  if (image === undefined || network === undefined)
    throw new EnvironmentError('program-output', `\`${command}\` tells no image and network.`)
  const env = textListAt(found, 'Config', 'Env')
    .filter((one) => passed.test(one))
    .map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)] as const)
  return { image, network, env: Object.fromEntries(env) }
}

/** As kind starts a worker: https://github.com/kubernetes-sigs/kind, pkg/cluster/internal/providers/docker/provision.go. */
const nodeArguments = (
  cluster: string,
  { container: name, ports, mounts }: NodeConfig & { readonly container: string },
  { network, env }: Pattern,
): readonly string[] => [
  '--detach',
  '--tty',
  `--name=${name}`,
  `--hostname=${name}`,
  `--net=${network}`,
  `--label=${kindClusterLabel}=${cluster}`,
  `--label=${kindRoleLabel}=worker`,
  '--restart=on-failure:1',
  '--init=false',
  '--cgroupns=private',
  '--privileged',
  '--security-opt=seccomp=unconfined',
  '--security-opt=apparmor=unconfined',
  '--tmpfs=/tmp',
  '--tmpfs=/run',
  '--volume=/var',
  '--volume=/lib/modules:/lib/modules:ro',
  ...Object.keys(env).flatMap((key) => ['--env', key]),
  ...mounts.flatMap(({ hostPath, nodePath, readOnly }) => [
    '--volume',
    `${hostPath}:${nodePath}${readOnly ? ':ro' : ''}`,
  ]),
  ...ports.flatMap(({ address, hostPort, bound, nodePort, protocol }) => [
    '--publish',
    `${address.includes(':') ? `[${address}]` : address}:${(bound ?? hostPort) || ''}:${nodePort}/${protocol}`,
  ]),
]

/** What the raw keys of the file or kind's own make of containerd's configuration. */
const sameContainerd = async (engine: Engine, from: string, to: string): Promise<void> => {
  const [wanted, now] = await Promise.all([from, to].map((node) => engine.exec(node, ['cat', containerdConfig])))
  if (wanted?.stdout === now?.stdout) return
  await engine.exec(to, ['cp', '/dev/stdin', containerdConfig], { input: wanted?.stdout ?? '' })
  await engine.exec(to, ['systemctl', 'restart', 'containerd'])
}

/** A token of its own, for a quarter of an hour: kind's runs out after a day. */
const joinArguments = async (
  engine: Engine,
  controlPlane: string,
  name: string,
): Promise<{ readonly args: readonly string[]; readonly token: string }> => {
  const { stdout } = await engine.exec(controlPlane, [
    'kubeadm',
    'token',
    'create',
    '--ttl',
    '15m',
    '--print-join-command',
  ])
  const [, endpoint, token, hash] =
    /kubeadm join (\S+) --token (\S+) --discovery-token-ca-cert-hash (\S+)/.exec(stdout) ?? []
  if (endpoint === undefined || token === undefined || hash === undefined)
    throw recreateNeeded([name], 'its control plane gives no way to join it')
  return {
    token,
    args: [
      endpoint,
      '--discovery-token-ca-cert-hash',
      hash,
      '--node-name',
      name,
      '--cri-socket',
      socket,
      '--skip-phases',
      'preflight',
    ],
  }
}
