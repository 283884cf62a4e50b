import { mkdir, readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withSystem } from '../support/stand-ins/system.ts'
import { newContainer } from '../support/stand-ins/world.ts'
import { shop, type Ran, type Shop } from './shop.ts'

type Check = { readonly id: string; readonly state: string; readonly cause: string | null; readonly fix: string | null }
const checksOf = (ran: Ran): Readonly<Record<string, Check>> =>
  Object.fromEntries((ran.json()['checks'] as readonly Check[]).map((check) => [check.id, check]))

describe('doctor', () => {
  let at: Shop
  beforeEach(async () => {
    at = await shop()
  })
  afterEach(() => at[Symbol.asyncDispose]())

  it('answers with the document of the contract', async () => {
    const { json } = await at.well('doctor', '--json')
    expect(json()).toEqual({
      healthy: true,
      checks: expect.arrayContaining([
        { id: 'engine', state: 'ok', cause: null, evidence: expect.stringContaining('docker 28.5.1'), fix: null },
      ]),
    })
    for (const check of json()['checks'] as Check[])
      expect(Object.keys(check).toSorted()).toEqual(['cause', 'evidence', 'fix', 'id', 'state'])
    // It looks, and changes nothing.
    expect(at.changes()).toEqual([])
  })

  it('asks the engine about itself once, and each other engine once', async () => {
    await at.well('doctor')
    expect(at.calls.filter((line) => line.includes(' info '))).toHaveLength(1)
    // Containers are listed for each label that is asked for: those of kind, and what leads ports.
    const [lists, others] = [true, false].map((is) => at.calls.filter((line) => line.startsWith('docker ps ') === is))
    expect(lists?.length).toBeLessThanOrEqual(2)
    expect(new Set(others).size).toBe(others?.length)
  })

  it('shows every failure at once', async () => {
    const env = { SSL_CERT_FILE: at.path('none.pem'), HTTP_PROXY: 'http://pro xy', KUBECONFIG: at.path('hosts') }
    const { code, stdout } = await at.kindup(['doctor', '--json'], env)
    const failed = (JSON.parse(stdout) as { checks: Check[] }).checks.filter(({ state }) => state === 'failed')
    expect(code).toBe(1)
    expect(failed.map(({ id }) => id)).toEqual(expect.arrayContaining(['kubeconfig', 'proxy', 'ca']))
    for (const { cause, fix, id } of failed) expect([id, cause, id === 'kubeconfig' || fix]).not.toContain(null)
  })

  it('says what it would repair, and does nothing without a terminal and without --yes', async () => {
    at.world.volumes.set('kindup-gone', { 'dev.kindup.deed': 'true', 'dev.kindup.cluster': 'gone' })
    await mkdir(at.path('cache', 'clusters', 'old'), { recursive: true })
    const before = at.changes().length
    const { code, stderr } = await at.run('doctor', '--fix')
    expect(code).toBe(1)
    expect(stderr).toContain('With --yes it would:')
    expect(stderr).toMatch(/leftovers: take away what is left\n\s+\$ .* down --name gone\n\s+\$ rm -r .*old/)
    expect(at.changes().length).toBe(before)
    expect(at.world.volumes.has('kindup-gone')).toBe(true)
  })

  it('takes away with --yes what is left of its own clusters, and nothing else', async () => {
    at.world.volumes.set('kindup-gone', { 'dev.kindup.deed': 'true', 'dev.kindup.cluster': 'gone' })
    at.world.volumes.set('theirs', {})
    const theirs = newContainer('theirs-worker', { 'io.x-k8s.kind.cluster': 'theirs', 'io.x-k8s.kind.role': 'worker' })
    at.world.containers.set('theirs-worker', theirs)
    await mkdir(at.path('cache', 'clusters', 'old'), { recursive: true })
    const ran = await at.run('doctor', '--fix', '--yes', '--json')
    expect(ran.code).toBe(0)
    // What it found afterwards: the nodes that kindup did not make are still said.
    expect(checksOf(ran)['leftovers']?.cause).toBe(
      'the kind cluster theirs, which kindup did not make, has no control plane.',
    )
    expect([...at.world.volumes.keys()]).toEqual(['theirs'])
    expect([...at.world.containers.keys()]).toEqual(['theirs-worker'])
    await expect(readFile(at.path('cache', 'clusters', 'old'))).rejects.toThrow('ENOENT')
  })

  it('ends with 1 when a repair fails, and says why', async () => {
    at.world.volumes.set('kindup-gone', { 'dev.kindup.deed': 'true', 'dev.kindup.cluster': 'gone' })
    at.at('docker volume rm', ({ err }) => {
      err('Error response from daemon: volume is in use\n')
      return 1
    })
    const { code, stderr } = await at.run('doctor', '--fix', '--yes')
    expect(code).toBe(1)
    expect(stderr).toContain('volume is in use')
  })
})

describe('doctor --fix on a machine without an engine', () => {
  const info = JSON.stringify({ ServerVersion: '28.5.1', CgroupVersion: '2', NCPU: 4, MemTotal: 16 * 2 ** 30 })

  const version = JSON.stringify({ Client: { ApiVersion: '1.51' }, Server: { Version: '28.5.1' } })

  /** The docker that apt-get installs answers once it is started. */
  const packed = (at: Shop): Promise<void> =>
    at.write(
      'packages/docker',
      `#!/bin/sh\n[ -e '${at.path('started')}' ] || { echo 'Cannot connect to the Docker daemon' >&2; exit 1; }\n[ "$1" = info ] && printf '%s' '${info}'\n[ "$1" = version ] && printf '%s' '${version}'\nexit 0\n`,
      0o755,
    )

  it('installs Docker by the package manager, starts it, and looks again', async () => {
    await using at = await shop({ programs: [] })
    const system = await withSystem(at)
    await packed(at)
    const shown = await at.run('doctor', '--fix')
    expect(shown.code).toBe(1)
    expect(shown.stderr).toMatch(/engine: install Docker with apt-get, and start it\n\s+\$ (sudo )?apt-get update\n/)
    const ran = await at.kindup(['doctor', '--fix', '--yes', '--json'], { USER: 'root' })
    const checks = (JSON.parse(ran.stdout) as { checks: Check[] }).checks
    expect(checks.find(({ id }) => id === 'engine')).toMatchObject({ state: 'ok' })
    expect(await system.calls()).toEqual([
      'apt-get update',
      'apt-get install --yes --install-recommends docker.io',
      expect.stringMatching(/^(service docker start|systemctl enable --now docker)$/),
    ])
  })

  it('stops at the step that fails', async () => {
    await using at = await shop({ programs: [] })
    const system = await withSystem(at)
    await system.put('apt-get', 'echo "E: Could not get lock /var/lib/dpkg/lock" >&2\nexit 100')
    const { code, stderr } = await at.run('doctor', '--fix', '--yes')
    expect(code).toBe(1)
    expect(stderr).toContain('Could not get lock')
    expect(await system.calls()).toEqual(['apt-get update'])
  })
})
