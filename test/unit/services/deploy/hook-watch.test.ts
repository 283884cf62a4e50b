import { expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { watchHooks } from '../../../../services/deploy/hook-watch.ts'

const job = (annotations: Record<string, string>): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate', namespace: 'dev', annotations },
})
const hook = job({ 'helm.sh/hook': 'pre-install' })

const pod = (
  uid: string,
  phase: string,
  waiting: { readonly reason: string; readonly message?: string },
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `migrate-${uid}`, namespace: 'dev', uid },
  spec: { restartPolicy: 'Never', containers: [{ name: 'm', image: 'example/tools:9' }] },
  status: {
    phase,
    containerStatuses: [{ name: 'm', image: 'example/tools:9', ready: false, restartCount: 0, state: { waiting } }],
  },
})
const missing = { reason: 'ErrImagePull', message: 'docker.io/example/tools:9: not found' }

/** Looks until it throws, or until it has asked so often; answers what it threw. */
const probed = async (
  objects: readonly KubeObject[],
  answers: readonly (readonly KubeObject[])[],
): Promise<unknown> => {
  const stop = new AbortController()
  let asked = 0
  const kube: Pick<Kube, 'list'> = {
    list: async ({ labelSelector, namespace }) => {
      expect([labelSelector, namespace]).toEqual(['job-name=migrate', 'dev'])
      const answer = answers[Math.min(asked, answers.length - 1)] ?? []
      asked += 1
      if (asked > answers.length) stop.abort()
      return answer
    },
  }
  return watchHooks(kube as Kube, objects, 'dev', { signal: stop.signal, engine: 'docker' }).catch(
    (error: unknown) => error,
  )
}

it('ends what waits for a hook whose image nobody has, with the image and what to do', async () => {
  expect(await probed([hook], [[], [pod('1', 'Pending', missing)]])).toMatchObject({
    code: 'wait-failed',
    message: expect.stringMatching(
      /^The hook Job migrate cannot start: image example\/tools:9 cannot be pulled.*not found\.$/,
    ),
    hints: expect.arrayContaining([expect.any(String)]),
  })
})

it.each([
  ['of an earlier run', [hook], [[pod('1', 'Pending', missing)], [pod('1', 'Pending', missing)]]],
  ['that is still pulled', [hook], [[], [pod('1', 'Pending', { reason: 'ContainerCreating' })]]],
  ['that ran and failed: helm tells of it', [hook], [[], [pod('1', 'Failed', missing)]]],
])('says nothing of one %s', async (_which, objects, answers) => {
  expect(await probed(objects, answers)).toBeUndefined()
})

it('asks for nothing where a release has no hooks', async () => {
  expect(await probed([job({})], [])).toBeUndefined()
})
