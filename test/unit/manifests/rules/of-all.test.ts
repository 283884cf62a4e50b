import { describe, expect, it } from 'vitest'
import { planned, said } from '../schema/planned.ts'
import { madeDeployable } from '../made-deployable.ts'

const shop = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      serviceAccountName: web
      priorityClassName: system-node-critical
      containers:
        - name: web
          image: team/web
          ports: [{ name: http, containerPort: 80 }]
          envFrom:
            - configMapRef: { name: settings }
          env:
            - name: PASSWORD
              valueFrom: { secretKeyRef: { name: login, key: password } }
      volumes:
        - name: data
          persistentVolumeClaim: { claimName: data }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { a: b }
---
apiVersion: v1
kind: Secret
metadata: { name: login }
stringData: { password: x }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: standard
  resources: { requests: { storage: 1Gi } }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 80, targetPort: http }]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  maxReplicas: 3
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec:
  minAvailable: 1
  selector: { matchLabels: { app: web } }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: web }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects:
  - { kind: ServiceAccount, name: web }
`

describe('what an object names', () => {
  it('is nothing to say of when the plan has it', async () => {
    expect(await said(shop)).toEqual([])
  })

  it.each([
    [
      'configMapRef: { name: settings }',
      'configMapRef: { name: setings }',
      16,
      /is setings, and nothing in the plan makes a ConfigMap of that name in dev.*settings/,
    ],
    ['name: login, key', 'name: logn, key', 19, /nothing in the plan makes a Secret/],
    ['key: password', 'key: pasword', 19, /Secret login has no such key \(it has password\).*Did you mean `password`/],
    ['serviceAccountName: web', 'serviceAccountName: wep', 9, /nothing in the plan makes a ServiceAccount/],
    ['system-node-critical', 'important', 10, /nothing in the plan makes a PriorityClass of that name/],
    ['claimName: data', 'claimName: date', 22, /nothing in the plan makes a PersistentVolumeClaim/],
    [
      'storageClassName: standard',
      'storageClassName: fast',
      43,
      /nothing in the plan makes a StorageClass of that name/,
    ],
    [
      'selector: { app: web }',
      'selector: { app: wbe }',
      50,
      /spec.selector asks for app=wbe, and no pod of the plan in dev has that/,
    ],
    [
      'targetPort: http',
      'targetPort: htpp',
      51,
      /no container behind the Service has a port of that name \(they have http\)/,
    ],
    ['Deployment, name: web', 'Deployment, name: wbe', 58, /nothing in the plan makes a Deployment/],
    [
      'minAvailable: 1\n  selector: { matchLabels: { app: web } }',
      'minAvailable: 1\n  selector: { matchLabels: { app: api } }',
      65,
      /spec.selector asks for app=api/,
    ],
    [
      'kind: ClusterRole, name: view',
      'kind: Role, name: reader',
      70,
      /nothing in the plan makes a Role of that name in dev/,
    ],
  ])('is a warning where nothing brings it (%#)', async (good, bad, line, words) => {
    expect(await said(shop.replace(good, bad))).toContainEqual(
      expect.stringMatching(new RegExp(`^${line} warning .*${words.source}`)),
    )
  })

  it('may be one of many that a chart gives a role to, whichever of them it brings', async () => {
    const subjects = (...names: readonly string[]): string =>
      names.map((name) => `  - { kind: ServiceAccount, name: ${name} }\n`).join('')
    const account = (name: string): string => `---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ${name} }\n`
    const role = '---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: reader }\nrules: []\n'
    const own = shop.replace('kind: ClusterRole, name: view', 'kind: Role, name: reader')
    const bound = (...names: readonly string[]): string => own.replace(subjects('web'), subjects(...names)) + role
    expect(await said(bound('web', 'api', 'wep') + account('api'))).toEqual([])
    expect(await said(bound('web', 'wep'))).toEqual([expect.stringContaining('subjects[1].name is wep')])
  })

  it('may come from what an operator makes, from a program, or be optional', async () => {
    const text = shop.replace('name: login, key: password', 'name: db-app, key: password')
    const cluster = '---\napiVersion: postgresql.cnpg.io/v1\nkind: Cluster\nmetadata: { name: db }\n'
    const postgres = madeDeployable('addon/postgres', { provides: ['postgresql.cnpg.io/Cluster'], namespace: 'pg' })
    expect(await said(text + cluster, { others: [postgres] })).toEqual([])
    const told = await said(text.replace('image: team/web', 'image: team/web\n          args: [--secret=db-app]'))
    expect(told.filter((one) => one.includes('nothing in the plan makes'))).toEqual([])
    expect(await said(text.replace('key: password }', 'key: password, optional: true }'))).toEqual([])
  })

  it('is asked of an Ingress: its Service and the port of it', async () => {
    const ingress = (name: string, port: string) =>
      `${shop}---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\nspec:\n  defaultBackend:\n    service:\n      name: ${name}\n      port: ${port}\n`
    const about = async (text: string) =>
      (await planned(text)).map(({ message }) => message).filter((one) => one.includes('defaultBackend'))
    expect(await about(ingress('web', '{ name: http }'))).toEqual([])
    expect(await about(ingress('wbe', '{ number: 80 }'))).toEqual([
      expect.stringContaining('nothing in the plan makes a Service'),
    ])
    expect(await about(ingress('web', '{ number: 81 }'))).toEqual([
      expect.stringContaining('Service web has no such port (it has 80 http)'),
    ])
  })

  it('is asked of quotas and limit ranges', async () => {
    const limits = (spec: string) =>
      `${shop}---\napiVersion: v1\nkind: LimitRange\nmetadata: { name: all }\nspec:\n  limits: [{ type: Container, ${spec} }]\n`
    const greedy = (text: string) =>
      text.replace('image: team/web', 'image: team/web\n          resources: { limits: { memory: 4Gi } }')
    expect(await said(greedy(limits('max: { memory: 1Gi }')))).toEqual([
      expect.stringMatching(/^14 warning .*is 4Gi, more than the 1Gi of the limit range/),
    ])
    const quota = `---\napiVersion: v1\nkind: ResourceQuota\nmetadata: { name: all }\nspec:\n  hard: { requests.memory: 2Gi }\n`
    expect(await said(shop + quota)).toEqual([
      expect.stringMatching(/says no requests.memory, which ResourceQuota all of dev asks/),
    ])
    expect(await said(greedy(shop) + quota)).toEqual([
      expect.stringMatching(
        /spec.hard\[requests.memory\] is 2Gi, and the pods of the plan in dev ask for more: 4096Mi/,
      ),
    ])
  })
})
