import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Obj } from '../../../support/api-server/object.ts'
import { context } from '../../../support/steps.ts'
import { Refusal } from '../../../support/api-server/refusals.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

type World = Awaited<ReturnType<typeof makeWorld>>

const plain = async (world: World, text: string) => {
  const file = join(world.folder, 'web.yaml')
  await writeFile(file, text)
  return madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })
}
const head = (apiVersion: string, kind: string) => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: it }\n`
const rbac = 'rbac.authorization.k8s.io/v1'
const deployment = (label: string) =>
  `${head('apps/v1', 'Deployment')}spec: { selector: { matchLabels: { app: ${label} } }, template: { metadata: { labels: { app: ${label} } }, spec: { containers: [{ name: a, image: a, readinessProbe: { httpGet: { port: 80 } } }] } } }\n`
const set = (size: string, service = 'db') =>
  `${head('apps/v1', 'StatefulSet')}spec: { replicas: 0, serviceName: ${service}, selector: { matchLabels: { app: db } }, template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: a, image: a, readinessProbe: { httpGet: { port: 80 } } }] } }, volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: ${size} } } } }] }\n`
const claim = (mode: string) =>
  `${head('v1', 'PersistentVolumeClaim')}spec: { accessModes: [${mode}], volumeName: pv-1, resources: { requests: { storage: 1Gi } } }\n`
const dataOf = (world: World): Obj =>
  world.state.put({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'data-it-0',
      namespace: 'dev',
      managedFields: [
        {
          manager: 'kube-controller-manager',
          operation: 'Update',
          apiVersion: 'v1',
          time: '2026-11-26T09:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:spec': {} },
        },
      ],
    },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    status: { phase: 'Bound' },
  })

describe('what cannot be changed in place', () => {
  const replaced: Readonly<Record<string, readonly [string, string]>> = {
    'a Service that becomes headless': [
      `${head('v1', 'Service')}spec: { ports: [{ port: 80 }] }\n`,
      `${head('v1', 'Service')}spec: { clusterIP: None, ports: [{ port: 80 }] }\n`,
    ],
    'a binding that gives another role': [
      `${head(rbac, 'RoleBinding')}roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: a }\n`,
      `${head(rbac, 'RoleBinding')}roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: b }\n`,
    ],
    'a selector': [deployment('one'), deployment('two')],
    'an immutable ConfigMap': [
      `${head('v1', 'ConfigMap')}immutable: true\ndata: { a: '1' }\n`,
      `${head('v1', 'ConfigMap')}immutable: true\ndata: { a: '2' }\n`,
    ],
    'the type of a Secret': [`${head('v1', 'Secret')}type: a/b\n`, `${head('v1', 'Secret')}type: c/d\n`],
    'a priority': [
      `${head('scheduling.k8s.io/v1', 'PriorityClass')}value: 1\n`,
      `${head('scheduling.k8s.io/v1', 'PriorityClass')}value: 2\n`,
    ],
    'a provisioner': [
      `${head('storage.k8s.io/v1', 'StorageClass')}provisioner: a/b\n`,
      `${head('storage.k8s.io/v1', 'StorageClass')}provisioner: c/d\n`,
    ],
    'a StatefulSet whose claims stay as they are': [set('1Gi'), set('1Gi', 'other')],
  }
  for (const [what, [before, after]] of Object.entries(replaced))
    it(`is replaced where nothing is lost, and said: ${what}`, async () => {
      await using world = await makeWorld()
      await world.up([await plain(world, before)])
      if (before.includes('StatefulSet')) dataOf(world)
      const ctx = context()
      const web = await plain(world, after)
      const [status] = await world.up([web], ctx)
      expect(status).toMatch(/^service\/web changed its files changed; \w+ (?:dev\/)?it is replaced \(.+\)$/)
      expect(ctx.warnings).toEqual([expect.stringMatching(/it was replaced: it cannot be changed in place \(.+\)\.$/)])
      expect(await world.up([web])).toEqual(['service/web ready'])
    })

  const kept: Readonly<Record<string, readonly [string, string, string]>> = {
    'a claim': [claim('ReadWriteOnce'), claim('ReadWriteMany'), 'PersistentVolumeClaim dev/it (1Gi) holds data'],
    'claim templates': [set('1Gi'), set('2Gi'), 'PersistentVolumeClaim dev/data-it-0 (1Gi) holds its data'],
  }
  for (const [what, [before, after, stake]] of Object.entries(kept))
    it(`stays where data is at stake, with what keeps and what deletes it: ${what}`, async () => {
      await using world = await makeWorld()
      await world.up([await plain(world, before)])
      if (before.includes('StatefulSet')) dataOf(world)
      const web = await plain(world, after)
      const [step] = await world.steps([web])
      expect(await step?.status(context())).toMatchObject({
        what: expect.stringContaining('cannot be changed in place') as string,
        refusal: { code: 'cannot-change', message: expect.stringContaining(stake) as string },
      })
      const uid = world.state.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' })[0]?.metadata.uid
      await expect(world.up([web])).rejects.toMatchObject({
        code: 'cannot-change',
        message: expect.stringContaining(stake) as string,
        hints: expect.arrayContaining([
          expect.stringContaining('keeps'),
          expect.stringContaining('deletes the data'),
        ]) as string[],
      })
      expect(world.state.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' })[0]?.metadata.uid).toBe(uid)
    })

  it('is not deleted for something that the API would refuse as well', async () => {
    await using world = await makeWorld()
    await world.up([await plain(world, deployment('one'))])
    world.state.intercept(({ method, path }) =>
      method === 'PATCH' && path.endsWith('/it-kindup-try')
        ? new Refusal(422, 'Invalid', 'Deployment.apps "it" is invalid: spec: Forbidden by a policy')
        : undefined,
    )
    const wrong = deployment('two')
    await expect(world.up([await plain(world, wrong)])).rejects.toMatchObject({ code: 'api-refused' })
    expect(world.state.get({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'it', namespace: 'dev' })).toBeDefined()
  })
})
