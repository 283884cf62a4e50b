import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { guarded } from '../../../../cluster/kube/guarded.ts'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { isOver, leaseFor, leaseRef } from '../../../../cluster/inventory/lease-holder.ts'
import { takeLease } from '../../../../cluster/inventory/lease.ts'
import { processIdentity } from '../../../../core/process-identity.ts'
import { bindTo, boundSignal, untilStopped } from '../../../../core/bound.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { startApiServer } from '../../../support/api-server/start-api-server.ts'
import type { ApiServer } from '../../../support/api-server/start-api-server.ts'

let folder: string
let server: ApiServer
let kube: Kube

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-lease-'))
  server = await startApiServer()
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig)
  kube = await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context: 'kind-test' })
})
afterEach(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const me = { host: 'laptop', pid: process.pid, command: 'kindup up', startedAt: new Date('2026-11-20T12:03:04') }
const take = (holder = me, waitMs = 0, reports: string[] = [], renewMs = 5_000) =>
  takeLease(kube, holder, {
    signal: new AbortController().signal,
    waitMs,
    renewMs,
    report: (line) => void reports.push(line),
  })
const identity = () => (server.state.get(leaseRef)?.spec as { holderIdentity?: string } | undefined)?.holderIdentity

/** A process that has ended, by its number. */
const deadPid = async () => {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid ?? 0
}

describe('the lease', () => {
  it('says who holds it, and is given back', async () => {
    const lease = await take()
    expect(identity()).toBe(`kindup up (process ${process.pid} on laptop)`)
    await lease.release()
    expect(identity()).toBe('')
    await (await take({ ...me, host: 'ci' })).release()
  })

  it('keeps a second run out, and says who is there', async () => {
    const lease = await take()
    const reports: string[] = []
    await expect(take({ ...me, command: 'kindup down' }, 1, reports)).rejects.toMatchObject({
      code: 'busy',
      exitCode: 1,
      message: `Another run changes this cluster: kindup up (process ${process.pid} on laptop), since 12:03:04.`,
      hints: ['Wait until it is done, and try again.', `Or stop it: kill ${process.pid}`],
    })
    await expect(take({ ...me, host: 'elsewhere' })).rejects.toMatchObject({
      hints: ['Wait until it is done, and try again.'],
    })
    await lease.release()
  })

  it('lets a second run in once the first is done', async () => {
    const lease = await take()
    const reports: string[] = []
    const second = take({ ...me, command: 'kindup down' }, 60_000, reports)
    await expect.poll(() => reports[0]).toMatch(/^waiting for another run: kindup up/)
    await lease.release()
    await (await second).release()
  })

  it('is taken over at once from a process that is gone', async () => {
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kindup' } })
    const pid = await deadPid()
    const left = await leaseFor({ ...me, pid }, new Date())
    // As it was written while the process lived.
    const mark = await processIdentity(process.pid)
    await kube.create(mark ? marked(left, mark.space, '1') : left)
    const lease = await take()
    expect(identity()).toBe(`kindup up (process ${process.pid} on laptop)`)
    await lease.release()
  })

  it('ends the wait of a run that is stopped', async () => {
    const lease = await take()
    const stop = new AbortController()
    const waiting = takeLease(kube, me, { signal: stop.signal, waitMs: 60_000, report: () => stop.abort() })
    await expect(waiting).rejects.toMatchObject({ code: 'stopped' })
    await lease.release()
  })

  it('goes to one of two that come at the same time', async () => {
    const all = await Promise.allSettled([take(), take({ ...me, command: 'kindup down' })])
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(all.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'busy' } })
  })

  it('is renewed while it is held, and noticed when it is lost', async () => {
    const lease = await take(me, 0, [], 20)
    const renewTime = () => server.state.get(leaseRef)?.spec?.['renewTime']
    const first = renewTime()
    await expect.poll(renewTime).not.toBe(first)
    await lease.confirm()
    const theirs = { ...server.state.get(leaseRef)!, spec: { holderIdentity: 'another', renewTime: first } }
    server.state.put({ ...theirs, metadata: { ...theirs.metadata, resourceVersion: undefined as never } })
    await expect.poll(() => lease.lost.aborted).toBe(true)
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'late', namespace: 'default' } }
    await expect(guarded(kube, lease.confirm).apply(object)).rejects.toMatchObject({ code: 'lease-lost' })
    expect(server.state.get({ ...object, name: 'late', namespace: 'default' })).toBeUndefined()
    await lease.release()
    expect(identity()).toBe('another')
  })

  it('is asked for before a write when the machine has slept', async () => {
    const lease = await take(me, 0, [], 3_600_000)
    const theirs = { ...server.state.get(leaseRef)!, spec: { holderIdentity: 'another' } }
    server.state.put({ ...theirs, metadata: { ...theirs.metadata, resourceVersion: undefined as never } })
    await lease.confirm()
    vi.setSystemTime(Date.now() + 10_000)
    await expect(lease.confirm()).rejects.toMatchObject({
      code: 'lease-lost',
      message: expect.stringContaining('Another run took over this cluster: another') as string,
    })
    vi.useRealTimers()
  })

  it('is taken again where somebody has deleted it', async () => {
    const lease = await take(me, 0, [], 20)
    server.state.remove(leaseRef)
    await expect.poll(identity).toBe(`kindup up (process ${process.pid} on laptop)`)
    expect(lease.lost.aborted).toBe(false)
    await lease.release()
    expect(identity()).toBe('')
  })

  it('is given up where an API that takes calls answers none, and renewed by one call at a time until then', async () => {
    let asked = 0
    let hangs = false
    let open = 0
    const silent = async <T>(): Promise<T> => {
      open += 1
      return untilStopped(Promise.withResolvers<T>().promise, boundSignal()).finally(() => (open -= 1))
    }
    const replace = (object: KubeObject): Promise<KubeObject> =>
      hangs ? ((asked += 1), silent()) : kube.replace(object)
    const get: Kube['get'] = (ref) => (hangs ? silent<undefined>() : kube.get(ref))
    const options = { signal: new AbortController().signal, waitMs: 0, renewMs: 5, report: () => undefined }
    const lease = await takeLease({ ...kube, replace, get }, me, options)
    hangs = true
    await expect.poll(() => asked).toBe(1)
    vi.setSystemTime(Date.now() + 10_000)
    const stopped = AbortSignal.abort(new EnvironmentError('timed-out', 'The step was not done in time.'))
    await expect(bindTo(stopped, lease.confirm)).rejects.toThrow('The step was not done in time.')
    vi.useRealTimers()
    expect(asked).toBe(1)
    await bindTo(stopped, () => lease.release())
    await expect.poll(() => open).toBe(0)
  })

  it('is the own one although the answer to its creation was lost', async () => {
    const create = async (object: KubeObject): Promise<KubeObject> => {
      await kube.create(object)
      throw new EnvironmentError('api-unreachable', 'The connection was cut.')
    }
    const options = { signal: new AbortController().signal, waitMs: 0, report: () => undefined }
    const lease = await takeLease({ ...kube, create }, me, options)
    await lease.release()
    expect(identity()).toBe('')
  })
})

const marked = (lease: KubeObject, space: string, start: string): KubeObject => ({
  ...lease,
  metadata: {
    ...lease.metadata,
    annotations: {
      ...lease.metadata.annotations,
      'kindup.dev/process-space': space,
      'kindup.dev/process-start': start,
    },
  },
})

describe('whether a run is over', () => {
  const now = new Date('2026-11-20T12:00:10Z')
  const seconds = (count: number) => new Date(now.getTime() + count * 1000)

  it('is told by time for other hosts', async () => {
    const lease = await leaseFor({ ...me, host: 'elsewhere' }, now)
    expect(await isOver(lease, 'laptop', seconds(14))).toBe(false)
    expect(await isOver(lease, 'laptop', seconds(16))).toBe(true)
  })

  it('is told by the process on this host: it lives, or another has its number now', async () => {
    const lease = await leaseFor(me, now)
    expect(await isOver(lease, 'laptop', now)).toBe(false)
    const mark = await processIdentity(process.pid)
    if (!mark) return
    expect(await isOver(marked(lease, mark.space, `${mark.start}0`), 'laptop', now)).toBe(true)
    // A container on the same host, whose process numbers are others.
    expect(await isOver(marked(lease, 'another space', '1'), 'laptop', now)).toBe(false)
  })

  it('is so for a lease that nobody holds', async () => {
    const lease = await leaseFor(me, now)
    expect(await isOver({ ...lease, spec: { holderIdentity: '' } }, 'laptop', now)).toBe(true)
    expect(await isOver({ ...lease, spec: {} }, 'laptop', now)).toBe(true)
  })
})
