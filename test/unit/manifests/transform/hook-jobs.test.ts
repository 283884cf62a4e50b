import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { transform } from '../../../../manifests/transform/transform.ts'

const job = (spec: object, annotations: Readonly<Record<string, string>> = { 'helm.sh/hook': 'pre-install' }) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'certificates', annotations },
  spec,
})
const after = (object: KubeObject) => {
  const [made] = transform([object], { cluster: 'demo', step: 'addon/x', images: [], skip: [] })
  const spec = made?.['spec'] as { readonly ttlSecondsAfterFinished?: number }
  return { ttl: spec.ttlSecondsAfterFinished, policy: made?.metadata.annotations?.['helm.sh/hook-delete-policy'] }
}

describe('a hook Job that goes by itself', () => {
  it.each([0, 5, 599])('stays until helm has looked, after %i s', (ttlSecondsAfterFinished) => {
    expect(after(job({ ttlSecondsAfterFinished }))).toMatchObject({ ttl: 600 })
  })

  it.each([
    ['hook-succeeded', 'hook-succeeded,before-hook-creation'],
    // The one of before is taken away by helm then, as it was gone by itself.
    ['hook-failed, hook-succeeded', 'hook-failed, hook-succeeded,before-hook-creation'],
    ['before-hook-creation,hook-succeeded', 'before-hook-creation,hook-succeeded'],
    // What helm does where nothing is said.
    [undefined, undefined],
  ])('does not stand in the way of the next one: %s', (policy, expected) => {
    const annotations = {
      'helm.sh/hook': 'post-upgrade',
      ...(policy === undefined ? {} : { 'helm.sh/hook-delete-policy': policy }),
    }
    expect(after(job({ ttlSecondsAfterFinished: 0 }, annotations)).policy).toBe(expected)
  })

  it.each([
    ['it stays long enough', job({ ttlSecondsAfterFinished: 3600 }), 3600],
    ['it stays for ever', job({}), undefined],
    ['it is no hook', job({ ttlSecondsAfterFinished: 0 }, {}), 0],
  ])('is what it was where %s', (_why, object, ttl) => {
    expect(after(object)).toEqual({ ttl, policy: undefined })
  })
})
