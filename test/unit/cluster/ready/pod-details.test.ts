import { describe, expect, it } from 'vitest'
import { refusal } from '../../../../cluster/kube/api-errors.ts'
import type { Kube } from '../../../../cluster/kube/kube.ts'
import { makePodDetails } from '../../../../cluster/ready/pod-details.ts'
import type { TroubledPod } from '../../../../cluster/ready/readiness.ts'
import type { Target } from '../../../../cluster/ready/targets.ts'
import { kubeOf } from '../../../support/kube-of.ts'

/** Answers logs by what was told, and notes what it was asked. */
const makeKube = (logs: (pod: Parameters<Kube['logs']>[0]) => string) => {
  const asked: string[] = []
  const kube = kubeOf({
    logs: (pod, lines) => {
      asked.push(`${pod.namespace}/${pod.name}/${pod.container}${pod.previous ? ' previous' : ''} ${lines}`)
      return new Promise((resolve) => resolve(logs(pod)))
    },
  })
  return { kube, asked }
}
const target: Target = { kind: 'Job', name: 'migrate', namespace: 'dev', leaves: false }
const crashed = (restartCount: number): TroubledPod => ({
  pod: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'migrate-1', namespace: 'dev', uid: 'u1' },
    status: {
      containerStatuses: [
        { name: 'main', image: 'web:1', imageID: '', ready: false, restartCount, state: { waiting: {} } },
      ],
    },
  },
  trouble: { line: 'crashes', log: 'main' },
})

describe('the log that tells about a trouble', () => {
  it('is read once a restart', async () => {
    const { kube, asked } = makeKube(() => 'boom\n')
    const closer = makePodDetails(kube)
    expect(await closer.log(target, crashed(1))).toBe('boom')
    expect(await closer.log(target, crashed(1))).toBe('boom')
    await closer.log(target, crashed(2))
    expect(asked).toEqual(['dev/migrate-1/main 10', 'dev/migrate-1/main 10'])
  })

  it('is that of the run before when the new one has said nothing yet', async () => {
    const { kube, asked } = makeKube(({ previous }) => (previous ? 'boom\n' : ''))
    expect(await makePodDetails(kube).log(target, crashed(1))).toBe('boom')
    expect(asked.at(-1)).toBe('dev/migrate-1/main previous 10')
  })

  it('is not what the kubelet says in place of one that it has removed', async () => {
    const { kube } = makeKube(() => 'unable to retrieve container logs for containerd://97b5a19e')
    expect(await makePodDetails(kube).log(target, crashed(1))).toBe('')
  })

  it('is nothing where nobody may read it, or its kubelet is away: that hides no reason of a wait', async () => {
    const said =
      'Get "https://172.18.0.4:10250/containerLogs/dev/migrate-1/main": dial tcp: connect: connection refused'
    const refused = () => {
      throw refusal(500, JSON.stringify({ message: said }), 'read the log of Pod dev/migrate-1')
    }
    const details = makePodDetails(makeKube(refused).kube)
    expect(await details.log(target, crashed(1))).toBe('')
    const { pod } = crashed(1)
    const running = { name: 'main', image: 'web:1', imageID: '', ready: false, restartCount: 0, state: { running: {} } }
    const slow = { ...crashed(1), pod: { ...pod, status: { containerStatuses: [running] } } }
    expect(await details.lines(slow.pod, 'main')).toBe('')
    expect(
      await details.silent([{ target, readiness: { is: 'waiting', line: 'not ready', pods: [slow] }, pods: [] }]),
    ).toBe('')
  })

  it('is remembered when the pod is gone', async () => {
    const closer = makePodDetails(makeKube(() => 'boom').kube)
    expect(await closer.log(target, undefined)).toBe('')
    await closer.log(target, crashed(1))
    expect(await closer.log(target, undefined)).toBe('boom')
    expect(await closer.log({ ...target }, undefined)).toBe('')
  })
})
