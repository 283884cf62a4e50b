import { expect, it } from 'vitest'
import type { Kube, KubeObject, Ref } from '../../../../cluster/kube/kube.ts'
import { hooksAt, runHooks } from '../../../../services/deploy/run-hooks.ts'
import { context } from '../../../support/steps.ts'

const hook = (kind: string, name: string, annotations: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: kind === 'Job' ? 'batch/v1' : 'v1',
  kind,
  metadata: {
    name,
    annotations: Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`helm.sh/${key}`, value])),
  },
})

const migrate = hook('Job', 'migrate', { hook: 'pre-install, pre-upgrade', 'hook-delete-policy': 'hook-succeeded' })
const settings = hook('ConfigMap', 'settings', { hook: 'pre-upgrade' })
const early = hook('Job', 'early', { hook: 'pre-install', 'hook-weight': '-5' })
const seed = hook('Job', 'seed', { hook: 'post-install' })
const all = [seed, migrate, settings, early, hook('Pod', 'test', { hook: 'test' })]

it('runs hooks by weight, and what others read before those who read it', () => {
  expect(hooksAt(all, 'before').map(({ metadata }) => metadata.name)).toEqual(['early', 'settings', 'migrate'])
  expect(hooksAt(all, 'after').map(({ metadata }) => metadata.name)).toEqual(['seed'])
})

it('makes each again, waits for its end, and stops at one that fails', async () => {
  const done: string[] = []
  const there = new Map<string, KubeObject>([['migrate', migrate]])
  const kubeThat = (end: 'Complete' | 'Failed'): Kube =>
    ({
      get: ({ name }: Ref) => Promise.resolve(there.get(name)),
      delete: ({ name }: Ref) => {
        done.push(`delete ${name}`)
        there.delete(name)
        return Promise.resolve()
      },
      apply: (object: KubeObject) => {
        done.push(`apply ${object.metadata.namespace}/${object.metadata.name}`)
        there.set(object.metadata.name, { ...object, status: { conditions: [{ type: end, status: 'True' }] } })
        return Promise.resolve(object)
      },
    }) as unknown as Kube
  await runHooks(kubeThat('Complete'), [migrate], 'before', 'dev', context())
  expect(done).toEqual(['delete migrate', 'apply dev/migrate', 'delete migrate'])
  await expect(runHooks(kubeThat('Failed'), [early, migrate], 'before', 'dev', context())).rejects.toMatchObject({
    message: 'the hook Job dev/early failed',
  })
  expect(there.has('migrate')).toBe(false)
})
