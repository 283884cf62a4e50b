import { chmod, readdir } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { sandbox, type Sandbox } from '../support/sandbox.ts'

const hex = (digit: string): string => `sha256:${digit.repeat(64)}`

const project = async (
  at: Sandbox,
  deploy: string,
  files: Readonly<Record<string, string>>,
  more = '',
): Promise<void> => {
  await at.write(
    'kindup.yaml',
    `name: shop\nenvironments: { dev: {}, prod: {} }\n${more}services:\n  web:\n    deploy: ${deploy}\n`,
  )
  await at.write('chart/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 0.1.0\n')
  for (const [file, text] of Object.entries(files)) await at.write(file, text)
}

/** What `promote dev prod --yes` makes of a file, and what it prints besides. */
const promoted = async (
  deploy: string,
  files: Readonly<Record<string, string>>,
  file: string,
): Promise<{ readonly text: string; readonly said: string; readonly code: number | null }> => {
  await using at = await sandbox()
  await project(at, deploy, files)
  const { code, stderr, stdout } = await at.kindup(['promote', 'dev', 'prod', '--yes', '--json'])
  const { files: changed, notes } = JSON.parse(stdout) as { files?: readonly { file: string }[]; notes?: string[] }
  for (const one of changed ?? []) expect(one.file).toBe(at.path(file))
  return { text: await at.read(file), said: [...(notes ?? []), stderr].join('\n'), code }
}

const values = '{ helm: { chart: ./chart, values: ["./{env}.yaml"] } }'

const cases: readonly (readonly [string, string, string, string])[] = [
  [
    'a tag',
    'image: { tag: "2" }\n',
    'image:\n  tag: "1" # ours\nreplicas: 3\n',
    'image:\n  tag: "2" # ours\nreplicas: 3\n',
  ],
  [
    'with the line ends of the file',
    'image:\n  tag: v2\n',
    'a: 1\r\nimage:\r\n  tag: v1',
    'a: 1\r\nimage:\r\n  tag: v2',
  ],
  [
    'a digest beside a tag, where there was none',
    `web:\n  image:\n    repository: r\n    digest: ${hex('a')}\n`,
    'web:\n  image:\n    repository: q\n    tag: "1"\n',
    `web:\n  image:\n    repository: q\n    tag: "1"\n    digest: ${hex('a')}\n`,
  ],
  [
    'a tag, and takes the digest out that would win over it',
    'image:\n  tag: "2"\n',
    `image:\n  tag: "1"\n  digest: ${hex('a')}\n`,
    'image:\n  tag: "2"\n  digest: ""\n',
  ],
  [
    'the end of a reference: registries are the environment’s own',
    'image: dev.example:5000/team/web:2\nsidecarImage: envoy@' + hex('b') + '\n',
    "image: 'prod.example/web:1'\nsidecarImage: envoy:1\n",
    `image: 'prod.example/web:2'\nsidecarImage: envoy@${hex('b')}\n`,
  ],
  [
    'what is missing, where it belongs',
    'web:\n  image:\n    tag: v2\n',
    'web:\n  replicas: 3\n\n# end\n',
    'web:\n  replicas: 3\n  image:\n    tag: v2\n\n# end\n',
  ],
  ['into a file with nothing in it', 'image: { tag: v2 }\n', '', 'image:\n  tag: v2\n'],
  [
    'an alias of its own value',
    'image: { tag: v2 }\n',
    'v: &v v1\nimage:\n  tag: *v\n',
    'v: &v v1\nimage:\n  tag: v2\n',
  ],
  [
    'a merged map: the key is written out',
    'x: &x { tag: v2 }\nimage: { <<: *x, repository: r }\n',
    'image:\n  repository: r\n  tag: v1\n',
    'image:\n  repository: r\n  tag: v2\n',
  ],
  [
    'the version that says what the tag says',
    'image:\n  tag: v2\nenv:\n  - name: APP_VERSION\n    value: v2\n  - name: OTHER\n    value: v2\n',
    'image:\n  tag: v1\nenv:\n  - name: APP_VERSION\n    value: v1\n  - name: OTHER\n    value: v1\n',
    'image:\n  tag: v2\nenv:\n  - name: APP_VERSION\n    value: v2\n  - name: OTHER\n    value: v1\n',
  ],
  ['a number that prints as it is written', 'image: { tag: 42 }\n', 'image: { tag: 41 }\n', 'image: { tag: "42" }\n'],
]

it.each(cases)('copies %s', async (_name, dev, prod, wanted) => {
  expect(await promoted(values, { 'dev.yaml': dev, 'prod.yaml': prod }, 'prod.yaml')).toMatchObject({
    text: wanted,
    code: 0,
  })
})

it('keeps JSON JSON', async () => {
  const deploy = '{ helm: { chart: ./chart, values: ["./{env}.json"] } }'
  const prod = '{\n  "image": {\n    "repository": "r",\n    "tag": null\n  }\n}'
  const files = { 'dev.json': `{ "image": { "tag": "2", "digest": "${hex('c')}" } }`, 'prod.json': prod }
  expect((await promoted(deploy, files, 'prod.json')).text).toBe(
    `{\n  "image": {\n    "repository": "r",\n    "tag": "2",\n    "digest": "${hex('c')}"\n  }\n}`,
  )
})

it('takes what counts of several values files, and writes into the environment’s own', async () => {
  const deploy = '{ helm: { chart: ./chart, values: [./common.yaml, "./{env}.yaml"] } }'
  const files = { 'common.yaml': 'image: { tag: "5" }\n', 'dev.yaml': 'a: 1\n', 'prod.yaml': 'image:\n  tag: "4"\n' }
  expect((await promoted(deploy, files, 'prod.yaml')).text).toBe('image:\n  tag: "5"\n')
})

it('copies the images of kustomizations by name: a digest for a tag, an entry that is missing, versions of charts', async () => {
  const dev = `images:\n- name: web\n  newName: dev.example/web\n  newTag: "2"\n- name: api\n  digest: ${hex('a')}\n- name: db\n  newName: mirror/db\n  newTag: "17"\nhelmCharts:\n- name: redis\n  repo: https://charts.example\n  version: 2.0.0\n`
  const prod = `# ours\nimages:\n- name: api # a\n  newTag: "1"\n- name: web\n  newName: prod.example/web\n  newTag: "1"\nhelmCharts:\n- name: redis\n  repo: https://charts.example\n  version: 1.0.0`
  const files = { 'k8s/dev/kustomization.yaml': dev, 'k8s/prod/kustomization.yaml': prod }
  const { text, code } = await promoted('{ kustomize: "./k8s/{env}" }', files, 'k8s/prod/kustomization.yaml')
  expect([code, text]).toEqual([
    0,
    `# ours\nimages:\n- name: api # a\n  digest: "${hex('a')}"\n- name: web\n  newName: prod.example/web\n  newTag: "2"\n- name: db\n  newName: mirror/db\n  newTag: "17"\nhelmCharts:\n- name: redis\n  repo: https://charts.example\n  version: 2.0.0`,
  ])
})

it('copies into objects of the same kind and name, document by document', async () => {
  const of = (kind: string, name: string, image: string): string =>
    `kind: ${kind}\nmetadata: { name: ${name} }\nspec: { template: { spec: { containers: [{ name: side, image: s:1 }, { name: web, image: "${image}" }] } } }\n`
  const release = (version: string, tag: string): string =>
    `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: db }\nspec:\n  chart: { spec: { chart: db, version: ${version} } }\n  values: { image: { tag: ${tag} } }\n`
  const files = {
    'dev/all.yaml': `${of('Deployment', 'dev-web', 'a/web:2')}---\n${release('2.0.0', 'b')}`,
    'prod/one.yaml': `${release('1.0.0', 'a')}---\n${of('Deployment', 'prod-web', 'b/web:1')}`,
  }
  const { text } = await promoted('{ manifests: ["./{env}"] }', files, 'prod/one.yaml')
  expect(text).toBe(`${release('2.0.0', 'b')}---\n${of('Deployment', 'prod-web', 'b/web:2')}`)
})

it('shows the difference, and writes only when told: 3 for --check, 2 where nobody can be asked', async () => {
  await using at = await sandbox()
  await project(at, values, { 'dev.yaml': 'image: { tag: v2 }\n', 'prod.yaml': 'a: 1\r\nimage:\r\n  tag: v1' })
  const shown =
    '--- prod.yaml\n+++ prod.yaml\n@@ -1,3 +1,3 @@\n a: 1\n image:\n-  tag: v1\n\\ No newline at end of file\n+  tag: v2\n\\ No newline at end of file\n'
  expect(await at.kindup(['promote', 'dev', 'prod', '--check'])).toEqual({ code: 3, stdout: shown, stderr: '' })
  const refused = await at.kindup(['promote', 'dev', 'prod'])
  expect([refused.code, refused.stdout]).toEqual([2, shown])
  expect(refused.stderr).toContain('prod would change in one file, and nobody can be asked here.')
  expect(await at.read('prod.yaml')).toContain('v1')
  const told = await at.kindup(['promote', 'dev', 'prod', 'web', '--check', '--json'])
  expect(JSON.parse(told.stdout)).toMatchObject({
    from: 'dev',
    to: 'prod',
    written: false,
    files: [
      {
        file: at.path('prod.yaml'),
        changes: [{ service: 'web', name: 'image.tag', from: 'v1', to: 'v2', at: { line: 3 } }],
      },
    ],
  })
  expect((await at.kindup(['promote', 'dev', 'prod', '--yes'])).stdout).toBe(
    `${shown}✓ one file changed: prod has the versions of dev.\n`,
  )
  expect(await at.kindup(['promote', 'dev', 'prod', '--check'])).toEqual({
    code: 0,
    stdout: 'prod has the versions of dev: nothing is to be changed.\n',
    stderr: '',
  })
  expect((await readdir(at.folder)).filter((name) => name.includes('tmp'))).toEqual([])
})

it('writes no file where one is refused, and says every place', async () => {
  await using at = await sandbox()
  await at.write(
    'kindup.yaml',
    `name: shop\nenvironments: { dev: {}, prod: {} }\nservices:\n${['a', 'b', 'c', 'd'].map((name) => `  ${name}: { deploy: { helm: { chart: ./chart, release: "{env}-{name}", values: ["./${name}-{env}.yaml"] } } }`).join('\n')}\n`,
  )
  await at.write('chart/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 0.1.0\n')
  for (const name of ['a', 'b', 'c', 'd']) {
    await at.write(`${name}-dev.yaml`, 'image: { tag: v2 }\n')
    await at.write(`${name}-prod.yaml`, 'image: { tag: v1 }\n')
  }
  await at.write('b-dev.yaml', 'image:\n  tag: 1.10\n')
  await at.write('c-prod.yaml', 'image: { tag: v1 }\nsops: { mac: x }\n')
  await at.write('d-prod.yaml', 'image: { tag: &t v1 }\nnote: *t\n')
  const refused = await at.kindup(['promote', 'dev', 'prod', '--yes'])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('b-dev.yaml:2:8 `image.tag` is the number 1.1, and no text: `1.10` has no quotes.')
  expect(refused.stderr).toContain('c-prod.yaml:2:1 SOPS has encrypted this file')
  expect(refused.stderr).toContain('d-prod.yaml:2:7 `note` would change as well')
  expect(await at.read('a-prod.yaml')).toContain('v1')

  await chmod(at.path('a-prod.yaml'), 0o444)
  const locked = await at.kindup(['promote', 'dev', 'prod', 'a', '--yes'])
  expect([locked.code, locked.stderr]).toEqual([1, expect.stringContaining('No write permission for a-prod.yaml')])
  expect(await at.read('a-prod.yaml')).toContain('v1')
})

it('copies what the environments’ variables pin, and says what both share', async () => {
  await using at = await sandbox()
  const file = `name: shop
environments:
  dev: { vars: { webTag: v2, other: a } }
  prod: { vars: { webTag: v1, other: b } } # ours
services:
  web: { deploy: { helm: { chart: ./chart, values: [./all.yaml], set: { image.tag: "{webTag}", note: "{other}" } } } }
  api: { deploy: { helm: { chart: ./chart, release: api, values: [./all.yaml] } } }
`
  await at.write('kindup.yaml', file)
  await at.write('chart/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 0.1.0\n')
  await at.write('all.yaml', 'image: { tag: v1 }\n')
  const { code, stderr } = await at.kindup(['promote', 'dev', 'prod', '--yes'])
  expect([code, await at.read('kindup.yaml')]).toEqual([0, file.replace('webTag: v1', 'webTag: v2')])
  expect(stderr).toContain('api has the same files in dev and prod (all.yaml): there is nothing to copy.')
})

it.each([
  [['promote', 'dev', 'pord'], 'There is no environment pord.', 'Did you mean prod?'],
  [['promote', 'dev', 'dev'], 'they are the same environment', ''],
  [['promote', 'dev', 'prod', 'wbe'], 'There is no service wbe.', 'Did you mean web?'],
  [['promote', 'dev'], "Missing required argument 'to'.", ''],
])('refuses %j', async (args, message, hint) => {
  await using at = await sandbox()
  await project(at, values, { 'dev.yaml': '', 'prod.yaml': '' })
  const { code, stderr } = await at.kindup(args)
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)])
  expect(stderr).toContain(hint)
})
