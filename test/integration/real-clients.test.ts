import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApiServer } from '../support/api-server/start-api-server.ts'
import type { ApiServer } from '../support/api-server/start-api-server.ts'
import { realTool } from '../support/real-tools.ts'

/** The server that other tests stand on has to be one that real clients take for a cluster. */
const [kubectl, helm3, helm4] = [realTool('kubectl'), realTool('helm3'), realTool('helm4')]

let folder: string
let server: ApiServer

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-clients-'))
  server = await startApiServer()
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig)
})
afterEach(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const run = async (program: string | undefined, ...args: string[]): Promise<string> => {
  const env = { ...process.env, KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder }
  const { stdout } = await promisify(execFile)(program ?? '', args, { env, cwd: folder })
  return stdout.trim()
}

const manifest = (image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: main, image: "${image}" }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`

describe.skipIf(!kubectl)('kubectl', () => {
  it('applies in both ways, follows a roll-out, and deletes', async () => {
    await writeFile(join(folder, 'web.yaml'), manifest('example/web:1'))
    expect(await run(kubectl, 'apply', '-f', 'web.yaml')).toBe('deployment.apps/web created\nservice/web created')
    expect(await run(kubectl, 'rollout', 'status', 'deployment/web', '--timeout=20s')).toContain('successfully rolled')
    expect(await run(kubectl, 'apply', '-f', 'web.yaml')).toBe('deployment.apps/web unchanged\nservice/web unchanged')
    await writeFile(join(folder, 'web.yaml'), manifest('example/web:2'))
    expect(await run(kubectl, 'apply', '--server-side', '--force-conflicts', '-f', 'web.yaml')).toContain(
      'deployment.apps/web serverside-applied',
    )
    await run(kubectl, 'rollout', 'status', 'deployment/web', '--timeout=20s')
    const images = ['get', 'pods', '-o', 'jsonpath={.items[*].spec.containers[*].image}']
    expect(await run(kubectl, ...images)).toBe('example/web:2 example/web:2')
    await run(kubectl, 'delete', '-f', 'web.yaml', '--timeout=20s')
    expect(await run(kubectl, 'get', 'pods', '-o', 'name')).toBe('')
  })

  it('deletes a namespace with all that is in it', async () => {
    await run(
      kubectl,
      'apply',
      '--server-side',
      '-f',
      await placed('ns.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: dev }\n'),
    )
    await run(kubectl, 'apply', '--namespace', 'dev', '-f', await placed('web.yaml', manifest('example/web:1')))
    await run(kubectl, 'delete', 'namespace', 'dev', '--timeout=20s')
    expect(server.state.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'dev' })).toEqual([])
  })
})

const placed = async (file: string, text: string): Promise<string> => {
  await writeFile(join(folder, file), text)
  return file
}

describe.each([
  ['3', helm3],
  ['4', helm4],
])('helm %s', (_major, helm) => {
  it.skipIf(!helm)('installs, upgrades, rolls back and uninstalls a release', async () => {
    await mkdir(join(folder, 'chart', 'templates'), { recursive: true })
    await writeFile(join(folder, 'chart', 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n')
    await writeFile(join(folder, 'chart', 'templates', 'web.yaml'), manifest('example/web:{{ .Values.tag }}'))
    const where = ['web', './chart', '--namespace', 'dev', '--create-namespace']
    const install = (tag: string) =>
      run(helm, 'upgrade', '--install', ...where, '--set', `tag=v${tag}`, '--wait', '--timeout', '30s')
    const images = () =>
      server.state
        .list({ apiVersion: 'v1', kind: 'Pod', namespace: 'dev' })
        .map(({ spec }) => (spec as { containers: { image: string }[] }).containers[0]?.image)
    expect(await install('1')).toContain('STATUS: deployed')
    expect(await install('2')).toContain('REVISION: 2')
    expect(images()).toEqual(['example/web:v2', 'example/web:v2'])
    await run(helm, 'rollback', 'web', '1', '--namespace', 'dev', '--wait', '--timeout', '30s')
    expect(images()).toEqual(['example/web:v1', 'example/web:v1'])
    await run(helm, 'uninstall', 'web', '--namespace', 'dev', '--wait', '--timeout', '30s')
    expect(server.state.list({ apiVersion: 'v1', kind: 'Secret', namespace: 'dev' })).toEqual([])
    await expect.poll(images).toEqual([])
  })
})
