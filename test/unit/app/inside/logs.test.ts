import { describe, expect, it } from 'vitest'
import { containersOfPod } from '../../../../app/inside/containers.ts'
import { deployedPods } from '../../../../app/inside/deployed-pods.ts'
import { followLogs } from '../../../../app/inside/follow-logs.ts'
import { inOrder, readLogLine } from '../../../../app/inside/log-line.ts'
import type { SpeechOptions } from '../../../../cluster/kube/kube.ts'
import type { Pod } from '../../../../cluster/kube/models.ts'
import { readId } from '../../../../core/identity.ts'
import { redactingLines } from '../../../../core/mask/redacted-lines.ts'
import { shownLine } from '../../../../core/print/shown-line.ts'
import { kubeOf } from '../../../support/kube-of.ts'

describe('a line of a log', () => {
  it.each([
    ['2026-11-26T21:00:00.5Z hello', '2026-11-26T21:00:00.500000000Z', 'hello'],
    ['2026-11-26T21:00:00Z ', '2026-11-26T21:00:00.000000000Z', ''],
    ['2026-11-26T23:00:00.123456789+02:00   two  spaces', '2026-11-26T21:00:00.123456789Z', '  two  spaces'],
    ['unable to retrieve container logs', '', 'unable to retrieve container logs'],
  ])('%j', (line, at, text) => expect(readLogLine(line)).toEqual({ at, text }))

  it('comes in the order of times, also of times that look longer than they are, and behind its own log', () => {
    const log = (...lines: readonly string[]) => lines.map(readLogLine)
    const lines = inOrder([
      log('2026-11-26T21:00:00.5Z a', 'no time', '2026-11-26T21:00:02Z d'),
      log('2026-11-26T21:00:00.51Z b', '2026-11-26T21:00:01Z c'),
    ])
    expect(lines.map(({ text }) => text)).toEqual(['a', 'no time', 'b', 'c', 'd'])
  })
})

describe('what a log must not show', () => {
  it('values of Secrets, what looks like one, and a private key in however many goes it comes', () => {
    const redact = redactingLines(() => ['averysecretvalue99'])
    expect(redact(['plain', 'token averysecretvalue99', 'password=hunter2hunter'])).toEqual([
      'plain',
      'token ***',
      'password=***',
    ])
    expect(redact(['key: -----BEGIN RSA PRIVATE KEY-----', 'MIIEow'])).toEqual(['key: *** (a private key)', '***'])
    expect(redact(['more', '-----END RSA PRIVATE KEY-----', 'plain'])).toEqual(['***', '***', 'plain'])
    expect(redact(['plain'])).toEqual(['plain'])
  })

  it('what steers a terminal, but for colours where they are wanted', () => {
    const line = '\u001B]0;title\u0007\u001B[2J\u001B[31mred\u001B[0m\tand\u0008 10%\r20%\r'
    expect(shownLine(line, { colours: true })).toBe('20%')
    expect(shownLine('\u001B]52;c;aGk=\u001B\\\u001B[1;31mred\u001B[0m\u001B[A\tx', { colours: true })).toBe(
      '\u001B[1;31mred\u001B[0m\tx',
    )
    expect(shownLine('\u001B[1;31mred\u001B[0m', { colours: false })).toBe('red')
  })
})

const entry = (id: string, undo: object = {}) => ({ id, of: readId(id), title: id, kind: 'objects', needs: [], undo })
const pod = (name: string, more: Partial<Pod['metadata']> = {}, status: Pod['status'] = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'dev', ...more },
  spec: { containers: [{ name: 'app' }] },
  status,
})
const owner = (kind: string, name: string, apiVersion = 'apps/v1') => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `${kind}-${name}`, controller: true }],
})

describe('the pods of a step', () => {
  it('are those that carry its label, and those that it or what it made owns, whatever kinds come between', async () => {
    const live: Readonly<Record<string, object>> = {
      'ReplicaSet/web-1': owner('Deployment', 'web'),
      'Deployment/web': { labels: { 'kindup.dev/step': 'service.web_dev' } },
      'ReplicaSet/other-1': owner('Deployment', 'other'),
      'Deployment/other': {},
      'StrimziPodSet/kafka': owner('Kafka', 'kafka', 'kafka.strimzi.io/v1'),
      'Kafka/kafka': {},
      'Job/hook': { annotations: { 'meta.helm.sh/release-name': 'db', 'meta.helm.sh/release-namespace': 'dev' } },
    }
    const asked: string[] = []
    const kube = kubeOf({
      get: ({ kind, name }) => {
        asked.push(`${kind}/${name}`)
        const metadata = live[`${kind}/${name}`]
        return Promise.resolve(
          metadata && { apiVersion: 'x/v1', kind, metadata: { name, namespace: 'dev', ...metadata } },
        )
      },
      list: () =>
        Promise.resolve([
          pod('web-1-a', owner('ReplicaSet', 'web-1')),
          pod('web-1-b', owner('ReplicaSet', 'web-1')),
          pod('other-1-a', owner('ReplicaSet', 'other-1')),
          pod('kafka-0', owner('StrimziPodSet', 'kafka', 'core.strimzi.io/v1')),
          pod('hook-x', owner('Job', 'hook', 'batch/v1')),
          pod('bare', { labels: { 'kindup.dev/step': 'service.web_dev' } }),
          pod('lost', owner('ReplicaSet', 'gone')),
        ]),
    })
    const kafka = { kind: 'Kafka', name: 'kafka', namespace: 'dev', apiVersion: 'kafka.strimzi.io/v1' }
    const deployed = deployedPods(kube, [
      entry('service/web@dev', { namespaces: ['dev'] }),
      entry('service/bus@dev', { namespaces: ['dev'], objects: [kafka] }),
      entry('service/db@dev', { releases: [{ namespace: 'dev', release: 'db' }] }),
    ])
    const found = (await deployed.now()).map((one) => `${one.entry.id} ${one.pod.metadata.name}`)
    expect(found).toEqual([
      'service/web@dev web-1-a',
      'service/web@dev web-1-b',
      'service/bus@dev kafka-0',
      'service/db@dev hook-x',
      'service/web@dev bare',
    ])
    expect(asked.filter((one) => one === 'ReplicaSet/web-1')).toHaveLength(1)
  })
})

describe('following', () => {
  const labelled = { labels: { 'kindup.dev/step': 'service.web' } }
  const run = (id: string, restartCount: number, state: object) => ({
    containerStatuses: [{ name: 'app', image: '', imageID: '', ready: true, restartCount, containerID: id, state }],
  })
  const running = { running: { startedAt: '2026-11-26T21:00:00Z' } }

  it('goes on where it was read, and takes up a container that begins again and a pod that comes later', async () => {
    const stop = new AbortController()
    const heard: string[] = []
    const asked: (string | number | undefined)[] = []
    const seen = Promise.withResolvers<void>()
    const logs: Readonly<Record<string, readonly string[]>> = {
      // The API reads times to the second: what was read before comes once more.
      'web-a 1': ['2026-11-26T21:00:01.1Z old', '2026-11-26T21:00:01.2Z one'],
      'web-a 2': ['2026-11-26T21:00:01.2Z one', '2026-11-26T21:00:05Z again'],
      'web-b 1': ['2026-11-26T21:00:06Z later'],
    }
    const calls = new Map<string, number>()
    const kube = kubeOf({
      async *watch(_query, signal) {
        yield [pod('web-a', labelled, run('run-1', 0, running))]
        await seen.promise
        yield [pod('web-a', labelled, run('run-1', 0, { terminated: { exitCode: 3 } }))]
        yield [pod('web-a', labelled, run('run-2', 1, running)), pod('web-b', labelled, run('run-3', 0, running))]
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      },
      async *speech({ pod: name }, { since }: SpeechOptions, signal) {
        const call = (calls.get(name) ?? 0) + 1
        calls.set(name, call)
        asked.push(since)
        yield logs[`${name} ${call}`] ?? []
        if (name === 'web-a' && call === 1) return seen.resolve()
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      },
    })
    await followLogs(
      {
        kube,
        deployed: deployedPods(kube, [entry('service/web', { namespaces: ['dev'] })]),
        isMeant: () => true,
        readUntil: new Map([['dev/web-a/app', '2026-11-26T21:00:01.100000000Z']]),
        known: new Map([['dev/web-a/app', 'run-1']]),
        said: (lines) => {
          heard.push(...lines.map(({ from, text }) => `${from.pod} ${text}`))
          if (['web-a again', 'web-b later'].every((line) => heard.includes(line))) stop.abort()
        },
        began: ({ pod: name, restarts }) => heard.push(`+ ${name} ${restarts}`),
        ended: ({ pod: name, exitCode }) => heard.push(`- ${name} ${exitCode}`),
      },
      stop.signal,
    )
    expect(heard.toSorted()).toEqual(
      ['web-a one', '- web-a 3', '+ web-a 1', '+ web-b 0', 'web-a again', 'web-b later'].toSorted(),
    )
    expect(asked[0]).toBe('2026-11-26T21:00:01Z')
  })

  it('names init containers first, and a crashed one as ended with the run that it had', () => {
    const crashed: Pod = {
      ...pod(
        'web-a',
        {},
        {
          initContainerStatuses: [],
          containerStatuses: [
            {
              name: 'app',
              image: '',
              imageID: '',
              ready: false,
              restartCount: 4,
              state: { waiting: { reason: 'CrashLoopBackOff' } },
              lastState: { terminated: { exitCode: 7, containerID: 'run-4' } },
            },
          ],
        },
      ),
      spec: { initContainers: [{ name: 'init' }], containers: [{ name: 'app' }] },
    }
    expect(containersOfPod(entry('service/web'), crashed)).toMatchObject([
      { container: 'init', kind: 'init', state: 'waiting', restarts: 0 },
      { container: 'app', kind: 'main', state: 'ended', id: 'run-4', exitCode: 7, restarts: 4 },
    ])
  })
})
