import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { retryStuckPods } from '../../../../services/deploy/stuck-pods.ts'
import { settled } from '../../../support/api-server/controllers/pods.ts'
import { startApiServer } from '../../../support/api-server/start-api-server.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindup-stuck-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const workload = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } } },
}

const pod = (name: string, app: string, status: Readonly<Record<string, unknown>>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app } },
  spec: { nodeName: 'worker', containers: [{ name: 'web', image: 'web' }] },
  status: { containerStatuses: [], conditions: [settled], ...status },
})

const waiting = (reason: string) => [{ name: 'web', state: { waiting: { reason } } }]

it('makes again what waits for something that may have come: no other pod', async () => {
  await using server = await startApiServer({ context: 'kind-demo' })
  writeFileSync(join(folder, 'kubeconfig'), server.kubeconfig)
  const kube = await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context: 'kind-demo' })
  for (const one of [
    pod('crashed', 'web', { containerStatuses: waiting('CrashLoopBackOff') }),
    pod('not-pulled', 'web', { containerStatuses: waiting('ImagePullBackOff') }),
    pod('init', 'web', { initContainerStatuses: waiting('CrashLoopBackOff') }),
    // The image has just been put into the node; the kubelet looks again when it likes.
    pod('never-pulled', 'web', { containerStatuses: waiting('ErrImageNeverPull') }),
    // The kubelet says a moment later that it backs off.
    pod('ended', 'web', {
      containerStatuses: [{ name: 'web', restartCount: 3, state: { terminated: { exitCode: 1 } } }],
    }),
    pod('ended-once', 'web', { containerStatuses: [{ name: 'web', state: { terminated: { exitCode: 1 } } }] }),
    pod('starting', 'web', { containerStatuses: waiting('ContainerCreating') }),
    pod('running', 'web', { containerStatuses: [{ name: 'web', state: { running: {} } }] }),
    pod('of-another', 'api', { containerStatuses: waiting('CrashLoopBackOff') }),
  ])
    server.state.put(one)
  await retryStuckPods(kube, [workload], 'default')
  const deleted = server.state.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path)
  expect(deleted.map((path) => path.slice(path.lastIndexOf('/') + 1)).toSorted()).toEqual([
    'crashed',
    'ended',
    'init',
    'never-pulled',
    'not-pulled',
  ])
})
