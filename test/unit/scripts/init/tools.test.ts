import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../../scripts/init/draft-service.ts'
import { propose } from '../../../../scripts/init/propose.ts'
import { scanFolder } from '../../../../scripts/init/scan.ts'
import { readCalls } from '../../../../scripts/init/tools/starlark.ts'
import type { Tried } from '../../../../scripts/init/try-out.ts'
import { writeDraft } from '../../../../scripts/init/write-draft.ts'

const chart = 'apiVersion: v2\nname: app\nversion: 1.0.0\n'
const deployment = (image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}" }] }
`

/** What `init` would write for a folder of these files. */
const written = async (files: Readonly<Record<string, string>>, tried?: Tried): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    return writeDraft(propose(scanFolder(folder, 'shop'), 'shop', tried), '')
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('init of a project of Skaffold', () => {
  it('takes the names of its images, and says what it leaves', async () => {
    const text = await written({
      'skaffold.yaml': `apiVersion: skaffold/v4beta11
kind: Config
build:
  artifacts:
    - image: registry.example/team/front-end
      context: web
      docker: { dockerfile: docker/Dockerfile.web, target: run }
    - { image: api, context: api, ko: {} }
manifests: { rawYaml: [k8s/*.yaml] }
profiles: [{ name: gcb }]
portForward: [{ resourceType: deployment, resourceName: web, port: 8080 }]
`,
      'web/docker/Dockerfile.web': 'FROM scratch AS run\n',
      'k8s/web.yaml': deployment('registry.example/team/front-end'),
    })
    expect(text).toContain('build: { context: ./web, file: ./web/docker/Dockerfile.web, target: run }')
    expect(text).toContain('name: registry.example/team/front-end')
    expect(text.replaceAll(/\n# +/g, ' ')).toContain(
      'Not taken over: ko builds its image api; its profiles (gcb); a port that it forwards to deployment web: `kindup forward NAME 8080`.',
    )
  })

  it('takes what its images are built with, and builds first what others are built from', async () => {
    const text = await written({
      'skaffold.yaml': `apiVersion: skaffold/v4beta11
kind: Config
build:
  artifacts:
    - { image: base, context: base }
    - image: example/web
      context: src
      docker: { buildArgs: { DEBUG: true, VERSION: "{{.VERSION}}" } }
      requires: [{ image: base, alias: BASE }, { image: not-a/name }]
    - { image: example/job, context: src, docker: { buildArgs: { DEBUG: false } } }
`,
      'base/Dockerfile': 'FROM scratch\n',
      'src/Dockerfile': 'ARG BASE=scratch\nFROM $BASE\n',
      'k8s/web.yaml': deployment('example/web'),
      'k8s/job.yaml': deployment('example/job').replace('name: web', 'name: job'),
    })
    expect(text).toContain(
      'images:\n  base: # ./src/Dockerfile is built from it\n    build: ./base\n    name: base # as it stands in the Dockerfile\n',
    )
    expect(text).toContain(
      'build: { context: ./src, args: { DEBUG: "true", BASE: base } }\n    name: example/web # as it stands in the manifests',
    )
    expect(text).toContain('build: { context: ./src, args: { DEBUG: "false" } }\n    name: example/job')
    expect(text.replaceAll(/\n# +/g, ' ')).toContain(
      'Not taken over: its image example/web gets VERSION by templates: args of its build takes them.',
    )
  })

  it('takes a published tag of a name that is built here for the published image', async () => {
    const text = await written({
      'skaffold.yaml':
        'apiVersion: skaffold/v4beta11\nkind: Config\nbuild: { artifacts: [{ image: postgres, context: db }, { image: example/web, context: web }] }\n',
      'db/Dockerfile': 'FROM scratch\n',
      'web/Dockerfile': 'FROM postgres:16\n',
      'k8s/web.yaml': deployment('example/web'),
    })
    expect(text).toContain('# images:\n#   postgres:\n')
    expect(text).not.toContain('is built from it')
  })

  it('takes its releases, of charts here and elsewhere', async () => {
    const text = await written({
      'skaffold.yaml': `apiVersion: skaffold/v2beta29
kind: Config
deploy:
  helm:
    releases:
      - { name: shop-app, chartPath: charts/app, namespace: team, valuesFiles: [values/app.yaml], setValues: { replicas: 2, a: { b.c: x, list: [one] } }, setValueTemplates: { image.tag: "{{.IMAGE_TAG}}", plain: '{y}' } }
      - { name: cache, remoteChart: redis, repo: https://charts.example.org, version: 1.2.3 }
      - { name: "{{.NAME}}", chartPath: charts/app }
`,
      'charts/app/Chart.yaml': chart,
      'values/app.yaml': 'a: 1\n',
    })
    expect(text).toContain('chart: ./charts/app')
    expect(text).toContain('values: [./values/app.yaml]')
    expect(text).toContain('        set:\n          replicas: 2\n          a.b.c: x\n          "a.list[0]": one\n')
    expect(text).toContain('namespace: team')
    expect(text).toContain(
      '  cache:\n    deploy:\n      helm:\n        chart: redis\n        repo: https://charts.example.org\n        version: "1.2.3"',
    )
    expect(text.replaceAll(/\n# +/g, ' ')).toContain('its release shop-app sets image.tag by templates')
    expect(text.replaceAll(/\n# +/g, ' ')).toContain('a release has a name that is made up when it runs')
  })

  it('takes values files and Dockerfiles that lie within a chart', async () => {
    const text = await written({
      'skaffold.yaml': `apiVersion: skaffold/v4beta11
kind: Config
build: { artifacts: [{ image: registry.example/backend, context: backend/src }] }
manifests: { helm: { releases: [{ name: backend, chartPath: backend, valuesFiles: [backend/own.yaml] }] } }
`,
      'backend/Chart.yaml': chart,
      'backend/own.yaml': 'a: 1\n',
      'backend/src/Dockerfile': 'FROM scratch\n',
    })
    expect(text).toContain('values: [./backend/own.yaml]')
    expect(text).toContain('build: ./backend/src')
    expect(text).not.toContain('has no Dockerfile')
  })
})

describe('init of a project of Tilt', () => {
  it('reads what its Tiltfile says in so many words', async () => {
    const text = await written({
      Tiltfile: `# docker_build('comment', 'nowhere')
load('ext://restart_process', 'docker_build_with_restart')
docker_build(
  'example/front',  # the front end (of all)
  context='front',
  dockerfile='front/dev.Dockerfile',
  live_update=[sync('./src', '/app')],
)
docker_build(name_of('x'), './x')
docker_build('example/filled', '.staging/later', dockerfile='front/dev.Dockerfile')
k8s_yaml(helm('charts/app', name='app', namespace='team', values=['values/app.yaml']))
k8s_resource('front', port_forwards=['8000:80'])
local_resource('test', 'make "all, of it)"')
`,
      'front/dev.Dockerfile': 'FROM scratch\n',
      'charts/app/Chart.yaml': chart,
      'charts/app/templates/web.yaml': deployment('example/front'),
      'values/app.yaml': 'a: 1\n',
    })
    expect(text).toContain('name: example/front')
    expect(text).toContain('file: ./front/dev.Dockerfile')
    expect(text).toContain('namespace: team')
    expect(text).toContain('values: [./values/app.yaml]')
    const notes = text.replaceAll(/\n# +/g, ' ')
    expect(notes).toContain('the image of line 9')
    // Its folder is made by a script, before each build.
    expect(notes).toContain('the image of line 10')
    expect(text).not.toContain('staging')
    expect(notes).toContain('local_resource of line 13')
    expect(notes).toContain('`kindup forward front 8000:80`')
    expect(notes).not.toContain('nowhere')
  })

  it('takes build arguments that are written out', async () => {
    const text = await written({
      Tiltfile: `docker_build('example/web', 'web', build_args={'node_env': "development", 'at': 'a:b,c'})
docker_build('example/api', 'api', build_args={'version': version()})
`,
      'web/Dockerfile': 'FROM scratch\n',
      'api/Dockerfile': 'FROM scratch\n',
      'k8s/web.yaml': deployment('example/web'),
    })
    expect(text).toContain('build: { context: ./web, args: { node_env: development, at: "a:b,c" } }')
    expect(text).toContain('build: ./api')
    expect(text.replaceAll(/\n# +/g, ' ')).toContain('build_args of line 2, which are worked out when it runs')
  })

  it('reads calls over several lines, and nothing that is worked out', () => {
    const [call] = readCalls(`f(\n  "a,(b", ['x', "y"], g('z'), 1 + 2, key="it's", other=name)`, ['f'])
    expect(call).toMatchObject({
      line: 1,
      positional: ['a,(b', ['x', 'y'], { name: 'g', positional: ['z'] }, undefined],
      named: { key: "it's", other: undefined },
    })
    expect(readCalls(`x = "f('a')"\nafter_f('b')\nobject.f('c')`, ['f'])).toEqual([])
    expect(readCalls('f("never ends', ['f'])).toEqual([])
  })
})

describe('init of a project of helmfile', () => {
  it('makes a service of each release, in its environments', async () => {
    const text = await written({
      'helmfile.yaml': `environments: { dev: {}, prod: {} }
---
repositories:
  - { name: stable, url: https://charts.example.org }
  - { name: registry, url: registry.example/charts, oci: true }
releases:
  - name: shop
    chart: ./charts/app
    namespace: shop-{{ .Environment.Name }}
    values: [values/{{ .Environment.Name }}.yaml]
  - { name: cache, chart: stable/redis, version: 1.2.3, namespace: data, values: [{ a: 1 }] }
  - { name: queue, chart: registry/nats, version: ~1.0, needs: [data/cache] }
  - { name: next, chart: stable/next, version: 1.0.0-next.1 }
  - { name: unknown, chart: nowhere/x }
  - { name: off, chart: stable/off, installed: false }
`,
      'charts/app/Chart.yaml': chart,
      'values/dev.yaml': 'a: 1\n',
      'values/prod.yaml': 'a: 2\n',
    })
    expect(text).toContain('dev: { namespace: shop-dev }')
    expect(text).toContain('values: ["./values/{env}.yaml"]')
    expect(text).toContain('chart: redis\n        repo: https://charts.example.org\n        version: "1.2.3"')
    expect(text).toContain('chart: oci://registry.example/charts/nats')
    expect(text).toContain('needs: [cache]')
    expect(text).not.toContain('off:')
    const notes = text.replaceAll(/\n# +/g, ' ')
    expect(text).toContain('version: "1.0.0-next.1"')
    expect(notes).toContain('the version ~1.0 of queue: one that is fetched is written whole')
    expect(notes).toContain('values of cache that are written inline')
    expect(notes).toContain(
      'its release unknown: the chart nowhere/x is neither here nor in a repository that it names',
    )
  })

  it('leaves out a release that renders what no cluster takes, and keeps the others of its chart', async () => {
    const files = {
      'helmfile.yaml': `repositories: [{ name: stable, url: https://charts.example.org }]
releases:
  - { name: web, chart: ./charts/app }
  - { name: api, chart: ./charts/app }
  - { name: cache, chart: stable/redis, needs: [web] }
  - { name: queue, chart: stable/nats, needs: [cache] }
`,
      'charts/app/Chart.yaml': chart,
    }
    const none = new Map()
    const cache = keyOf({
      name: 'cache',
      from: './helmfile.yaml',
      deploy: { kind: 'helm', chart: 'redis', values: [], sets: [] },
      environments: [],
    })
    const text = await written(files, {
      without: none,
      runs: none,
      balanced: none,
      files: none,
      unbuilt: none,
      single: new Set(),
      once: new Set(),
      wrong: new Map([[cache, ['cache', 'it has no image.']]]),
    })
    expect(text).toContain('api:')
    expect(text).toContain('queue:')
    expect(text).not.toContain('cache:')
    expect(text).not.toContain('needs')
    expect(text).toContain('# cache is left out: it has no image.')
  })
})

describe('init of a compose file beside manifests', () => {
  it('builds what has the code, where the stage of compose gets it by a mount', async () => {
    const text = await written({
      'docker-compose.yml':
        'services: { web: { build: { context: ./web, target: dev }, image: example/web, volumes: ["./web:/app"] } }\n',
      'web/Dockerfile': 'FROM scratch AS base\nFROM base AS dev\nFROM base\nCOPY . .\n',
      'web/app.py': 'print()\n',
      'k8s/web.yaml': deployment('example/web'),
    })
    expect(text).toContain('build: ./web\n')
    expect(text.replaceAll(/\n# +/g, ' ')).toContain(
      'web of ./docker-compose.yml ends at its stage dev, which the code is mounted into: here its whole Dockerfile is built.',
    )
  })
})
