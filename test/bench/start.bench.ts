import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = (...args: readonly string[]): void =>
  expect(spawnSync(process.execPath, args, { cwd: root, stdio: 'ignore' }).status).toBe(0)

/** A file of 200 services, each a Deployment with a ConfigMap, a Service and an Ingress. */
const manyServices = (folder: string): string => {
  const names = Array.from({ length: 200 }, (_, index) => `svc${index}`)
  for (const name of names)
    writeFileSync(
      join(folder, `${name}.yaml`),
      `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: web, image: "nginx:1.27", envFrom: [{ configMapRef: { name: ${name} } }] }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { a: b }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: 80 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: ${name} }
spec:
  rules:
    - host: ${name}.test
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: ${name}, port: { number: 80 } } } }] }
`,
    )
  const lines = names.map((name) => `  ${name}: { namespace: many, deploy: { manifests: [./${name}.yaml] } }\n`)
  const file = join(folder, 'kindup.yaml')
  writeFileSync(file, `name: many\nhosts: { mode: none }\nservices:\n${lines.join('')}`)
  return file
}

// What people wait for before anything happens: to be read side by side, in one run on one machine.
test('starting', { timeout: 120_000 }, async ({ bench }) => {
  const folder = mkdtempSync(join(tmpdir(), 'kindup-bench-'))
  const many = manyServices(folder)
  await bench.compare(
    bench('node alone', () => run('-e', '0')),
    bench('kindup --help', () => run('scripts/kindup.mjs', '--help')),
    bench('kindup up --help', () => run('scripts/kindup.mjs', 'up', '--help')),
    bench('kindup plan of the reference example', () => run('scripts/kindup.mjs', 'plan', '--json')),
    bench('kindup plan of 200 services', () => run('scripts/kindup.mjs', 'plan', '--json', '--config', many)),
    { iterations: 10, time: 0, warmupIterations: 2, warmupTime: 0 },
  )
  rmSync(folder, { recursive: true })
})
