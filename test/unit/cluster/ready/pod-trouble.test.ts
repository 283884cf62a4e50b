import { describe, expect, it } from 'vitest'
import { makeFirstSeen } from '../../../../cluster/ready/first-seen.ts'
import type { PodEvent } from '../../../../cluster/kube/models.ts'
import { podTrouble } from '../../../../cluster/ready/pod-trouble.ts'
import type { ContainerStatus, Pod } from '../../../../cluster/kube/models.ts'

const now = Date.parse('2026-11-20T12:00:00Z')
const before = (seconds: number) => new Date(now - seconds * 1000).toISOString()
const image = 'reg.example/web:1'

const pod = (status: Pod['status'], more: Partial<Pod> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'dev', uid: 'u1' },
  spec: { containers: [{ name: 'main', image, readinessProbe: {} }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }], ...status },
  ...more,
})
const container = (state: ContainerStatus['state'], more: Partial<ContainerStatus> = {}): Pod['status'] => ({
  containerStatuses: [
    { name: 'main', image, imageID: '', ready: false, restartCount: 0, ...(state && { state }), ...more },
  ],
})
const waiting = (reason: string, message = '') => pod(container({ waiting: { reason, message } }))
const event = (reason: string, message: string, seconds: number, uid = 'u1'): PodEvent => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${reason}.${seconds}` },
  involvedObject: { uid },
  reason,
  message,
  lastTimestamp: before(seconds),
})
const isReady = { conditions: [{ type: 'Ready', status: 'True' }] }

it('is told that an image is asked for though its node has it, where that is so', () => {
  const status = container({ waiting: { reason: 'ErrImagePull', message: 'lookup reg.example: no such host' } })
  const hintsOf = (imagePullPolicy: string) =>
    podTrouble(pod(status, { spec: { containers: [{ name: 'main', image, imagePullPolicy }] } }), [], { now })?.hints
  expect(hintsOf('Always')?.[0]).toBe(
    'imagePullPolicy: Always asks the registry though the node has the image; one of the file is asked for no more: images: { web: { ref: "reg.example/web:1", name: reg.example/web } }',
  )
  expect(hintsOf('IfNotPresent')?.join(' ')).not.toContain('imagePullPolicy')
})

describe('a pod without trouble', () => {
  it('is one that is ready, or done', () => {
    const running = { running: { startedAt: before(60) } }
    expect(podTrouble(pod({ ...container(running), ...isReady }), [], { now, proveMs: 3000 })).toBeUndefined()
    expect(podTrouble(pod({ phase: 'Succeeded' }), [], { now })).toBeUndefined()
  })

  it('is not one that restarted a moment ago', () => {
    const at = (seconds: number) =>
      podTrouble(
        pod({ ...container({ running: { startedAt: before(seconds) } }, { restartCount: 1 }), ...isReady }),
        [],
        { now },
      )
    expect(at(4)).toEqual({ line: 'container main restarted a moment ago (1 restart)', log: 'main' })
    expect(at(6)).toBeUndefined()
    // The clock of the engine's machine went ahead while the laptop slept.
    expect(at(-3600)).toBeUndefined()
  })

  it('is not one that no probe looks at and that only just started', () => {
    const spec = { containers: [{ name: 'main', image }] }
    const started = (seconds: number, more: object = {}) =>
      podTrouble(
        pod({ ...container({ running: { startedAt: before(seconds) } }), ...isReady }, { spec: { ...spec, ...more } }),
        [],
        { now, proveMs: 3000 },
      )
    expect(started(1)?.line).toBe('container main started a moment ago, and has no readiness probe')
    expect(started(4)).toBeUndefined()
    expect(started(1, { restartPolicy: 'Never' })).toBeUndefined()
  })

  it('is not one of which a busy kubelet told late, before it was seen to run for as long', () => {
    const spec = { containers: [{ name: 'main', image }] }
    const firstSeen = makeFirstSeen()
    const seen = (startedSeconds: number, lookedMs: number) =>
      podTrouble(pod({ ...container({ running: { startedAt: before(startedSeconds) } }), ...isReady }, { spec }), [], {
        now: now + lookedMs,
        proveMs: 3000,
        firstSeen,
      })?.line
    expect(seen(8, 0)).toContain('started a moment ago')
    expect(seen(8, 2000)).toContain('started a moment ago')
    expect(seen(8, 3500)).toBeUndefined()
    // Started again meanwhile.
    expect(seen(7, 4000)).toContain('started a moment ago')
    expect(seen(60, 0)).toBeUndefined()
  })
})

describe('trouble that cannot heal', () => {
  it.each([
    [
      'an image that is not there',
      waiting(
        'ErrImagePull',
        `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
      ),
      `image ${image} cannot be pulled: ${image}: not found`,
    ],
    [
      'an image that nobody may have',
      waiting(
        'ImagePullBackOff',
        `Back-off pulling image "${image}": ErrImagePull: pull access denied, repository does not exist`,
      ),
      `image ${image} cannot be pulled: pull access denied, repository does not exist`,
    ],
    [
      'an image that may not be pulled',
      waiting('ErrImageNeverPull'),
      `image ${image} is not on its node, and may not be pulled (imagePullPolicy: Never)`,
    ],
    ['a name that is none', waiting('InvalidImageName'), `${image} is no name of an image`],
    [
      'a container that may not run as it is',
      waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'),
      'container main cannot be made: container has runAsNonRoot and image will run as root',
    ],
    [
      'a command that the image does not have',
      pod(
        container(
          { waiting: { reason: 'CrashLoopBackOff' } },
          { lastState: { terminated: { exitCode: 128, message: 'exec: "nope": executable file not found in $PATH' } } },
        ),
      ),
      'container main cannot start: exec: "nope": executable file not found in $PATH',
    ],
    [
      'a program for another kind of processor',
      pod(
        container(
          { waiting: { reason: 'CrashLoopBackOff' } },
          { lastState: { terminated: { exitCode: 128, message: 'exec /app: exec format error: unknown' } } },
        ),
      ),
      'container main cannot start: its program is for another kind of processor, or a script without `#!` in its first line (exec format error)',
    ],
    [
      'a pod that failed',
      pod({ phase: 'Failed', reason: 'Evicted', message: 'disk is full' }),
      'failed: Evicted, disk is full',
    ],
  ])('is %s', (_case, given, line) => {
    expect(podTrouble(given, [], { now })).toMatchObject({ line, hopelessAfterMs: 0 })
  })

  it('is no crash where its node was stopped under it, however often that was', () => {
    const lost = { exitCode: 255, reason: 'Unknown', finishedAt: '2026-01-01T00:00:00Z' }
    const given = pod(
      container({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 21, lastState: { terminated: lost } }),
    )
    const trouble = podTrouble(given, [], { now })
    expect(trouble?.line).toBe('container main starts again: its node was stopped')
    expect(trouble).not.toHaveProperty('hopelessAfterMs')
    expect(trouble).not.toHaveProperty('crash')
  })

  it('is a Secret that is not there, once nothing else moves', () => {
    const trouble = podTrouble(waiting('CreateContainerConfigError', 'secret "db" not found'), [], { now })
    expect(trouble).toMatchObject({
      line: 'container main cannot be made: secret "db" not found',
      hopelessAfterMs: 10_000,
    })
  })

  it('is no kubelet that has not heard of a ConfigMap yet: it asks again', () => {
    const message = 'failed to sync configmap cache: timed out waiting for the condition'
    const trouble = podTrouble(waiting('CreateContainerConfigError', message), [], { now })
    expect(trouble).toMatchObject({ line: `container main cannot be made: ${message}` })
    expect(trouble).not.toHaveProperty('hopelessAfterMs')
  })

  it('is a crash only after several restarts', () => {
    const crashing = (restartCount: number) =>
      podTrouble(
        pod(
          container(
            { waiting: { reason: 'CrashLoopBackOff' } },
            { restartCount, lastState: { terminated: { exitCode: 3 } } },
          ),
        ),
        [],
        { now },
      )
    expect(crashing(1)).toEqual({
      line: 'container main crashes (exit code 3), 1 restart',
      heedsOthers: true,
      log: 'main',
      crash: { container: 'main', restarts: 1, exitCode: 3 },
    })
    expect(crashing(4)).not.toHaveProperty('hopelessAfterMs')
    expect(crashing(5)).toMatchObject({ hopelessAfterMs: 20_000, log: 'main' })
  })

  it('is what a probe ends, whatever code the program ends with when it is told to', () => {
    const unhealthy = event('Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 404', 12)
    const killing = event('Killing', 'Container main failed liveness probe, will be restarted', 10)
    const line = (exitCode: number, seconds: number) => {
      const ended = { exitCode, finishedAt: before(seconds) }
      const status = container({ waiting: { reason: 'CrashLoopBackOff' } }, { lastState: { terminated: ended } })
      return podTrouble(pod(status), [unhealthy, killing], { now })?.line
    }
    expect(line(2, 10)).toContain('its liveness probe fails')
    expect(line(143, 4)).toContain('its liveness probe fails')
    // Long after it was told to: a crash of its own.
    expect(line(2, 4)).toContain('crashes (exit code 2)')
  })

  it('is a program that ends well, again and again', () => {
    const done = { waiting: { reason: 'CrashLoopBackOff' } }
    const status = container(done, { restartCount: 2, lastState: { terminated: { exitCode: 0 } } })
    expect(podTrouble(pod(status), [], { now })).toMatchObject({
      line: 'container main ends by itself (exit code 0), 2 restarts',
      hints: [expect.stringContaining('in the foreground')],
    })
  })

  it('is a program that needs more memory than it may have, after two restarts', () => {
    const killed = (restartCount: number, limits: object) =>
      podTrouble(
        pod(container({ terminated: { exitCode: 137, reason: 'OOMKilled' } }, { restartCount }), {
          spec: { containers: [{ name: 'main', image, resources: { limits } as object }] },
        }),
        [],
        { now },
      )
    expect(killed(0, { memory: '32Mi' })).toEqual({
      line: 'container main crashes (out of memory: its limit is 32Mi), 0 restarts',
      hints: [expect.stringContaining('resources.limits.memory')],
      log: 'main',
    })
    expect(killed(2, { memory: '32Mi' })).toMatchObject({ hopelessAfterMs: 20_000 })
    expect(killed(2, {})).toMatchObject({
      line: 'container main crashes (out of memory), 2 restarts',
      hints: [expect.stringContaining('The machine of the container engine')],
    })
  })

  it('is a volume or a claim of what is not there, once nothing else moves', () => {
    const making = pod({ phase: 'Pending', ...container({ waiting: { reason: 'ContainerCreating' } }) })
    const mount = event('FailedMount', 'MountVolume.SetUp failed for volume "x" : configmap "settings" not found', 1)
    expect(podTrouble(making, [mount], { now })).toMatchObject({ hopelessAfterMs: 10_000 })
    const message = '0/1 nodes are available: persistentvolumeclaim "data" not found. preemption: 0/1 nodes'
    const unscheduled = pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message }] })
    expect(podTrouble(unscheduled, [], { now })).toMatchObject({
      line: 'no node takes it: 0/1 nodes are available: persistentvolumeclaim "data" not found',
      hopelessAfterMs: 10_000,
    })
  })

  it('names an init container, and the probe for which a container is ended', () => {
    const init = pod(
      {
        phase: 'Pending',
        initContainerStatuses: [
          {
            name: 'migrate',
            image,
            imageID: '',
            ready: false,
            restartCount: 1,
            state: { terminated: { exitCode: 2 } },
          },
        ],
      },
      { spec: { containers: [], initContainers: [{ name: 'migrate', image }] } },
    )
    expect(podTrouble(init, [], { now })?.line).toBe('init container migrate crashes (exit code 2), 1 restart')
    const ended = pod(
      container(
        { waiting: { reason: 'CrashLoopBackOff' } },
        { restartCount: 3, lastState: { terminated: { exitCode: 137 } } },
      ),
    )
    const events = [
      event('Unhealthy', 'Liveness probe failed: dial tcp 10.0.0.1:81: connect: connection refused', 2),
      event('Killing', 'Container main failed liveness probe, will be restarted', 1),
    ]
    expect(podTrouble(ended, events, { now })).toMatchObject({
      line: 'container main is ended because its liveness probe fails: dial tcp 10.0.0.1:81: connect: connection refused, 3 restarts',
      hints: [expect.stringContaining('probe')],
    })
  })

  it('is a probe of a port that nobody listens on, while the program says nothing', () => {
    const running = (more: object) =>
      pod(container({ running: { startedAt: before(9) } }), {
        spec: { containers: [{ name: 'main', image, ports: [{ containerPort: 8080 }], ...more }] },
      })
    const refused = event('Unhealthy', 'Readiness probe failed: dial tcp 10.0.0.1:81: connect: connection refused', 1)
    expect(podTrouble(running({ readinessProbe: { tcpSocket: { port: 81 } } }), [refused], { now })).toEqual({
      line: `running, not ready yet: ${refused.message}`,
      hopelessAfterMs: 30_000,
      still: 'main',
      heedsOthers: true,
      hints: ['Its `readinessProbe` asks port 81; the container declares 8080.'],
    })
    expect(podTrouble(running({ readinessProbe: { httpGet: { port: 8080 } } }), [refused], { now })).toMatchObject({
      hopelessAfterMs: 60_000,
      hints: [expect.stringContaining('0.0.0.0')],
    })
    const busy = event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', 1)
    expect(podTrouble(running({}), [busy], { now })).not.toHaveProperty('hopelessAfterMs')
    // A startup probe is for the kubelet to judge.
    const starts = event('Unhealthy', 'Startup probe failed: dial tcp 10.0.0.1:81: connect: connection refused', 1)
    expect(podTrouble(running({}), [starts], { now })).not.toHaveProperty('hopelessAfterMs')
  })
})

describe('trouble that may heal', () => {
  it.each([
    [
      'a registry that is away',
      'ErrImagePull',
      'unexpected status from HEAD request to https://reg.example/v2/: 503 Service Unavailable',
    ],
    ['a registry that is busy', 'ErrImagePull', 'unexpected status: 429 Too Many Requests'],
    ['a pull that waits for its next attempt', 'ImagePullBackOff', `Back-off pulling image "${image}"`],
    ['a runtime that is slow', 'CreateContainerError', 'context deadline exceeded'],
  ])('is %s', (_case, reason, message) => {
    const trouble = podTrouble(waiting(reason, message), [], { now })
    expect(trouble).toBeDefined()
    expect(trouble).not.toHaveProperty('hopelessAfterMs')
  })

  it('says what is going on while the pod is made', () => {
    const making = pod({ phase: 'Pending', ...container({ waiting: { reason: 'ContainerCreating' } }) })
    expect(podTrouble(making, [], { now })?.line).toBe('starting')
    expect(podTrouble(making, [event('Pulling', 'Pulling image', 2), event('Scheduled', '', 9)], { now })?.line).toBe(
      'pulling image',
    )
    const mount = event('FailedMount', 'secret "x" not found', 1)
    expect(podTrouble(making, [mount, event('Pulling', '', 5)], { now })?.line).toBe('secret "x" not found')
    expect(podTrouble(making, [event('Pulling', '', 1, 'another')], { now })?.line).toBe('starting')
    const running = pod(container({ running: { startedAt: before(9) } }))
    const probe = event('Unhealthy', 'Readiness probe failed: HTTP 503', 1)
    expect(podTrouble(running, [probe], { now })?.line).toBe('running, not ready yet: Readiness probe failed: HTTP 503')
  })

  it('leaves it to the nodes whether one could ever take the pod', () => {
    const message =
      "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful."
    const unscheduled = pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message }] })
    expect(podTrouble(unscheduled, [], { now })).toEqual({
      line: "no node takes it: 0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector",
      unscheduled: true,
      hints: [expect.stringContaining('placement')],
    })
  })
})

describe('what is known of a pod from before its node was started', () => {
  const spec = { nodeName: 'worker', containers: [{ name: 'main', image, readinessProbe: {} }] }
  const running = (seconds: number) =>
    pod({ ...container({ running: { startedAt: before(seconds) } }), ...isReady }, { spec })
  const since = (seconds: number) => new Map([['worker', now - seconds * 1000]])

  it('is no news', () => {
    expect(podTrouble(running(60), [], { now, starts: since(30) })).toEqual({
      line: 'nothing was heard of it since its node worker was started',
    })
    expect(podTrouble(running(20), [], { now, starts: since(30) })).toBeUndefined()
    expect(podTrouble(running(60), [], { now, starts: new Map() })).toBeUndefined()
  })

  it('is nothing at all where its node does not run', () => {
    const starts = new Map([['worker', Infinity]])
    expect(podTrouble(running(60), [], { now, starts })?.line).toBe('its node worker does not run')
    expect(podTrouble(pod({ phase: 'Succeeded' }, { spec }), [], { now, starts })).toBeUndefined()
  })
})
