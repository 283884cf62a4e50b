import { expect } from 'vitest'
import type { Ended } from '../support/sandbox.ts'
import { machine, type Machine, type MachineOptions } from '../support/stand-ins/machine.ts'

/** Passwords of the example: none of them may show anywhere but in results. */
export const passwords = { web: 'correct-horse-battery', api: 'staple-of-a-secret', build: 'token-of-a-build' } as const

export const kubeconfigBefore = `# mine
apiVersion: v1
kind: Config
clusters:
- cluster: {server: https://work.test:6443}   # do not touch
  name: work
contexts:
- context: {cluster: work, user: me}
  name: work
current-context: work
users:
- name: me
  user: {token: my-own-token}
`

export const hostsBefore = '127.0.0.1\tlocalhost\r\n# mine, without an end'

const file = `name: shop
cluster:
  nodes:
    - role: control-plane
    - role: worker
      labels: { tier: backend }
      ports: ["0:80"]
hosts: { file: ./hosts, extra: [shop.test] }
environments: { dev: {}, prod: {} }
services:
  web:
    image: { build: { context: ./web, args: { TOKEN: ${passwords.build} } }, name: example/web, tag: hash }
    deploy: { manifests: [./web.yaml] }
    placement: { tier: backend }
    expose: [{ service: web, port: 80, host: "{env}.web.test" }]
    smoke: [{ path: /health, json: { Status: Success }, timeout: 5s }]
    credentials: [{ name: shop, username: admin, password: "\${WEB_PASSWORD:-${passwords.web}}", url: "http://web.test" }]
  api:
    deploy: { manifests: [./api.yaml] }
    environments: [dev]
    needs: [web]
    credentials: [{ name: api, secret: dev/api-login }]
`

/** The steps of that file, in the order of its plan. */
export const shopSteps = [
  'cluster/api',
  'cluster/nodes',
  'image/web',
  'service/web@dev',
  'service/web@prod',
  'service/api@dev',
  'hosts',
] as const

/** A Deployment of one container that a probe looks at: without one, kindup waits for it to stay for a while. */
export const deployment = (name: string, image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: ${name}, image: "${image}", readinessProbe: { httpGet: { path: /, port: 80 } } }] }
`

const service = (name: string): string => `apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
`

const login = `apiVersion: v1
kind: Secret
metadata: { name: api-login }
stringData: { url: http://api.test, username: robot, password: ${passwords.api} }
`

/** Any document of the command line: these tests compare it whole, or look at one of these parts. */
type Shown = Readonly<Record<string, unknown>> & {
  readonly steps: readonly {
    readonly id: string
    readonly title: string
    readonly action: string
    readonly result: string
  }[]
  readonly smoke: readonly { readonly ok: boolean }[]
  readonly removed: readonly string[]
}

export type Ran = Ended & {
  /** What standard output holds, which is exactly one document. */
  readonly json: () => Shown
}

export type Shop = Machine & {
  /** Runs kindup, and sees to what holds for every run: no escape sequences, no stack traces, no secrets. */
  readonly run: (...args: readonly string[]) => Promise<Ran>
  /** The same, and it must end with 0. */
  readonly well: (...args: readonly string[]) => Promise<Ran>
  /** Changes kindup.yaml. The text must be there. */
  readonly edit: (from: string, to: string) => Promise<void>
}

/** The example of these tests: two services in two environments, of plain manifests, on a machine with nothing but stand-ins. */
export const shop = async (options: MachineOptions = {}): Promise<Shop> => {
  const at = await machine(options)
  await Promise.all([
    at.write('kindup.yaml', file),
    at.write('web/Dockerfile', 'FROM scratch\nARG TOKEN\n'),
    at.write('web.yaml', [deployment('web', 'example/web'), service('web')].join('---\n')),
    at.write('api.yaml', [deployment('api', 'example/api:1'), service('api'), login].join('---\n')),
    at.write('hosts', hostsBefore),
    at.write('home/.kube/config', kubeconfigBefore, 0o600),
  ])
  at.world.request = (request, response) =>
    // A controller has its own words for what it does not know.
    void response
      .writeHead(request.url === '/health' ? 200 : 404)
      .end(request.headers.host?.endsWith('.invalid') ? 'default backend' : '{"Status":"Success"}')
  const run: Shop['run'] = async (...args) => soundly(at, await at.kindup(args))
  return {
    ...at,
    run,
    well: async (...args) => endedWell(await run(...args)),
    edit: async (from, to) => {
      const text = await at.read('kindup.yaml')
      expect(text).toContain(from)
      await at.write(
        'kindup.yaml',
        text.replace(from, () => to),
      )
    },
  }
}

/** Checks what must hold for every run, whatever it was. */
export const soundly = (at: Machine, ended: Ended): Ran => {
  const { stdout, stderr } = ended
  expect(`${stdout}${stderr}`).not.toContain('\u001b')
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
  for (const secret of [...Object.values(passwords), 'PRIVATE KEY', 'client-key-data']) {
    expect(stderr).not.toContain(secret)
    expect(at.calls.filter((line) => line.includes(secret))).toEqual([])
  }
  return { ...ended, json: () => JSON.parse(stdout) as Shown }
}

/** Throws with all that was printed where a run has not ended well. */
export const endedWell = (ran: Ran): Ran => {
  if (ran.code !== 0) throw new Error(`kindup ended with ${ran.code}:\n${ran.stdout}${ran.stderr}`)
  return ran
}

/** What came of each step, by its id. */
export const resultsOf = (ran: Ran): Record<string, string> =>
  Object.fromEntries(ran.json().steps.map(({ id, result }) => [id, result]))

/** `service/web@dev updated`: of the steps that a run did something to. */
export const changesOf = (ran: Ran): readonly string[] =>
  Object.entries(resultsOf(ran)).flatMap(([id, result]) => (result === 'unchanged' ? [] : [`${id} ${result}`]))
