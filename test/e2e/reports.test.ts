import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { replaceIn } from '../support/replace-in.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selfSigned } from '../support/api-server/self-signed.ts'
import { touched, type UpDocument } from '../support/example.ts'
import { realCluster, root, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'

type Failed = { readonly error: { readonly code: string; readonly message: string; readonly hints: readonly string[] } }
type Plan = {
  readonly steps: readonly { readonly id: string; readonly action: string; readonly reason?: string }[]
  readonly problems: readonly { readonly severity: string; readonly message: string; readonly fix: string | null }[]
}

/** Made at each run: the key of a server belongs into no repository. */
const certificates = (): string => {
  const { ca, server } = selfSigned(['gate.gate.svc'])
  const stringData = { 'tls.crt': server.cert, 'tls.key': server.key }
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'gate' }, stringData })}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: gate.reports.example }
webhooks:
  - name: gate.reports.example
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Fail
    timeoutSeconds: 5
    objectSelector: { matchLabels: { guarded: "yes" } }
    rules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [configmaps] }]
    clientConfig: { caBundle: ${Buffer.from(ca).toString('base64')}, service: { name: gate, namespace: gate } }
`
}

const deadApi = `apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: { name: v1beta1.custom.example.com }
spec:
  group: custom.example.com
  version: v1beta1
  groupPriorityMinimum: 100
  versionPriority: 100
  insecureSkipTLSVerify: true
  service: { name: nobody, namespace: default }
`

type Named = (report: string) => string
/** The same objects as manifests of services, and in a chart: namespace, file and step of each. */
const ways: readonly (readonly [how: string, namespaceOf: Named, fileOf: Named, stepOf: Named])[] = [
  ['manifests', (report) => report, (report) => `k8s/${report}.yaml`, (report) => `service/${report}`],
  ['a chart', () => 'charted', (report) => `chart/templates/${report}.yaml`, () => 'service/charted'],
]

/** Public reports of tools that do this job, one after the other on one cluster of one node. */
describe.skipIf(whyNoCluster([], ['registry.k8s.io/pause:3.10', 'python:3.13-alpine']) !== undefined)(
  'what others were reported for',
  () => {
    let cluster: RealCluster
    let folder = ''
    const file = (name: string): string => join(folder, name)
    const edit = (name: string, from: string, to: string): Promise<void> => replaceIn(file(name), from, to)
    const up = <T = UpDocument>(): Promise<T> => cluster.json<T>(['up'])
    const get = (namespace: string, what: string, path: string): string =>
      cluster.kubectl('--namespace', namespace, 'get', ...what.split(' '), '--output', `jsonpath=${path}`)

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kindup-reports-'))
      await cp(join(root, 'test', 'fixtures', 'reports'), folder, { recursive: true })
      for (const report of ['login', 'scaled', 'face'])
        await cp(file(`k8s/${report}.yaml`), file(`chart/templates/${report}.yaml`))
      cluster = await realCluster('kindup-e2e-reports', join(folder, 'kindup.yaml'))
      await writeFile(file('webhook/certificates.yaml'), certificates())
    })
    afterAll(async () => {
      await cluster[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    })

    // cert-manager#2908, cert-manager#3133
    it('waits for a webhook that is served later than its pods are ready', async () => {
      expect(await up()).not.toHaveProperty('error')
      expect(get('guarded', 'configmap guarded', '{.data.a}')).toBe('1')
    })

    for (const [how, namespaceOf, fileOf, stepOf] of ways) {
      // kubernetes#108008, fluxcd/kustomize-controller#576
      it(`takes a key out of a Secret that leaves its stringData (${how})`, async () => {
        const keys = () =>
          Object.keys(JSON.parse(get(namespaceOf('login'), 'secret login', '{.data}')) as object).toSorted()
        expect(keys()).toEqual(['password', 'username'])
        await edit(fileOf('login'), 'username: admin', 'username1: admin')
        expect(touched(await up())).toEqual([stepOf('login')])
        expect(keys()).toEqual(['password', 'username1'])
      })

      // skaffold#9268, skaffold#5136, kubernetes#25238
      it(`leaves the replicas to an autoscaler, whatever changes (${how})`, async () => {
        const within = namespaceOf('scaled')
        await expect.poll(() => get(within, 'deployment scaled', '{.status.readyReplicas}')).toBe('3')
        const pods = () => get(within, 'pods --selector app=scaled', '{.items[*].metadata.uid}')
        // Whoever sets them back and has them set again leaves a trace: each change of a spec counts.
        const generation = () => get(within, 'deployment scaled', '{.metadata.generation}')
        const before = [pods(), generation()]
        await edit(fileOf('scaled'), 'note: one', 'note: two')
        expect(touched(await up())).toEqual([stepOf('scaled')])
        expect(get(within, 'deployment scaled', '{.metadata.labels.note}')).toBe('two')
        expect([pods(), generation()]).toEqual(before)
        expect(await cluster.json(['rollback', stepOf('scaled')])).not.toHaveProperty('error')
        expect(get(within, 'deployment scaled', '{.metadata.labels.note}')).toBe('one')
        expect([pods(), generation()]).toEqual(before)
        expect(touched(await up())).toEqual([stepOf('scaled')])
      })

      // helm#7956, helm#6378, prometheus-operator#1373
      it(`replaces a Service that becomes headless, and says so (${how})`, async () => {
        const within = namespaceOf('face')
        const pods = () => get(within, 'pods --selector app=face', '{.items[*].metadata.uid}')
        const before = pods()
        await edit(fileOf('face'), 'ports: [{ port: 80 }]', 'ports: [{ port: 80 }], clusterIP: None')
        const plan = await cluster.json<Plan>(['plan'])
        expect(plan.steps.find(({ id }) => id === stepOf('face'))?.reason).toContain(
          `Service ${within}/face is replaced`,
        )
        const report = await up()
        expect(report).not.toHaveProperty('error')
        expect(report.warnings.join('\n')).toContain(`Service ${within}/face was replaced`)
        expect(get(within, 'service face', '{.spec.clusterIP}')).toBe('None')
        expect(pods()).toBe(before)
        expect(touched(await up())).toEqual([])
      })
    }

    // kind#1402, kind#2812
    it('says what another mount needs, before and instead of doing it', async () => {
      const before = cluster.kubectl('get', 'nodes', '--output', 'name')
      const text = await readFile(file('kindup.yaml'), 'utf8')
      await edit('kindup.yaml', '["0:30080"] }]', '["0:30080"], mounts: [".:/here"] }]')
      try {
        const { code, stdout } = await cluster.kindup(['plan', '--json'])
        expect(code).toBe(1)
        const { problems } = JSON.parse(stdout) as Plan
        const [problem] = problems.filter(({ severity }) => severity === 'error')
        expect(problem?.message).toMatch(/the mount .*:\/here on the control-plane/)
        expect(problem?.fix).toContain('kindup up --recreate')
        const { error } = await up<Failed>()
        expect(error).toMatchObject({
          code: 'recreate-needed',
          message: expect.stringMatching(/:\/here on the control-plane/) as unknown,
        })
        expect(error.hints.join('\n')).toContain('kindup up --recreate')
        expect(cluster.kubectl('get', 'nodes', '--output', 'name')).toBe(before)
      } finally {
        await writeFile(file('kindup.yaml'), text)
      }
      expect(touched(await up())).toEqual([])
    })

    it('names a webhook that nobody serves any more, after a while', async () => {
      cluster.kubectl('--namespace', 'gate', 'delete', 'service', 'gate')
      await edit('webhook/guarded.yaml', 'a: "1"', 'a: "2"')
      const { error } = await cluster.json<Failed>(['up', '--skip', 'service/gate'])
      expect(error.message).toContain('gate.reports.example')
      expect(error.hints.join('\n')).toContain('kubectl get validatingwebhookconfigurations')
      expect(touched(await up())).toEqual(['service/gate', 'service/guarded'])
    })

    // kubernetes#60807, kubernetes#75788
    it('names the dead API that keeps every namespace from going', async () => {
      await cluster.home.write('dead.yaml', deadApi)
      cluster.kubectl('apply', '--filename', cluster.home.path('dead.yaml'))
      cluster.kubectl(
        'wait',
        'apiservice/v1beta1.custom.example.com',
        '--for=condition=Available=False',
        '--timeout=60s',
      )
      const begun = performance.now()
      const { stderr, stdout } = await cluster.kindup(['undeploy', '--env', 'dev'])
      expect((performance.now() - begun) / 1_000).toBeLessThan(60)
      expect(`${stderr}${stdout}`).toContain('v1beta1.custom.example.com')
      expect(`${stderr}${stdout}`).toContain('kubectl delete apiservice v1beta1.custom.example.com')
      cluster.kubectl('delete', 'apiservice', 'v1beta1.custom.example.com')
      expect(await up()).not.toHaveProperty('error')
      expect(get('dev', 'deployment web', '{.status.readyReplicas}')).toBe('1')
    })
  },
)
