import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { loadConfig } from '../../../config/load.ts'
import { ConfigError } from '../../../core/errors.ts'
import { ownFolder } from '../../support/own-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await ownFolder()
})

/** What is said of the keys of a file, as `line:column hint`. */
const said = async (text: string): Promise<readonly string[]> => {
  await writeFile(join(folder, 'kindup.yaml'), text)
  const problems = await loadConfig({ cwd: folder, env: {} }).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ConfigError) return error.problems
      throw error
    },
  )
  return problems.map(({ at, hint }) => `${at?.line}:${at?.column} ${hint}`)
}

const root = (line: string): string => `name: a\n${line}\n`
const cluster = (line: string): string => `name: a\ncluster:\n  ${line}\n`
const node = (line: string): string => `name: a\ncluster:\n  nodes:\n    - role: control-plane\n      ${line}\n`
const service = (line: string): string =>
  `name: a\nservices:\n  web:\n    deploy: { manifests: [./k8s] }\n    ${line}\n`
const deploy = (line: string): string => `name: a\nservices:\n  web:\n    deploy:\n      ${line}\n`
const helm = (line: string): string => deploy(`helm:\n        chart: ./chart\n        ${line}`)
const addon = (line: string): string => `name: a\naddons:\n  argocd:\n    ${line}\n`

it.for([
  // Compose
  ['Compose', root('version: "3.9"'), '2:1', 'take the line away'],
  ['Compose', root('networks: {}'), '2:1', 'take it away'],
  ['Compose', root('volumes: { data: {} }'), '2:1', 'mounts: ["./data:/data"]'],
  ['Compose', service('ports: ["80:80"]'), '5:5', 'expose: [{ service: web'],
  ['Compose', service('build: .'), '5:5', 'image: { build: ./DIR }'],
  ['Compose', service('depends_on: [db]'), '5:5', 'needs: [db]'],
  ['Compose', service('environment: { A: b }'), '5:5', 'manifests'],
  ['Compose', service('env_file: .env'), '5:5', 'manifests'],
  ['Compose', service('healthcheck: {}'), '5:5', 'smoke: [{ path: /health }]'],
  ['Compose', service('volumes: [./src:/app]'), '5:5', 'sync: auto'],
  ['Compose', service('command: npm start'), '5:5', 'patches'],
  ['Compose', service('develop: { watch: [] }'), '5:5', 'sync: auto'],
  ['Compose', service('container_name: web'), '5:5', 'patches'],
  ['Compose', service('profiles: [debug]'), '5:5', 'profiles: { NAME'],
  ['Compose', service('secrets: [db]'), '5:5', 'at the root of the file'],
  ['Compose', deploy('replicas: 2'), '5:7', 'patches'],
  ['Compose', service('image: { build: { context: ., dockerfile: D } }'), '5:35', 'file: Dockerfile'],
  // Skaffold
  ['Skaffold', root('build: { artifacts: [] }'), '2:1', 'images: { web: { build: ./web } }'],
  ['Skaffold', root('artifacts: []'), '2:1', 'images: { web: { build: ./web } }'],
  ['Skaffold', root('portForward: []'), '2:1', 'expose: [{ service: web'],
  ['Skaffold', root('manifests: { rawYaml: [] }'), '2:1', 'manifests: [./k8s]'],
  ['Skaffold', deploy('kubectl: {}'), '5:7', 'manifests: [./k8s]'],
  ['Skaffold', helm('setValues: { a: b }'), '7:9', 'set: {'],
  ['Skaffold', helm('valuesFiles: [a.yaml]'), '7:9', 'values: [./values.yaml]'],
  ['Skaffold', helm('createNamespace: true'), '7:9', 'is made'],
  ['Skaffold', service('image: { build: { context: ., buildArgs: { A: b } } }'), '5:35', 'args: { NAME: value }'],
  // Tilt
  ['Tilt', service('live_update: []'), '5:5', 'sync: auto'],
  ['Tilt', root('port_forwards: 8080'), '2:1', 'expose: [{ service: web'],
  // ctlptl and kind
  ['ctlptl', cluster('product: kind'), '3:3', 'engine: docker'],
  ['ctlptl', cluster('name: kind-a'), '3:3', 'name: my-app'],
  ['ctlptl', cluster('kubernetesVersion: v1.36.4'), '3:3', 'kubernetes: "1.36"'],
  ['kind', root('nodes: []'), '2:1', 'under cluster'],
  ['kind', root('networking: {}'), '2:1', 'cluster: { kind: { networking: … } }'],
  ['kind', root('kind: Cluster'), '2:1', 'cluster.kind'],
  ['kind', node('image: kindest/node:v1.36.4'), '5:7', 'kubernetes: kindest/node:v1.36.4'],
  ['kind', node('extraPortMappings: []'), '5:7', 'ports: ["8080:30080"]'],
  ['kind', node('extraMounts: []'), '5:7', 'mounts: ["./data:/data:ro"]'],
  // KSail and k3d
  ['KSail', cluster('distribution: Kind'), '3:3', 'engine: docker'],
  ['KSail', cluster('cni: Cilium'), '3:3', 'disableDefaultCNI: true'],
  ['k3d', root('servers: 1'), '2:1', 'workers: 2'],
  ['k3d', root('agents: 2'), '2:1', 'workers: 2'],
  ['k3d', root('ports: []'), '2:1', 'expose: [{ service: web'],
  ['k3d', cluster('agents: 2'), '3:3', 'workers: 2'],
  ['k3d', cluster('volumes: []'), '3:3', 'mounts: ["./data:/data"]'],
  ['k3d', cluster('image: rancher/k3s'), '3:3', 'kubernetes: "1.36"'],
  // helmfile
  ['helmfile', root('releases: []'), '2:1', 'helm: { chart: ./chart }'],
  ['helmfile', root('repositories: []'), '2:1', 'repo: https://'],
  ['helmfile', helm('releaseName: web'), '7:9', 'release: web'],
  ['helmfile', helm('namespace: web'), '7:9', 'beside deploy'],
  ['helmfile', service('chart: ./chart'), '5:5', 'deploy: { helm: { chart'],
  ['helmfile', 'name: a\nenvironments:\n  dev:\n    values: [a.yaml]\n', '4:5', 'vars: { short: d }'],
  ['helmfile', 'name: a\nenvironments:\n  dev:\n    kubeContext: kind-a\n', '4:5', 'cluster: { context: NAME }'],
  // Others, and plain slips
  ['an add-on', addon('enabled: true'), '4:5', 'true or false'],
  ['an add-on', addon('valueFiles: [a.yaml]'), '4:5', 'values: [./values.yaml]'],
  ['an add-on', addon('ingress: { host: a }'), '4:5', 'host: argocd.test'],
  [
    'a secret',
    'name: a\nsecrets:\n  db: { from: { literals: { A: b } }, namespace: dev }\n',
    '3:39',
    'namespaces: [dev]',
  ],
  ['a secret', 'name: a\nsecrets:\n  db: { from: { literals: { A: b } }, data: {} }\n', '3:39', 'from: { literals'],
  ['a smoke test', service('smoke: [{ path: /, statusCode: 200 }]'), '5:24', 'status: 200'],
  ['a slip', root('servcies: {}'), '2:1', 'Did you mean services?'],
  ['a slip', cluster('wokers: 2'), '3:3', 'Did you mean workers?'],
  ['a slip', service('evnironments: [dev]'), '5:5', 'Did you mean environments?'],
  ['a slip', helm('vlaues: [a.yaml]'), '7:9', 'Did you mean values?'],
] as const)('says to who comes from %s where it is set here: %j', async ([, text, at, hint]) => {
  expect(await said(text)).toContainEqual(expect.stringContaining(hint))
  expect((await said(text)).find((one) => one.includes(hint))).toMatch(new RegExp(`^${at} `))
})
