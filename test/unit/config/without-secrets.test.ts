import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { composed } from '../../../config/composed.ts'
import { withoutSecrets } from '../../../config/without-secrets.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-shown-'))
})
afterAll(() => rm(folder, { recursive: true }))

const shown = async (text: string, env: Readonly<Record<string, string>> = {}): Promise<string> => {
  await writeFile(join(folder, 'kindup.yaml'), text)
  const { tree } = await composed({ cwd: folder, env })
  return tree ? JSON.stringify(withoutSecrets(tree)) : ''
}
const service = (rest: string): string => `name: a\nservices: { web: { deploy: { manifests: [./a.yaml] }, ${rest} } }\n`
const patched = (patch: string): string =>
  `name: a\nservices: { web: { deploy: { manifests: [./a.yaml], patches: [${patch}] } } }\n`

it.each([
  ['of a mirror', 'name: a\ncluster: { mirrors: [{ upstream: ghcr.io, username: me, password: hush1 }] }\n'],
  [
    'in raw keys of kind',
    'name: a\ncluster: { kind: { containerdConfigPatches: [\'[x.auth]\\n  password = "hush1"\'] } }\n',
  ],
  ['a short one of an add-on', 'name: a\naddons: { argocd: { set: { auth.password: hush1 } } }\n'],
  ['a number', 'name: a\naddons: { argocd: { set: { auth.password: "hush1" } } }\n'],
  ['in the address of a repository', 'name: a\naddons: { x: { chart: x, repo: "https://me:hush1@charts.test" } }\n'],
  ['a token in an address', 'name: a\naddons: { x: { chart: x, repo: "https://hush1@charts.test" } }\n'],
  [
    'in the address of manifests',
    'name: a\nservices: { web: { deploy: { manifests: ["https://me:hush1@a.test/a.yaml"] } } }\n',
  ],
  ['of a header', service('smoke: [{ path: /, headers: { cookie: hush1 } }]')],
  ['of a body', service('smoke: [{ path: /, body: { login: { password: hush1 } } }]')],
  ['in an address to ask', service('smoke: [{ url: "http://me:hush1@a.test/" }]')],
  ['of a hook', service('hooks: { before: [{ name: x, run: [x], env: { HARMLESS: hush1 } }] }')],
  ['in the words of a hook', service('hooks: { before: [{ name: x, run: [sh, -c, "PASSWORD=hush1 ./x"] }] }')],
  ['of a login', service('credentials: [{ name: db, username: me, password: hush1, url: "http://me:hush1@a.test" }]')],
  ['of a build argument', 'name: a\nimages: { x: { build: { context: ., args: { TOKEN: hush1 } } } }\n'],
  ['of a variable of an environment', 'name: a\nenvironments: { dev: { vars: { dbPassword: hush1 } } }\n'],
  ['in a patch of a Secret', patched('{ target: { kind: Secret }, patch: { stringData: { a: hush1 } } }')],
  ['in a patch that is text', patched('{ patch: "kind: Secret\\nmetadata: { name: x }\\ndata: { a: hush1 }\\n" }')],
  [
    'in operations on a Secret',
    patched('{ target: { kind: Secret }, patch: "[{ op: add, path: /data/a, value: hush1 }]" }'),
  ],
  [
    'in a variable of a container',
    patched('{ patch: { kind: Deployment, spec: { containers: [{ env: [{ name: DB_PASSWORD, value: hush1 }] }] } } }'),
  ],
])('hides a secret %s', async (_what, text) => {
  const seen = await shown(text)
  expect(seen).toContain('***')
  expect(seen).not.toContain('hush1')
})

it('hides what a variable brings whose name tells, however short, and its default', async () => {
  const text = 'name: a\nenvironments: { dev: { vars: { a: "${DB_PASSWORD}", b: "${NO_TOKEN:-hush2}" } } }\n'
  expect(await shown(text, { DB_PASSWORD: 'hush1' })).not.toContain('hush')
})

it('shows what is no secret', async () => {
  const text = [
    'name: a',
    'secrets: { k: { from: { envFile: ./creds.env, random: { PASSWORD: 24 } } } }',
    'images: { x: { build: { context: ., secrets: { token: { env: NPM_TOKEN }, npmrc: ~/.npmrc } } } }',
    'services:',
    '  web:',
    '    deploy: { manifests: [./a.yaml], patches: [{ patch: { kind: Deployment, metadata: { name: a }, spec: { replicas: 2 } } }] }',
    '    credentials: [{ name: db, secret: dev/api-login }]',
    '    smoke: [{ path: /health, headers: {}, json: { Status: Success } }]',
    '',
  ].join('\n')
  expect(await shown(text)).not.toContain('***')
})
