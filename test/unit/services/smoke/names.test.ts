import { expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import type { SmokeConfig } from '../../../../config/config.ts'
import { namesProblems } from '../../../../services/smoke/names.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'

const service = (name: string, ports: readonly object[] = [{ port: 80, targetPort: 8080 }], spec = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { ports, ...spec },
})
const said = (
  parts: Partial<SmokeConfig>,
  objects: readonly KubeObject[] | undefined,
  beside: readonly KubeObject[] = [],
) => {
  const web = madeDeployable('service/web@dev', { smoke: [{ method: 'GET', headers: {}, timeoutMs: 1, ...parts }] })
  const rendered = (some: readonly KubeObject[] | undefined) => ({
    ...(some ? { objects: some.map((object) => ({ object, at: { file: 'k8s.yaml' } })) } : {}),
    exposed: [],
    hosts: [],
  })
  const sources = new Map([
    [web.id, rendered(objects)],
    ['service/gate@dev', rendered(beside)],
  ])
  return namesProblems([web, madeDeployable('service/gate@dev')], sources, madeConfig()).map(({ message, hint, at }) =>
    `${at?.file}: ${message} ${hint ?? ''}`.trim(),
  )
}

it('names a Service that nothing makes in the namespace', () => {
  expect(said({ service: 'wed' }, [service('web')])).toEqual([
    'services.web.smoke.0: A smoke test of service/web@dev asks the Service wed, and nothing of the plan makes it in its namespace. Did you mean web?',
  ])
  expect(said({ service: 'web' }, [], [service('web')])).toEqual([])
  const elsewhere = { ...service('web'), metadata: { name: 'web', namespace: 'other' } }
  expect(said({ service: 'web' }, [elsewhere])).toHaveLength(1)
})

it('names a port that the Service does not have, and the one that leads there', () => {
  expect(said({ service: 'web', port: 8080 }, [service('web')])).toEqual([
    'services.web.smoke.0: A smoke test of service/web@dev asks port 8080 of the Service web, which has 80. 8080 is where its pods listen; the Service itself is asked: port: 80',
  ])
  expect(said({ service: 'web', tcp: 9 }, [service('web')])).toHaveLength(1)
  expect(said({ service: 'web', port: 80 }, [service('web')])).toEqual([])
  expect(said({ service: 'web', port: 53 }, [service('web', [{ port: 53, protocol: 'UDP' }])])).toHaveLength(1)
})

it('wants to know which of several ports answers a path', () => {
  const two = service('web', [{ port: 80 }, { port: 443 }])
  expect(said({ service: 'web', path: '/' }, [two])).toEqual([
    'services.web.smoke.0: A smoke test of service/web@dev asks the Service web, which has the ports 80, 443. Say which one answers: port: 80',
  ])
  expect(said({ service: 'web' }, [two])).toEqual([])
})

it('says nothing where a Service may be made by what is not known', () => {
  expect(said({ service: 'nope' }, undefined)).toEqual([])
  const custom = { apiVersion: 'example.io/v1', kind: 'Kafka', metadata: { name: 'k' } }
  expect(said({ service: 'nope' }, [service('web')], [custom])).toEqual([])
  expect(said({ service: 'web', port: 9 }, [service('web', [], { type: 'ExternalName' })])).toEqual([])
})
