import { expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import type { SmokeConfig } from '../../../../config/config.ts'
import type { Deployable } from '../../../../manifests/deployable.ts'
import { hostProblems, portProblems, unreachableTests } from '../../../../services/smoke/problems.ts'
import { reachesOf } from '../../../../services/smoke/reach.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'

const test = (parts: Partial<SmokeConfig>): SmokeConfig => ({ method: 'GET', headers: {}, timeoutMs: 1000, ...parts })
const service = (name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { ports: [{ port: 8080 }], ...spec },
})
const ingressTo = (name: string, host?: string | null): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name },
  spec: { rules: [{ host, http: { paths: [{ backend: { service: { name, port: { number: 80 } } } }] } }] },
})
const rendered = (objects: readonly KubeObject[], hosts: readonly string[] = []) => ({
  objects: objects.map((object) => ({ object, at: { file: 'k8s.yaml' } })),
  exposed: [],
  hosts,
})
const config = (...ports: readonly string[]) => madeConfig({ nodes: [madeNode('control-plane', { ports })] })

const web = madeDeployable('service/web@dev', {
  smoke: [test({ service: 'web', path: '/' }), test({ path: '/health' })],
})
/** What is said of the tests of `web`, beside a service `gate` with these objects. */
const said = (
  objects: readonly KubeObject[],
  gate: readonly KubeObject[] = [],
  ports = ['80:80'],
  of: Deployable = web,
) => {
  const sources = new Map([
    ['service/web@dev', rendered(objects)],
    ['service/gate@dev', rendered(gate)],
  ])
  const reach = reachesOf([of, madeDeployable('service/gate@dev')], sources).get(of.id)
  if (!reach) throw new Error('it has no reach')
  return unreachableTests(of, sources.get(of.id), reach, config(...ports))
}

it('says at the line of the test that nothing leads there, and the lines that change that', () => {
  const [only, ...more] = said([service('web')])
  expect(more).toEqual([])
  expect(only).toMatchObject({
    index: 1,
    problem: { severity: 'warning', step: 'service/web@dev', at: { file: 'services.web.smoke.1' } },
  })
  expect(only?.problem.message).toBe(
    'Nothing leads to service/web@dev from this machine: it has no Ingress, and no port of its own.',
  )
  expect(only?.problem.hint).toBe(
    [
      'Add to service web:',
      'expose:',
      '  - { service: web, port: 8080, host: "web.{env}.localhost" }',
      'Or ask it inside the cluster:',
      'smoke:',
      '  - { service: web, path: / }',
    ].join('\n'),
  )
})

it('offers no Ingress where no port leads to one', () => {
  const hint = said([service('web')], [], ['3002:30432'])[0]?.problem.hint
  expect(hint).toMatch(/^Ask it inside the cluster/)
  expect(hint).not.toContain('expose')
})

it.each([
  ['it has an Ingress', [service('web'), ingressTo('web', 'web.test')], []],
  [
    'it has a node port that is mapped',
    [service('web', { type: 'NodePort', ports: [{ port: 80, nodePort: 30432 }] })],
    [],
  ],
  ['the Ingress of another leads to it', [service('web')], [ingressTo('web', 'gate.test')]],
  ['an Ingress takes any name', [service('web')], [ingressTo('gate', '')]],
])('is content where %s', (_what, own, gate) => {
  expect(said(own, gate, ['80:80', '3002:30432'])).toEqual([])
})

it('is asked under the name that leads to it, whoever has that', () => {
  const sources = new Map([
    ['service/web@dev', rendered([service('web')])],
    ['service/gate@dev', rendered([ingressTo('web', 'gate.test')], ['gate.test'])],
  ])
  const reaches = reachesOf([web, madeDeployable('service/gate@dev')], sources)
  expect(reaches.get('service/web@dev')?.hosts).toEqual(['gate.test'])
})

it('presumes nothing of what nobody could render yet', () => {
  const sources = new Map([['service/web@dev', { exposed: [], hosts: [] }]])
  const reach = reachesOf([web], sources).get('service/web@dev')
  expect(reach && unreachableTests(web, sources.get('service/web@dev'), reach, config('80:80'))).toEqual([])
})

it('says which ports are mapped where a test names another', () => {
  const of = madeDeployable('service/web', {
    smoke: [test({ path: '/', port: 3002 }), test({ path: '/', port: 8080 }), test({ tcp: 5432 })],
  })
  const found = portProblems(of, config('3002:30432', '0:6443'))
  expect(found.map(({ at, severity }) => [at?.file, severity])).toEqual([
    ['services.web.smoke.1', 'warning'],
    ['services.web.smoke.2', 'warning'],
  ])
  expect(found[0]?.message).toBe('A smoke test of service/web asks port 8080, and no node maps it.')
  expect(found[0]?.hint).toMatch(/^Mapped are: 3002\./)
  expect(portProblems(of, config())[0]?.hint).not.toContain('Mapped are')
})

const saidOfHosts = (parts: Partial<SmokeConfig>, objects: readonly KubeObject[], hosts: readonly string[]) => {
  const of = madeDeployable('service/web@dev', { smoke: [test(parts)] })
  const sources = new Map([['service/web@dev', rendered(objects, hosts)]])
  const reach = reachesOf([of], sources).get(of.id)
  if (!reach) throw new Error('it has no reach')
  return hostProblems(of, reach, sources, config('80:80')).map(({ message, hint }) => `${message} ${hint}`)
}

it('names a host that no Ingress is for', () => {
  const named = [service('web'), ingressTo('web', 'web.localhost')]
  const ofAll = (parts: Partial<SmokeConfig>) => saidOfHosts(parts, named, ['web.localhost'])
  const wrong =
    'A smoke test of service/web@dev asks wed.localhost, and no Ingress of the plan is for that name. Did you mean web.localhost?'
  expect(ofAll({ path: '/', host: 'wed.localhost' })).toEqual([wrong])
  expect(ofAll({ url: 'http://wed.localhost/x' })).toEqual([wrong])
  expect(ofAll({ path: '/', host: 'web.localhost' })).toEqual([])
  expect(ofAll({ path: '/' })).toEqual([])
  expect(ofAll({ path: '/', host: 'wed.localhost', status: 404 })).toEqual([])
  expect(ofAll({ url: 'https://example.org/' })).toEqual([])
  expect(saidOfHosts({ path: '/', host: 'a.web.test' }, [service('web'), ingressTo('web', '*.web.test')], [])).toEqual(
    [],
  )
  expect(saidOfHosts({ path: '/', host: 'a.test' }, [service('web'), ingressTo('web')], [])).toEqual([])
})

it('says that no node maps the port of an address of this machine', () => {
  const of = (url: string) => madeDeployable('service/web@dev', { smoke: [test({ url })] })
  const count = (url: string) => portProblems(of(url), config('8080:80')).length
  expect(count('http://web.localhost:9999/')).toBe(1)
  expect(count('http://web.localhost:8080/')).toBe(0)
  expect(count('http://web.localhost/')).toBe(0)
  expect(count('http://example.org:9999/')).toBe(0)
})
