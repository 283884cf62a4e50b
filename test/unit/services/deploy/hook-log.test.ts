import { expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { withHookLogs } from '../../../../services/deploy/hook-log.ts'

const hook: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate', namespace: 'dev', annotations: { 'helm.sh/hook': 'pre-install' } },
}
const refused = new EnvironmentError('helm-failed', 'helm could not install web: chart requires kubeVersion 1.40', {
  hints: ['try'],
})

/** A cluster where the hook's Job failed that often. Whatever else is asked is a mistake. */
const clusterWith = (failed: number): Kube => {
  const kube: Pick<Kube, 'get' | 'list' | 'logs'> = {
    get: async ({ kind, name, namespace }) =>
      `${kind} ${namespace}/${name}` === 'Job dev/migrate' ? { ...hook, status: { failed } } : expect.unreachable(name),
    list: async ({ kind, labelSelector }) =>
      kind === 'Pod' && labelSelector === 'job-name=migrate'
        ? [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'migrate-x', namespace: 'dev' } }]
        : expect.unreachable(kind),
    logs: async ({ name }) => (name === 'migrate-x' ? 'no such table\n' : expect.unreachable(name)),
  }
  return kube as Kube
}

const told = (failed: number, error: unknown): Promise<unknown> =>
  withHookLogs(error, clusterWith(failed), [hook], 'dev')

it('adds what the failed hook of a release printed last', async () => {
  const failure = new EnvironmentError('helm-failed', 'helm could not install web: pre-install hooks failed', {
    hints: ['try'],
  })
  expect(await told(1, failure)).toMatchObject({
    code: 'helm-failed',
    message:
      'helm could not install web: pre-install hooks failed\nThe last lines of hook Job migrate:\n  no such table',
    hints: ['try'],
  })
  expect(await told(0, failure)).toBe(failure)
})

it('says where the failed hook stands in the files', async () => {
  const failure = new EnvironmentError('wait-failed', 'the hook Job dev/migrate failed')
  const at = { file: 'chart/templates/migrate.yaml', line: 3 }
  expect(await withHookLogs(failure, clusterWith(1), [hook], 'dev', () => at)).toMatchObject({
    problems: [{ severity: 'error', message: 'The hook Job migrate stands here.', at }],
  })
})

it('leaves what no hook is to blame for', async () => {
  expect(await told(1, refused)).toBe(refused)
})
