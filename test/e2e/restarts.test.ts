import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { expect, describe, it } from 'vitest'
import { randomFrom } from '../support/random-from.ts'
import { realCluster, root, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'

const config = join(root, 'test', 'fixtures', 'restarts', 'kindup.yaml')
const name = 'kindup-e2e-restarts'
const nodes = [`${name}-control-plane`, `${name}-worker`] as const
/** How many combinations are tried: KINDUP_RESTARTS. The same seed (KINDUP_SEED) tries the same ones. */
const count = Number(process.env['KINDUP_RESTARTS'] ?? 3)
const seed = Number(process.env['KINDUP_SEED'] ?? Date.now() % 1_000_000)
/** Some of them alone, by their numbers: KINDUP_ONLY=12,16. */
const only = (process.env['KINDUP_ONLY'] ?? '').split(',').filter((one) => one !== '')

const docker = (...args: readonly string[]): { readonly status: number | null; readonly stdout: string } =>
  spawnSync('docker', args, { encoding: 'utf8' })

/** What is missing, asked of the containers themselves and of nobody who may only remember it. */
const missing = (): readonly string[] => {
  const running = nodes.map((node) => {
    const { status, stdout } = docker('exec', node, 'crictl', 'ps', '--state', 'running', '--output', 'json')
    if (status !== 0) return undefined
    const { containers } = JSON.parse(stdout) as {
      readonly containers: readonly { readonly metadata: { readonly name: string } }[]
    }
    return containers.map(({ metadata }) => metadata.name)
  })
  const everywhere = ['kube-proxy', 'kindnet-cni', 'agent']
  const somewhere = ['coredns', 'coredns', 'web', 'web']
  const all = running.flatMap((names) => names ?? [])
  return [
    ...running.flatMap((names, index) =>
      names === undefined
        ? [`${nodes[index]} does not run`]
        : everywhere.filter((one) => !names.includes(one)).map((one) => `${one} on ${nodes[index]}`),
    ),
    ...[...new Set(somewhere)].filter(
      (one) => all.filter((other) => other === one).length < somewhere.filter((other) => other === one).length,
    ),
  ]
}

const actions = {
  stop: (node: string) => [['stop', '--time', '2', node]],
  kill: (node: string) => [['kill', node]],
  restart: (node: string) => [['restart', '--time', '2', node]],
  'kill and start': (node: string) => [
    ['kill', node],
    ['start', node],
  ],
  pause: (node: string) => [['pause', node]],
  remove: (node: string) => [['rm', '--force', '--volumes', node]],
} as const
type Action = keyof typeof actions

/** What is done to which node, in which order. */
type Combination = readonly (readonly [Action, string])[]

const combinations = (): readonly Combination[] => {
  const random = randomFrom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  return Array.from({ length: count }, () => {
    const chosen = random() < 0.5 ? [pick(nodes)] : random() < 0.5 ? nodes : nodes.toReversed()
    // A control plane that is gone takes the cluster with it.
    const ways = (node: string) =>
      (Object.keys(actions) as Action[]).filter((one) => one !== 'remove' || node === nodes[1])
    return chosen.map((node) => [pick(ways(node)), node] as const)
  })
}

const carryOut = (combination: Combination): void => {
  for (const [action, node] of combination)
    for (const args of actions[action](node))
      if (docker(...args).status !== 0) throw new Error(`docker ${args.join(' ')} failed`)
}

const healthy = async (cluster: RealCluster): Promise<boolean> =>
  (await cluster.json<{ readonly healthy: boolean }>(['status'])).healthy

describe.skipIf(whyNoCluster([], ['registry.k8s.io/pause:3.10']) !== undefined)(
  'nodes that are stopped and started',
  () => {
    it(`are told of as they are, and repaired (${count} combinations, seed ${seed})`, { timeout: 0 }, async () => {
      console.info(`${count} combinations of KINDUP_RESTARTS, KINDUP_SEED=${seed}`)
      await using cluster = await realCluster(name, config)
      expect((await cluster.kindup(['up'])).code).toBe(0)
      const wrong: string[] = []
      for (const [index, combination] of combinations().entries()) {
        if (only.length > 0 && !only.includes(String(index + 1))) continue
        const what = combination.map(([action, node]) => `${action} ${node.slice(name.length + 1)}`).join(', ')
        carryOut(combination)
        // What comes back by itself may do so while it is asked: only what is missing before and after counts against `healthy`.
        const before = missing()
        const saidHealthy = await healthy(cluster)
        const after = missing()
        const isWrong = saidHealthy && after.length > 0
        const begun = performance.now()
        const up = await cluster.kindup(['up'])
        const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
        const left = missing()
        const saidAfter = await healthy(cluster)
        console.info(
          `${index + 1}. ${what}: missing ${before.length}; status ${saidHealthy ? 'healthy' : 'unhealthy'} (missing ${after.length}); up ${up.code} in ${seconds} s, missing ${left.length}; status ${saidAfter ? 'healthy' : 'unhealthy'}`,
        )
        if (isWrong) wrong.push(`${what}: status said healthy without ${after.join(', ')}`)
        if (up.code !== 0) wrong.push(`${what}: up failed: ${up.stderr.slice(-600)}`)
        if (up.code === 0 && left.length > 0) wrong.push(`${what}: is up without ${left.join(', ')}`)
        if (up.code === 0 && left.length === 0 && !saidAfter) wrong.push(`${what}: status said unhealthy after up`)
      }
      expect(wrong).toEqual([])
      // And taken away from any of these states.
      carryOut(combinations().at(-1) ?? [])
      expect((await cluster.kindup(['down'])).code).toBe(0)
      expect(cluster.left()).toEqual([])
    })
  },
)
