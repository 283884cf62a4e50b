import { expect, it } from 'vitest'
import type { Obj } from '../../../support/api-server/object.ts'
import { waitNamespaceGone } from '../../../../services/remove/namespace-end.ts'
import { isRealApi } from '../../../support/api-server/start-api-server.ts'
import { context } from '../../../support/steps.ts'
import { makeWorld } from '../deploy/world.ts'

type World = Awaited<ReturnType<typeof makeWorld>>

/** A namespace on its way out, as Kubernetes shows it. */
const ending = (world: World, conditions: Readonly<Record<string, string>>) => {
  const status = {
    phase: 'Terminating',
    conditions: Object.entries(conditions).map(([type, message]) => ({ type, status: 'True', message })),
  }
  const kube: World['kube'] = {
    ...world.kube,
    get: async (ref) =>
      ref.kind === 'Namespace'
        ? { apiVersion: 'v1', kind: 'Namespace', metadata: { name: ref.name }, status }
        : world.kube.get(ref),
  }
  return waitNamespaceGone(kube, 'dev', context(), { quietMs: 0, stillMs: 0 })
}

it.skipIf(isRealApi)('names the APIService that does not answer, and the command', async () => {
  await using world = await makeWorld()
  world.state.behave('v1beta1.custom.example.com', 'crashes')
  await world.kube.apply({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.custom.example.com' },
    spec: { group: 'custom.example.com', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100 },
  })
  const said = 'Discovery failed for some groups, 1 failing'
  await expect(ending(world, { NamespaceDeletionDiscoveryFailure: said })).rejects.toMatchObject({
    code: 'wait-failed',
    message: expect.stringMatching(
      /^The end of the namespace dev: it waits for APIService v1beta1\.custom\.example\.com \(.+\), which does not answer/,
    ) as string,
    hints: expect.arrayContaining([
      expect.stringContaining('kubectl delete apiservice v1beta1.custom.example.com'),
    ]) as string[],
  })
})

it('names the objects whose finalizers nothing takes away, and the command', async () => {
  await using world = await makeWorld()
  const held: Obj = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'held', namespace: 'dev', finalizers: ['example.io/hold', 'kubernetes.io/pvc-protection'] },
  }
  world.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev' } })
  world.state.put(held)
  await world.kube.delete({ apiVersion: 'v1', kind: 'ConfigMap', name: 'held', namespace: 'dev' })
  await expect(
    ending(world, {
      NamespaceContentRemaining: 'Some resources are remaining: configmaps. has 1 resource instances',
      NamespaceFinalizersRemaining:
        'Some content in the namespace has finalizers remaining: example.io/hold in 1 resource instances',
    }),
  ).rejects.toMatchObject({
    message: expect.stringContaining('it waits for ConfigMap dev/held (example.io/hold), whose finalizers') as string,
    hints: expect.arrayContaining([
      expect.stringContaining('kubectl patch configmap held --namespace dev'),
    ]) as string[],
  })
})
