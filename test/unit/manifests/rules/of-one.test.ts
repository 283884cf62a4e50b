import { describe, expect, it } from 'vitest'
import { cronFault } from '../../../../manifests/rules/cron.ts'
import { quantity } from '../../../../cluster/ready/quantity.ts'
import { planned, said } from '../schema/planned.ts'

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: team/web
          ports:
            - { name: http, containerPort: 80 }
          readinessProbe:
            httpGet: { path: /, port: http }
          resources:
            limits: { memory: 1Gi }
            requests: { memory: 512Mi }
          volumeMounts:
            - { name: data, mountPath: /data }
      volumes:
        - name: data
          emptyDir: {}
`
const job = `apiVersion: batch/v1
kind: CronJob
metadata: { name: tidy }
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - { name: c, image: team/tidy }
`
const service = `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports:
    - { name: http, port: 80, targetPort: http }
    - { name: admin, port: 81, targetPort: 8081 }
`
const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules:
    - host: web.local
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: { service: { name: web, port: { number: 80 } } }
`

describe('what the API refuses beyond schemas', () => {
  it.each([
    [deployment, 'name: web', 'name: Web_1', 4, /^Deployment Web_1: metadata.name is "Web_1", and takes small letters/],
    [deployment, 'replicas: 1', 'replicas: -1', 6, /spec.replicas is -1 where at least 0 belongs/],
    [
      deployment,
      'labels: { app: web }',
      'labels: { app: wbe }',
      8,
      /matchLabels.app asks for app=web, and the pods of its own template have/,
    ],
    [deployment, 'labels: { app: web }', 'labels: { app: "a b" }', 11, /labels.app is "a b", and takes letters/],
    [deployment, '- name: web', '- name: My_web', 14, /containers\[0\].name is "My_web"/],
    [deployment, 'image: team/web', 'image: "team/web "', 15, /with blanks around it/],
    [deployment, 'name: http, c', 'name: the-port-of-the-web, c', 17, /19 characters where at most 15 belong/],
    [deployment, 'port: http', 'port: htpp', 19, /is htpp, and the container has no port of that name \(it has http\)/],
    [deployment, 'port: http', 'port: "80"', 19, /is the text "80" where a number or the name of a port belongs/],
    [deployment, 'httpGet: { path: /, port: http }', 'initialDelaySeconds: 5', 18, /readinessProbe says no way to ask/],
    [deployment, 'memory: 512Mi', 'memory: 2Gi', 22, /requests.memory is 2Gi, more than its limit 1Gi/],
    [deployment, 'memory: 512Mi', 'memroy: 512Mi', 22, /requests.memroy is no resource that Kubernetes knows/],
    [deployment, 'name: data, m', 'name: date, m', 24, /is date, and the pod has no such volume \(it has data\)/],
    [
      deployment,
      'emptyDir: {}',
      'emptyDir: {}\n          hostPath: { path: /x }',
      26,
      /has several sources: emptyDir, hostPath/,
    ],
    [
      deployment,
      '      containers:',
      '      restartPolicy: Never\n      containers:',
      13,
      /restartPolicy is Never: a Deployment takes Always/,
    ],
    [
      deployment,
      'image: team/web',
      'image: team/web\n          imagePullPolicy: Allways',
      16,
      /one of these belongs: Always, IfNotPresent, Never/,
    ],
    [job, '"0 3 * * *"', '"0 3 * *"', 5, /it has 4 fields where 5 belong/],
    [job, '"0 3 * * *"', '"0 25 * * *"', 5, /25 is no hour \(0 to 23\)/],
    [job, '          restartPolicy: Never\n', '', 9, /restartPolicy is missing, and Always does not do/],
    [service, 'name: admin, ', '', 8, /ports\[1\].name is missing: ports of a Service with several have names/],
    [service, 'targetPort: 8081', 'targetPort: "8081"', 8, /is the text "8081" where a number/],
    [service, 'targetPort: 8081', 'nodePort: 80', 8, /node ports are from 30000 to 32767/],
    [service, 'port: 81', 'port: 70000', 8, /is 70000 where at most 65535 belongs/],
    [ingress, 'host: web.local', 'host: http://web.local:8080', 6, /where the name of a host belongs/],
    [ingress, 'path: /\n', 'path: app\n', 9, /is the text "app": it begins with a slash/],
    [
      ingress,
      'pathType: Prefix',
      'pathType: prefix',
      10,
      /one of these belongs: Exact, Prefix, ImplementationSpecific/,
    ],
    [ingress, '            pathType: Prefix\n', '', 9, /pathType is missing/],
    [ingress, 'port: { number: 80 }', 'port: {}', 11, /service.port is missing: `number` or `name`/],
  ])('is named with its line (%#)', async (text, good, bad, line, words) => {
    const wrong = (await planned(text.replace(good, bad))).filter(({ severity }) => severity === 'error')
    expect(wrong.map(({ message, at }) => [message, at?.line])).toContainEqual([expect.stringMatching(words), line])
  })

  it('is nothing in ordinary objects', async () => {
    const text = [deployment, job, service, ingress].join('---\n')
    expect((await said(text)).filter((one) => one.includes('error'))).toEqual([])
  })

  it('is by the minor: names of Services may begin with a digit since 1.36', async () => {
    const text = service.replace('name: web', 'name: 1web')
    const errors = async (kubernetes: string) =>
      (await said(text, { kubernetes })).filter((one) => one.includes(' error '))
    expect(await errors('1.36.4')).toEqual([])
    expect(await errors('1.35.8')).toEqual([expect.stringContaining('with a letter at the beginning')])
  })
})

describe('schedules', () => {
  it.each(['* * * * *', '*/5 0-12/2 1,15 jan-mar MON', '@daily', '@every 1h30m', '0 0 ? * 6'])('takes %s', (text) => {
    expect(cronFault(text)).toBeUndefined()
  })
  it.each(['* * * *', '60 * * * *', '* * 0 * *', '*/0 * * * *', '5-1 * * * *', '@often', 'a b c d e', '* * * * 7'])(
    'refuses %s',
    (text) => {
      expect(cronFault(text)).toEqual(expect.any(String))
    },
  )
})

describe('quantities', () => {
  it.each([
    ['500m', 0.5],
    ['1Gi', 1024 ** 3],
    ['1e3', 1000],
    [2, 2],
    ['x', undefined],
    ['1 Gi', undefined],
  ])('%s', (text, amount) => {
    expect(quantity(text)).toBe(amount)
  })
})

it('warns of an image that no engine can pull: the API takes any text', async () => {
  const found = await planned(deployment.replace('image: team/web', 'image: team/web:1 4'))
  expect(found.map(({ severity, message, at }) => [severity, message, at?.line])).toContainEqual([
    'warning',
    'Deployment web: spec.template.spec.containers[0].image is the text "team/web:1 4", which is no name of an image: it has a space in it.',
    15,
  ])
})

it('refuses a privileged container that may not raise its privileges', async () => {
  const text = deployment.replace(
    'image: team/web',
    'image: team/web\n          securityContext: { privileged: true, allowPrivilegeEscalation: false }',
  )
  const found = await planned(text)
  expect(found.map(({ severity, message, at }) => [severity, message, at?.line])).toContainEqual([
    'error',
    'Deployment web: spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation is false beside `privileged: true`.',
    16,
  ])
})
