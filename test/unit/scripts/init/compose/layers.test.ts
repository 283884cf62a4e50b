import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findCompose } from '../../../../../scripts/init/compose/find.ts'
import { readLayers } from '../../../../../scripts/init/compose/layers.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindup-compose-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
const services = (path = 'compose.yaml') => readLayers(folder, path)?.data['services']

describe('the override file beside a compose file', () => {
  it('merges maps in either form, appends lists, and takes the place of commands and of mounts at one path', () => {
    write({
      'compose.yaml': `services:
  web:
    image: a
    build: ./web
    command: [run, all]
    environment: [A=1, B=2, C]
    ports: ["80:80", "81:81"]
    volumes: ["./one:/data:ro", "kept:/kept"]
    env_file: one.env
    depends_on: [db]
    healthcheck: { test: [CMD, a], interval: 2s }
  db: { image: db }
`,
      'compose.override.yml': `services:
  web:
    build: { args: { MODE: dev } }
    command: [run]
    environment: { B: 3, D: 4 }
    ports: ["81:81", "82:82"]
    volumes: ["./two:/data"]
    env_file: [two.env]
    depends_on: { cache: { condition: service_healthy } }
    healthcheck: { test: [CMD, b] }
  cache: { image: cache }
`,
      'compose.override.yaml': 'services: { web: { image: never } }\n',
    })
    expect(services()).toEqual({
      web: {
        image: 'a',
        build: { context: './web', args: { MODE: 'dev' } },
        command: ['run'],
        environment: { A: '1', B: 3, C: null, D: 4 },
        ports: ['80:80', '81:81', '82:82'],
        volumes: ['./two:/data', 'kept:/kept'],
        env_file: ['one.env', 'two.env'],
        depends_on: { db: { condition: 'service_started' }, cache: { condition: 'service_healthy' } },
        healthcheck: { test: ['CMD', 'b'], interval: '2s' },
      },
      db: { image: 'db' },
      cache: { image: 'cache' },
    })
  })

  it('takes away what it resets, and puts what it overrides in the place of all', () => {
    write({
      'docker-compose.yml':
        'services: { web: { image: a, ports: ["80:80"], environment: { A: 1 }, command: x }, db: { image: b } }\n',
      'docker-compose.override.yml':
        'services: { web: { ports: !override ["90:90"], environment: !reset {}, command: !reset null }, db: !reset null }\n',
    })
    expect(services('docker-compose.yml')).toEqual({ web: { image: 'a', ports: ['90:90'] } })
  })

  it('says that it is no YAML', () => {
    write({ 'compose.yaml': 'services: { a: { image: a } }\n', 'compose.override.yaml': 'services: [\n' })
    expect(readLayers(folder, 'compose.yaml')).toEqual({
      data: { services: { a: { image: 'a' } } },
      notes: ['./compose.override.yaml is no compose file, and was not read.'],
    })
  })
})

describe('what a compose file includes', () => {
  it('keeps its paths, may include further files, and is what the override file changes', () => {
    write({
      'compose.yaml': 'include: [db/compose.yaml, { path: [x/a.yaml, x/b.yaml] }]\nservices: { web: { image: w } }\n',
      'compose.override.yaml': 'services: { db: { image: other } }\n',
      'db/compose.yaml': `include: [../cache/c.yaml]
services:
  db:
    image: db
    build: .
    env_file: [{ path: db.env, required: false }, /etc/x.env]
    volumes: ["./data:/a", "../up:/b", "named:/c", { type: bind, source: ./bound, target: /d }]
secrets: { key: { file: key.txt } }
volumes: { named: {} }
`,
      'cache/c.yaml': 'services: { cache: { build: { context: ./src } } }\n',
      'x/a.yaml': 'services: { x: { image: a, build: . } }\n',
      'x/b.yaml': 'services: { x: { image: b } }\n',
    })
    expect(readLayers(folder, 'compose.yaml')).toEqual({
      data: {
        services: {
          web: { image: 'w' },
          db: {
            image: 'other',
            build: './db',
            env_file: [{ path: './db/db.env', required: false }, '/etc/x.env'],
            volumes: ['./db/data:/a', './up:/b', 'named:/c', { type: 'bind', source: './db/bound', target: '/d' }],
          },
          cache: { build: { context: './cache/src' } },
          x: { image: 'b', build: './x' },
        },
        secrets: { key: { file: './db/key.txt' } },
        volumes: { named: {} },
      },
      notes: [],
    })
  })

  it('has the values of its own .env, but for its environment and for what the file above has too', () => {
    write({
      '.env': 'TAG=9\n',
      'compose.yaml': 'include: [db/compose.yaml, { path: [x/c.yaml], project_directory: ., env_file: x/own.env }]\n',
      'db/.env': 'TAG=1\nNAME=pg$x\nPASSWORD=hush\n',
      'db/compose.yaml':
        'services: { db: { image: "${NAME}:${TAG:-2}", environment: { A: "${PASSWORD}", B: "${NAME}" }, command: [a, "$NAME", "${LEFT:-l}"] } }\n',
      'x/own.env': 'X=here\n',
      'x/c.yaml': 'services: { x: { image: "x:${X}" } }\n',
    })
    expect(readLayers(folder, 'compose.yaml')).toEqual({
      data: {
        services: {
          db: {
            image: 'pg$$x:${TAG:-2}',
            environment: { A: '${PASSWORD}', B: '${NAME}' },
            command: ['a', 'pg$$x', '${LEFT:-l}'],
          },
          x: { image: 'x:here' },
        },
      },
      notes: [
        'NAME, PASSWORD, which ./db/.env gives to the environment of services of ./db/compose.yaml: no password gets into a manifest; name the file in `secrets`.',
      ],
    })
  })

  it('is named where it is elsewhere, not there, or goes in a circle', () => {
    write({
      'compose.yaml': 'include: [compose.yaml, gone.yaml, "oci://example.org/x"]\nservices: { a: { image: a } }\n',
    })
    expect(readLayers(folder, 'compose.yaml')?.notes).toEqual([
      './compose.yaml, which ./compose.yaml includes, was not read: it is no compose file of this folder.',
      './gone.yaml, which ./compose.yaml includes, was not read: it is no compose file of this folder.',
      'oci://example.org/x, which ./compose.yaml includes, was not read: it is no compose file of this folder.',
    ])
  })
})

it('puts services over what they extend, in the file or another, and leaves what is not here or goes in a circle', () => {
  write({
    'compose.yaml': `services:
  base: { image: b, environment: [A=1], ports: ["1:1"] }
  web: { extends: base, environment: { B: 2 } }
  api: { extends: { file: common/c.yaml, service: app }, command: serve }
  gone: { image: g, extends: { file: nowhere.yaml, service: x } }
  round: { image: r, extends: trip }
  trip: { image: t, extends: round }
`,
    'common/c.yaml': 'services: { app: { extends: { service: root }, build: ./app }, root: { user: "1" } }\n',
  })
  expect(services()).toEqual({
    base: { image: 'b', environment: ['A=1'], ports: ['1:1'] },
    web: { image: 'b', environment: { A: '1', B: 2 }, ports: ['1:1'] },
    api: { user: '1', build: './common/app', command: 'serve' },
    gone: { image: 'g', extends: { file: 'nowhere.yaml', service: 'x' } },
    round: { image: 'r', extends: 'trip' },
    trip: { image: 't', extends: 'round' },
  })
})

it('takes services of the profiles that `.env` turns on, and says which are off', () => {
  write({
    '.env': 'COMPOSE_PROFILES=debug, more\n',
    'compose.yaml': 'services: { a: { image: a, profiles: [debug] }, b: { image: b, profiles: [test, load] } }\n',
  })
  const found = findCompose([{ path: 'compose.yaml', full: join(folder, 'compose.yaml') }], folder, 'shop')
  expect(found?.converted?.services.map(({ name }) => name)).toEqual(['a'])
  expect(found?.converted?.notes).toEqual([
    'b of ./compose.yaml is left out: it belongs to the profile test, load, which is not on.',
  ])
})
