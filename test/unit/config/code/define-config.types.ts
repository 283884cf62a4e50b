// Held by tsc: what an editor says of a kindup.config.ts.
import { defineConfig, type KindupConfig } from '../../../../config/define-config.mjs'

export const right = [
  defineConfig({ name: 'a', cluster: { workers: 2 }, addons: { 'ingress-nginx': true, mine: { chart: './x' } } }),
  defineConfig(async () => ({ name: 'a', services: { web: { deploy: { manifests: ['./a.yaml'] } } } })),
  defineConfig({
    name: 'a',
    tls: undefined,
    services: { web: { deploy: { helm: { chart: './c', set: { 'a.b': 1 } } }, smoke: [{ path: '/', status: 200 }] } },
  } satisfies KindupConfig),
]

export const wrong = [
  // @ts-expect-error -- the name is required
  defineConfig({}),
  // @ts-expect-error -- no such key
  defineConfig({ name: 'a', clutser: {} }),
  // @ts-expect-error -- no such engine
  defineConfig({ name: 'a', cluster: { engine: 'rkt' } }),
  // @ts-expect-error -- no text
  defineConfig({ name: 'a', cluster: { workers: 'two' } }),
  // @ts-expect-error -- no such key of a service
  defineConfig({ name: 'a', services: { web: { deploy: { manifests: ['./a'] }, smokes: [] } } }),
  // @ts-expect-error -- no list of texts
  defineConfig(() => ({ name: 'a', services: { web: { deploy: { manifests: './a' } } } })),
  // @ts-expect-error -- a smoke test has no such key
  defineConfig({ name: 'a', services: { web: { deploy: { manifests: ['./a'] }, smoke: [{ pth: '/' }] } } }),
]
