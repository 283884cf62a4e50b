import { join } from 'node:path'
import { expect, test } from 'vitest'
import { foreignFile, looksOurs } from '../../../config/source/foreign.ts'
import { parseYaml } from '../../../config/source/parse-yaml.ts'
import { loadConfig } from '../../../config/load.ts'
import { ConfigError } from '../../../core/errors.ts'
import { ownFolder } from '../../support/own-folder.ts'
import { writeFile } from 'node:fs/promises'

const files: readonly (readonly [what: string, line: number, usual: string, text: string])[] = [
  ['a cluster configuration of kind', 2, 'kind.yaml', 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes: []\n'],
  ['a file of Docker Compose', 2, 'compose.yaml', 'name: x\nservices: { web: { build: ., ports: ["80:80"] } }\n'],
  ['a file of Docker Compose', 1, 'compose.yaml', 'services:\n  db: { image: postgres }\nvolumes: { db: {} }\n'],
  [
    'a manifest of Kubernetes (Deployment)',
    2,
    'manifest.yaml',
    '# of web\napiVersion: apps/v1\nkind: Deployment\n---\napiVersion: v1\nkind: Service\n',
  ],
  [
    'a manifest of Kubernetes (Service)',
    1,
    'manifest.yaml',
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .x }}\n',
  ],
  ['a configuration of Skaffold', 1, 'skaffold.yaml', 'apiVersion: skaffold/v4beta11\nkind: Config\nprofiles: []\n'],
  ['a Tiltfile', 2, 'Tiltfile', '# dev\ndocker_build("a", ".")\nk8s_yaml("a.yaml")\n'],
  ['a Dockerfile', 1, 'Dockerfile', 'FROM busybox\nRUN true\n'],
  ['a helmfile', 2, 'helmfile.yaml', 'repositories: []\nreleases: [{ name: a, chart: a/b }]\n'],
  ['a configuration of k3d', 1, 'k3d.yaml', 'apiVersion: k3d.io/v1alpha5\nkind: Simple\nservers: 1\n'],
  ['a configuration of ctlptl', 1, 'ctlptl.yaml', 'apiVersion: ctlptl.dev/v1alpha1\nkind: Cluster\nproduct: kind\n'],
  ['a configuration of KSail', 1, 'ksail.yaml', 'apiVersion: ksail.io/v1alpha1\nkind: Cluster\nspec: {}\n'],
  ['a configuration of DevSpace', 1, 'devspace.yaml', 'version: v2beta1\nname: a\nimages: {}\npipelines: {}\n'],
  ['a file of values for a helm chart', 1, 'values.yaml', 'replicaCount: 1\nimage: { repository: a }\n'],
  ['a workflow of GitHub', 3, 'workflow.yml', 'name: ci\non: [push]\njobs: { a: { runs-on: x } }\n'],
  ['the Chart.yaml of a helm chart', 1, 'Chart.yaml', 'apiVersion: v2\nname: a\nversion: 0.1.0\n'],
  ['a kustomization', 1, 'kustomization.yaml', 'resources: [a.yaml]\nnamespace: x\n'],
]

test.each(files)('%s is told for what it is', async (what, line, usual, text) => {
  const folder = await ownFolder()
  const found = async (name: string) => {
    const file = join(folder, name)
    await writeFile(file, text)
    const error = await loadConfig({ file, cwd: '/', env: {} }).catch((thrown: unknown) => thrown)
    if (!(error instanceof ConfigError)) throw new Error(`${name} was accepted`)
    return error.problems.map(({ message, at: place, hint }) => [message, place?.line, hint?.replaceAll(folder, 'F')])
  }
  const message = `This is ${what}, and no configuration of kindup.`
  expect(await found('kindup.yaml')).toEqual([
    [message, line, expect.stringContaining(`mv F/kindup.yaml F/${usual} && kindup init --dir F `)],
  ])
  // One that `--config` names keeps its name.
  expect(await found('named.yaml')).toEqual([[message, line, expect.stringMatching(/^kindup init --dir F /)]])
})

test.each([
  'name: x\nservcies: { web: { deploy: { manifests: [./a] } } }\n',
  'name: x\nservices: { web: { deploy: { manifests: [./a] }, image: nginx, ports: [1] } }\n',
  'name: x\nservices: { web: { image: nginx, smoke: [] } }\n',
  'apiVersion: v1\nkind: Config\ncluster: { workers: 2 }\n',
  'name: x\n',
  '',
  '- a\n',
  'a: [\n',
])('a configuration with mistakes, or nothing, is not taken for a file of others: %j', (text) => {
  expect(foreignFile(text, '/nowhere/kindup.yaml')).toBeUndefined()
})

test.each([
  ['cluster: { workers: 2 }\n', true],
  ['services: { web: { deploy: { manifests: [./a] } } }\n', true],
  ['services: { db: { image: postgres }, web: { deploy: { helm: { chart: ./c } } } }\n', true],
  ['services: { web: { image: nginx, deploy: { replicas: 2 } } }\n', false],
  ['services: [web]\n', false],
  ['name: x\n', false],
])('a file that only kindup has is not read a second time to see whose it is: %j %s', (text, isOurs) => {
  expect(looksOurs(parseYaml(text, 'kindup.yaml').usable?.root)).toBe(isOurs)
})
