import { existsSync, rmSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Access } from '../../../../cluster/kind/access.ts'
import type { Kube } from '../../../../cluster/kube/kube.ts'
import { makeLifecycle } from '../../../../cluster/kind/lifecycle.ts'
import { clusterPaths } from '../../../../cluster/paths.ts'
import { StoppedError } from '../../../../core/errors.ts'
import { makeRun } from '../../../../core/run.ts'
import type { Context } from '../../../../core/step.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'
import { ownFolder } from '../../../support/own-folder.ts'

/** A lifecycle over a program in place of kind. `answers` is asked whether the API does. */
const over = async (kind: string, parts: { answers?: () => boolean; signal?: AbortSignal } = {}) => {
  const folder = await ownFolder()
  const program = join(folder, 'kind')
  await writeFile(program, `#!/bin/sh\ncd ${folder}\necho run >> runs\ncat > document\n${kind}\n`)
  await chmod(program, 0o755)
  const { engine, world } = standInEngine({
    containers: [nodeContainer('demo', 'control-plane')],
    exec: () => Promise.resolve({ stdout: 'kubelet: it is what it is', stderr: '', code: 0 }),
    logs: () => Promise.resolve('Reached target'),
  })
  // What kind leaves behind when it fails: containers to look into.
  const removed: string[][] = []
  const appear = <T>(probe: () => T): T => {
    if (existsSync(join(folder, 'made'))) world.containers.set('demo-worker', nodeContainer('demo', 'worker'))
    rmSync(join(folder, 'made'), { force: true })
    return probe()
  }
  const watched = {
    ...engine,
    containers: (label: string) => appear(() => engine.containers(label)),
    containerNames: (label: string) => appear(() => engine.containerNames(label)),
    removeContainers: async (names: readonly string[]) => (removed.push([...names]), engine.removeContainers(names)),
  }
  const answers = parts.answers ?? (() => false)
  const access: Access = {
    kubeconfig: () => Promise.resolve('/nowhere'),
    kube: () => Promise.resolve({ get: () => Promise.resolve(answers() ? {} : undefined) } as unknown as Kube),
    bareKube: () => Promise.reject(new Error('nobody told')),
    lastKube: () => Promise.reject(new Error('nobody told')),
    guard: () => undefined,
    record: () => Promise.reject(new Error('nobody told')),
    renew: () => Promise.resolve(true),
    reread: () => undefined,
    forget: () => undefined,
  }
  const told: string[] = []
  const ctx: Context = {
    signal: parts.signal ?? new AbortController().signal,
    timeoutMs: 120_000,
    report: (line) => void told.push(line),
    warn: () => undefined,
  }
  const lifecycle = makeLifecycle({
    config: madeConfig(),
    run: makeRun(),
    tools: { kind: () => Promise.resolve({ name: 'kind', path: program, version: '0.33.0', from: 'path' }) },
    paths: clusterPaths('demo', { KINDUP_CACHE: join(folder, 'cache') }),
    access,
    engine: () => Promise.resolve(watched),
  })
  const runs = async () => (await readFile(join(folder, 'runs'), 'utf8')).trim().split('\n').length
  return { lifecycle, ctx, told, world, removed, folder, runs }
}

const starting = `echo ' • Starting control-plane 🕹️  ...' >&2`

describe('create', () => {
  it('returns when the API answers, while kind goes on', async () => {
    const { lifecycle, ctx, told, folder } = await over(
      `${starting}\nwhile [ ! -e go ]; do sleep 0.02; done\necho ' • Joining worker nodes 🚜  ...' >&2`,
      {
        answers: () => true,
      },
    )
    let readiness = 0
    lifecycle.onNodes(() => (readiness += 1))
    await lifecycle.create(ctx)
    expect(readiness).toBe(1)
    expect(lifecycle.created()).toBe(true)
    const later: string[] = []
    const ended = lifecycle.ended((line) => void later.push(line))
    await writeFile(join(folder, 'go'), '')
    await ended
    expect(later).toEqual(['joining worker nodes'])
    expect(told).toContain('starting control-plane')
    expect(await readFile(join(folder, 'document'), 'utf8')).toContain('kind: Cluster')
  })

  it('deletes what was there before kind begins', async () => {
    const { lifecycle, ctx, removed } = await over(starting, { answers: () => true })
    await lifecycle.create(ctx)
    await lifecycle.ended()
    expect(removed).toEqual([['demo-control-plane']])
  })

  it('fails as soon as kind does, with the cause, and leaves no half-made cluster', async () => {
    const { lifecycle, ctx, world, removed, runs } = await over(
      `touch made; echo 'ERROR: failed to create cluster: docker: Bind for 127.0.0.1:80 failed: port is already allocated.' >&2; exit 1`,
    )
    await expect(lifecycle.create(ctx)).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining('80'),
    })
    await expect(lifecycle.ended()).rejects.toMatchObject({ code: 'port-taken' })
    expect(removed).toEqual([['demo-control-plane'], ['demo-worker']])
    expect(world.containers.size).toBe(0)
    expect(await runs()).toBe(1)
  })

  it('shows what kind and the nodes said where the cause is not known', async () => {
    const { lifecycle, ctx } = await over(
      `touch made; echo 'ERROR: failed to create cluster: something new' >&2; exit 1`,
    )
    await expect(lifecycle.create(ctx)).rejects.toMatchObject({
      code: 'create-failed',
      message: expect.stringMatching(/something new[^]*demo-worker logged last:\n {2}kubelet: it is what it is/),
    })
  })

  it('shows what stopped kubeadm, and not how it began', async () => {
    const said = [
      'ERROR: failed to create cluster: failed to init node with kubeadm: command "docker exec demo-control-plane kubeadm init" failed with error: exit status 1',
      'Command Output: [init] Using Kubernetes version: v1.36.4',
      ...Array.from({ length: 40 }, (_, index) => `[certs] Generating number ${index}`),
      '[kubelet-check] The kubelet is not healthy after 4m0s',
      'error: error execution phase wait-control-plane: failed while waiting for the kubelet to start',
      'k8s.io/kubernetes/cmd/kubeadm/app/cmd/phases/workflow.(*Runner).Run.func1',
      '\tcmd/kubeadm/app/cmd/phases/workflow/runner.go:262',
    ]
    const { lifecycle, ctx } = await over(`touch made; cat >&2 <<'END'\n${said.join('\n')}\nEND\nexit 1`)
    await expect(lifecycle.create(ctx)).rejects.toMatchObject({
      message: expect.stringMatching(
        /kind said:\n {2}ERROR: failed to create[^]*not healthy after 4m0s\n {2}error: error execution phase wait-control-plane: .*\ndemo-/,
      ),
    })
  })

  it('tries once more when another kind was still making nodes', async () => {
    const exists = `echo 'ERROR: failed to create cluster: node(s) already exist for a cluster with the name "demo"' >&2; exit 1`
    const once = await over(`if [ ! -e second ]; then touch second; ${exists}; fi\n${starting}`, {
      answers: () => true,
    })
    await once.lifecycle.create(once.ctx)
    await once.lifecycle.ended()
    expect(await once.runs()).toBe(2)
    const always = await over(exists)
    await expect(always.lifecycle.create(always.ctx)).rejects.toMatchObject({ code: 'name-taken' })
    expect(await always.runs()).toBe(2)
  })

  it('stops kind when the user stops the run', async () => {
    const stop = new AbortController()
    const { lifecycle, ctx } = await over(`${starting}\nsleep 60`, {
      answers: () => (stop.abort(), false),
      signal: stop.signal,
    })
    await expect(lifecycle.create(ctx)).rejects.toThrow(StoppedError)
    await expect(lifecycle.ended()).rejects.toThrow(StoppedError)
  })
})

describe('start', () => {
  it('starts only what is stopped', async () => {
    const { lifecycle, ctx, world, told } = await over('exit 1')
    await lifecycle.start(ctx)
    expect(told).toEqual([])
    world.containers.set('demo-worker', nodeContainer('demo', 'worker', { running: false }))
    await lifecycle.start(ctx)
    expect(told).toEqual(['starting demo-worker'])
    expect(world.containers.get('demo-worker')?.running).toBe(true)
  })
})
