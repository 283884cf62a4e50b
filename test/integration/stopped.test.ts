import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hostsBefore, kubeconfigBefore, shop, soundly, type Shop } from './shop.ts'

describe('a run that is stopped', () => {
  let at: Shop
  beforeEach(async () => {
    at = await shop()
  })
  afterEach(() => at[Symbol.asyncDispose]())

  const leftovers = async () => ({
    containers: [...at.world.containers.keys()],
    volumes: [...at.world.volumes.keys()],
    kubeconfig: await at.read('home/.kube/config'),
    hosts: await at.read('hosts'),
  })
  /** Of every kind that creates a cluster: aborted once it was killed. */
  const signalsOfKind = (): readonly AbortSignal[] => {
    const signals: AbortSignal[] = []
    at.at('kind create cluster', ({ signal }) => {
      signals.push(signal)
      return undefined
    })
    return signals
  }
  const nothing = { containers: [], volumes: [], kubeconfig: kubeconfigBefore, hosts: hostsBefore }

  it('before it has the ownership marker touches no file of the user', async () => {
    at.at('docker volume create', () => 1)
    const { code } = await at.run('up')
    expect(code).toBe(1)
    expect(await leftovers()).toEqual(nothing)
  })

  it('of a cluster that is not there may still write the names alone', async () => {
    expect((await at.well('up', '--only', 'hosts', '--json')).json()).toMatchObject({
      steps: [{ id: 'hosts', result: 'created' }],
      credentials: [],
    })
    expect(await at.read('hosts')).toContain('127.0.0.1 dev.web.test')
    await at.write('kindup.yaml', 'broken: [')
    await at.well('down', '--name', 'shop')
    expect(await leftovers()).toEqual(nothing)
  })

  it('by Ctrl-C says so, tells what was done, and goes on the next time', async () => {
    const kind = at.hold('kind: Joining worker nodes')
    const running = at.begin(['up', '--json'])
    await kind.reachedBy(running)
    await running.shown('✓ cluster/api')
    running.kill('SIGINT')
    const { code, stderr, json } = soundly(at, await running.ended)
    expect(code).toBe(130)
    expect(json()).toMatchObject({
      error: { code: 'stopped', hints: [expect.stringContaining('kindup up')] },
      steps: expect.arrayContaining([expect.objectContaining({ id: 'cluster/api', result: 'created' })]),
    })
    expect(stderr).toContain('- service/web@dev  web in dev (not started)')
    // A run from another machine need not wait until the Lease runs out.
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kindup', name: 'run' }
    expect(at.api('shop').state.get(lease)?.spec).toMatchObject({ holderIdentity: '' })
    await at.well('up')
    expect(at.api('shop').state.list({ apiVersion: 'v1', kind: 'Node' })).toHaveLength(2)
  })

  it('by SIGKILL while kind makes nodes is made whole by the next up, which ends that kind', async () => {
    const kinds = signalsOfKind()
    const kind = at.hold('kind: Writing configuration')
    const running = at.start(['up'])
    await kind.reachedBy(running)
    running.kill('SIGKILL')
    await running.ended
    expect([...at.world.containers.keys()]).toEqual(['shop-control-plane', 'shop-worker'])
    await at.well('up', '--json')
    expect(kinds.map(({ aborted }) => aborted)).toEqual([true, false])
    expect((await at.well('status')).stdout).toContain('shop is as the file says.')
  })

  it('by SIGKILL while kind makes nodes leaves nothing after down', async () => {
    const kinds = signalsOfKind()
    const kind = at.hold('kind: Writing configuration')
    const running = at.start(['up'])
    await kind.reachedBy(running)
    running.kill('SIGKILL')
    await running.ended
    await at.well('down')
    expect(kinds.map(({ aborted }) => aborted)).toEqual([true])
    expect(await leftovers()).toEqual(nothing)
  })

  it('by SIGKILL while services start is finished by up, and taken away by down', async () => {
    at.at('docker exec --interactive shop-worker ctr', async () => {
      at.api('shop').state.behave('api', 'slow')
      return undefined
    })
    const running = at.start(['up'])
    await running.shown('… service/api@dev')
    running.kill('SIGKILL')
    await running.ended
    const down = at.hold('docker rm')
    const half = at.start(['down'])
    await down.reachedBy(half)
    half.kill('SIGKILL')
    await half.ended
    at.api('shop').state.behave('api', 'ready')
    const finished = await at.well('up', '--json')
    expect(finished.json().steps.find(({ id }) => id === 'service/api@dev')?.result).toMatch(/^(created|updated)$/)
    await at.well('down')
    expect(await leftovers()).toEqual(nothing)
  })

  it('while another one runs says who that is', async () => {
    const kind = at.hold('kind: Preparing nodes')
    const first = at.start(['up'])
    await kind.reachedBy(first)
    for (const command of ['up', 'down']) {
      const { code, json } = await at.run(command, '--json')
      expect(code).toBe(1)
      expect(json()).toMatchObject({
        error: {
          code: 'busy',
          message: expect.stringMatching(/^kindup up \(process \d+\) has worked on this cluster/),
        },
      })
    }
    kind.release()
    expect((await first.ended).code).toBe(0)
  })
})
