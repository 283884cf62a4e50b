import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { LoadOptions } from '../../../config/load.ts'
import { loadConfig } from '../../../config/load.ts'
import { showPort } from '../../../config/parse/port.ts'
import { ConfigError } from '../../../core/errors.ts'

let folder: string

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'kindup-config-')))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const write = async (name: string, text: string | Uint8Array): Promise<string> => {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return path
}

const load = (options: Partial<LoadOptions> = {}) => loadConfig({ cwd: folder, env: {}, ...options })

const refused = async (options: Partial<LoadOptions> = {}): Promise<ConfigError> => {
  const thrown = await load(options).then(
    () => new Error('it was accepted'),
    (error: unknown) => error,
  )
  if (!(thrown instanceof ConfigError)) throw thrown as Error
  return thrown
}

const messages = async (options: Partial<LoadOptions> = {}): Promise<readonly string[]> =>
  (await refused(options)).problems.map(({ message, hint }) => (hint === undefined ? message : `${message} ${hint}`))

describe('which file', () => {
  test('the nearest kindup.yaml upwards', async () => {
    await write('kindup.yaml', 'name: outer')
    await write('a/kindup.yaml', 'name: inner')
    await mkdir(join(folder, 'a/b/c'), { recursive: true })
    const { config } = await load({ cwd: join(folder, 'a/b/c') })
    expect(config).toMatchObject({ name: 'inner', file: join(folder, 'a/kindup.yaml'), folder: join(folder, 'a') })
  })

  test('the named one, or the kindup.yaml of a named folder', async () => {
    await write('other.yaml', 'name: other')
    await write('a/kindup.yaml', 'name: inner')
    expect((await load({ file: 'other.yaml' })).config.name).toBe('other')
    expect((await load({ file: './a' })).config.name).toBe('inner')
  })

  test('none is said, with the file that has nearly the right name', async () => {
    const yml = await write('kindup.yml', 'name: x')
    const error = await refused()
    expect(error).toMatchObject({ exitCode: 2, code: 'config-missing' })
    expect(error.hints[0]).toContain(yml)
  })

  test.each(['missing.yaml', './empty', 'github.com/org/repo//path@ref'])('--config %s is refused', async (file) => {
    await mkdir(join(folder, 'empty'))
    const error = await refused({ file })
    expect(error.exitCode).toBe(2)
    expect(error.message).toContain(file)
  })
})

describe('bytes', () => {
  test('a byte order mark and Windows line ends change no place', async () => {
    await write('kindup.yaml', '\uFEFFname: x\r\nclustr: {}\r\n')
    expect((await refused()).problems).toMatchObject([{ at: { line: 2, column: 1 }, hint: 'Did you mean cluster?' }])
    await write('kindup.yaml', '\uFEFFnmae: x\r\n')
    expect((await refused()).problems).toContainEqual(
      expect.objectContaining({
        message: 'The file has no key "nmae".',
        at: expect.objectContaining({ line: 1, column: 1 }),
      }),
    )
  })

  test('another encoding is said with its place', async () => {
    await write('kindup.yaml', Buffer.from('\uFEFFname: x', 'utf16le'))
    expect((await refused()).problems).toMatchObject([{ at: { line: 1, column: 1 }, hint: 'Save it as UTF-8.' }])
    await write('kindup.yaml', Buffer.from('name: x\n# caf\u00e9\n', 'latin1'))
    expect((await refused()).problems).toMatchObject([{ at: { line: 2, column: 6 }, hint: 'Save it as UTF-8.' }])
  })

  test('aliases of aliases do not fill the memory', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `x-${level}: &l${level} [${Array(10)
          .fill(level === 0 ? 'x' : `*l${level - 1}`)
          .join(', ')}]`,
    )
    await write('kindup.yaml', `${levels.join('\n')}\nname: x\ncrds: *l11\n`)
    expect(await messages()).toEqual(['The file is too large, or its aliases multiply.'])
  })

  test('a key that reaches for the prototype is a problem and nothing else', async () => {
    await write('kindup.yaml', 'name: x\nservices:\n  __proto__: { deploy: {} }\n')
    expect((await refused()).problems).toMatchObject([{ at: { line: 3, column: 3 } }])
    expect(({} as Record<string, unknown>)['deploy']).toBeUndefined()
  })
})

describe('--set', () => {
  const file = 'name: x\ncluster: { kubernetes: "1.36", nodes: [{ role: control-plane }] }\naddons: { flux: true }\n'

  test('changes what the file says, with the type that is wanted', async () => {
    await write('kindup.yaml', file)
    const { config } = await load({
      set: [
        'cluster.kubernetes=1.30',
        'cluster.nodes[0].ports=[8080:80, 8443:443]',
        'cluster.nodes[0].labels.example\\.org/a=b=c'.replace('=c', ''),
        'cluster.nodes.1={"role":"worker"}',
        'addons.flux=false',
        'addons.argocd.set.a\\.b=x=y',
        'addons.argocd.host=argocd.test',
        'addons.metrics-server=true',
      ],
    })
    expect(config.cluster.kubernetes).toBe('1.30')
    expect(config.cluster.nodes).toMatchObject([
      { labels: { 'example.org/a': 'b' }, ports: [{ hostPort: 8080 }, { hostPort: 8443 }] },
      { role: 'worker' },
    ])
    expect(config.addons).toMatchObject([
      { name: 'argocd', host: 'argocd.test', set: { 'a.b': 'x=y' } },
      { name: 'metrics-server' },
    ])
  })

  test('is named when it is what is wrong, without the value', async () => {
    await write('kindup.yaml', file)
    const error = await refused({
      set: ['cluster.engine=hunter2', 'nope', 'name.x=1', 'cluster.nodes[5].role=worker', '.x=1', 'foo=hunter2'],
    })
    expect(error.problems.map(({ message, at }) => `${at?.file}: ${message}`).toSorted()).toEqual([
      '--set .x: --set .x: this is not path=value.',
      '--set cluster.engine: cluster.engine is the text "hunter2"; it may be auto, docker, podman or nerdctl.',
      '--set cluster.nodes[5].role: --set cluster.nodes[5].role: 5 is no position in a list of 1.',
      '--set foo: The file has no key "foo".',
      '--set name.x: --set name.x: name is no map.',
      '--set nope: --set nope: this is not path=value.',
    ])
  })

  test('wins over a variable that is missing', async () => {
    await write('kindup.yaml', 'name: "${NOT_SET}"\n')
    expect((await load({ set: ['name=given'] })).config.name).toBe('given')
    expect((await load({ name: 'given' })).config.name).toBe('given')
  })
})

describe('--name and --image', () => {
  const file =
    'name: x\nimages: { ui: { ref: "example/ui:1" } }\nservices:\n  web: { image: { build: ., name: example/web, tag: git }, deploy: { manifests: [.] } }\n  db: { deploy: { manifests: [.] } }\n'

  beforeEach(async () => {
    await write('Dockerfile', '')
    await write('kindup.yaml', file)
  })

  test('stand in for what the file says', async () => {
    const digest = `sha256:${'0a'.repeat(32)}`
    const { config } = await load({ name: 'other', images: [`ui=example/ui:2@${digest}`, 'web=example/web:3'] })
    expect(config.name).toBe('other')
    expect(config.images).toEqual([
      { key: 'ui', name: 'ui', ref: `example/ui:2@${digest}`, tag: 'hash' },
      { key: 'web', name: 'example/web', ref: 'example/web:3', tag: 'git' },
    ])
  })

  test('names that nothing has are problems with what was meant', async () => {
    expect(await messages({ name: 'No_Name', images: ['wbe=x', 'db=x', '=x', 'x'] })).toEqual([
      'name is the text "No_Name": write lower-case letters, digits and dashes, with a letter or digit at both ends. For example: name: offerfit',
      '--image wbe=x: no image or service with an image is called "wbe". Did you mean web?',
      '--image db=x: no image or service with an image is called "db". For example: --image ui=example/web:1.2.3. There is ui, web.',
      '--image =x: this is not NAME=ref. For example: --image ui=example/web:1.2.3. There is ui, web.',
      '--image x: this is not NAME=ref. For example: --image ui=example/web:1.2.3. There is ui, web.',
    ])
  })
})

describe('afterwards', () => {
  test('places are of the key itself, of its short form, or of the nearest thing around it', async () => {
    await write('Dockerfile', '')
    await write(
      'kindup.yaml',
      'name: x\ncluster:\n  workers: 1\nimages:\n  base: { build: . }\nservices:\n  web:\n    image: { build: . }\n    deploy: { manifests: [., .] }\n',
    )
    const { config } = await load()
    const at = (...path: (string | number)[]): string => {
      const { file, line, column } = config.at(path)
      expect(file).toBe(join(folder, 'kindup.yaml'))
      return `${line}:${column}`
    }
    expect(at('services', 'web')).toBe('7:3')
    expect(at('services', 'web', 'deploy', 'manifests', 1)).toBe('9:30')
    expect(at('services', 'web', 'deploy', 'helm', 'chart')).toBe('9:5')
    expect(at('images', 'base', 'tag')).toBe('5:3')
    expect(at('images', 'web')).toBe('8:5')
    expect(at('cluster', 'nodes', 1)).toBe('3:3')
    expect(at('hosts', 'mode')).toBe('1:1')
  })

  test('what may be meant is warned of', async () => {
    await write(
      'kindup.yaml',
      'name: x\ncluster: { nodes: [{ role: control-plane, mounts: ["./nowhere:/x"] }] }\nservices:\n  web:\n    deploy: { manifests: [.] }\n    smoke: [{ path: "/{enviroment}/{id}" }, { service: "web-{nmae}" }]\n',
    )
    expect((await load()).warnings).toMatchObject([
      { severity: 'warning', at: { line: 2 }, message: expect.stringContaining('./nowhere does not exist') },
      { severity: 'warning', at: { line: 6, column: 21 }, hint: 'Did you mean {env}?' },
      {
        severity: 'warning',
        at: { line: 6 },
        message: expect.stringContaining('smoke[1].service'),
        hint: 'Did you mean {name}?',
      },
    ])
  })
})

describe('imagePaths', () => {
  test('are taken apart, and what is no path is refused with its line', async () => {
    await write(
      'kindup.yaml',
      'name: a\nimagePaths:\n  - { kind: Connect, path: .spec.image }\n  - { kind: "*.example.io", path: "spec.a[].b" }\n',
    )
    expect((await load()).config.imagePaths).toEqual([
      { kind: 'Connect', path: ['spec', 'image'] },
      { kind: '*.example.io', path: ['spec', 'a', '[]', 'b'] },
    ])
    await write('kindup.yaml', 'name: a\nimagePaths:\n  - { kind: Connect, path: "spec..image" }\n')
    const { problems } = await refused()
    expect(problems).toMatchObject([
      {
        message: 'imagePaths[0].path is "spec..image", which is no path into an object.',
        hint: expect.stringContaining('spec.sidecars[].image'),
        at: { line: 3 },
      },
    ])
  })
})

describe('ports', () => {
  test('a range clashes as its ports do, and is named as it is written', async () => {
    await write(
      'kindup.yaml',
      'name: a\ncluster:\n  nodes:\n    - role: control-plane\n      ports: ["3000-3005:3000-3005"]\n    - role: worker\n      ports:\n        - 4000-4001:30000-30001\n        - 3004-3006:1-3\n',
    )
    expect((await refused()).problems).toMatchObject([
      {
        message:
          'cluster.nodes[1].ports[1] is "3004-3006:1-3": host port 3004 is taken by cluster.nodes[0].ports[0] in line 5.',
        at: { line: 9 },
      },
    ])
  })

  test('a range of two lengths is refused at its line', async () => {
    await write(
      'kindup.yaml',
      'name: a\ncluster:\n  nodes:\n    - role: control-plane\n      ports:\n        - 1-3:1-2\n',
    )
    expect((await refused()).problems).toMatchObject([
      { message: expect.stringMatching(/^cluster\.nodes\[0\]\.ports\[0\] is "1-3:1-2": 3 ports/), at: { line: 6 } },
    ])
  })

  const mappedBy = async (text: string) => {
    await write('k8s/a.yaml', '')
    await write('kindup.yaml', `name: a\n${text}`)
    return (await load()).config.cluster.nodes.map(({ ports }) => ports.map(showPort))
  }
  const web = (...ports: readonly number[]) =>
    `services: { web: { deploy: { manifests: [./k8s] }, expose: [${ports.map((hostPort) => `{ service: web, port: 80, hostPort: ${hostPort} }`).join(', ')}] } }\n`

  test('a host port under expose is mapped on the control plane where no node maps it', async () => {
    expect(await mappedBy(`cluster: { workers: 1 }\n${web(8000, 8070)}`)).toEqual([['8000:30030', '8070:30031'], []])
    expect(await mappedBy(web(8070))).toEqual([['8070:30030']])
    expect(await mappedBy(web(0))).toEqual([['0:30010']])
  })

  test('what is mapped already, by a node or by raw keys, is not mapped again', async () => {
    const nodes = 'cluster: { nodes: [{ role: control-plane }, { role: worker, ports: ["8000:30432"] }] }\n'
    expect(await mappedBy(`${nodes}${web(8000)}`)).toEqual([[], ['8000:30432']])
    const raw = 'cluster: { kind: { nodes: [{ extraPortMappings: [{ hostPort: 8000, containerPort: 30001 }] }] } }\n'
    expect(await mappedBy(`${raw}${web(8000)}`)).toEqual([[]])
  })
})

describe('a file named twice', () => {
  test('is said once, at its second place', async () => {
    for (const name of ['k8s/a.yaml', 'values.yaml', 'dev.yaml', 'crds/c.yaml', 'chart/Chart.yaml'])
      await write(name, 'a: 1\n')
    await symlink(join(folder, 'k8s/a.yaml'), join(folder, 'link.yaml'))
    await write(
      'kindup.yaml',
      `name: a
crds: [./crds, ./crds/]
environments: { dev: {}, test: {} }
services:
  web:
    deploy:
      manifests:
        - ./k8s/a.yaml
        - ./k8s/../k8s/a.yaml
        - ./link.yaml
        - https://example.com/a.yaml
        - https://example.com/a.yaml
  app:
    environments: [dev]
    deploy: { helm: { chart: ./chart, values: [./values.yaml, "./{env}.yaml", ./dev.yaml] } }
`,
    )
    const { warnings } = await load()
    expect(warnings.map(({ message, at }) => `${at?.line} ${message}`)).toEqual([
      '2 crds[1]: ./crds is named already in line 2, and is taken once.',
      '9 services.web.deploy.manifests[1]: ./k8s/../k8s/a.yaml is named already in line 8, and is taken once.',
      '10 services.web.deploy.manifests[2]: ./link.yaml is named already in line 8, and is taken once.',
      '12 services.web.deploy.manifests[4]: https://example.com/a.yaml is named already in line 11, and is taken once.',
      '15 services.app.deploy.helm.values[2]: ./dev.yaml is named already in line 15, and is taken once.',
    ])
  })
})

describe('--image', () => {
  const file = 'name: x\nimages: { ui: { ref: "example/ui:1" } }\n'
  test.each([
    ['ui=', 'it names no image'],
    ['ui=example/UI:1', 'a repository is written in lower case'],
    ['ui=UI', 'a repository is written in lower case'],
    ['ui=example/ui:1:2', 'it has two tags'],
    ['ui=example/ui: 1', 'it has a space in it'],
    ['ui=example/ui:', 'its tag is empty'],
    ['ui=:1', 'it has no repository'],
    ['ui=example//ui', 'two slashes follow each other, or one stands at an end'],
    ['ui=https://example.com/ui', 'a reference begins with the registry, without https://'],
    ['ui=example/ui@sha256:abc', '"sha256:abc" is no digest: that is sha256: and 64 hexadecimal digits'],
  ])('%s is refused', async (flag, why) => {
    await write('kindup.yaml', file)
    expect(await messages({ images: [flag] })).toEqual([
      `--image ${flag}: ${why}. For example: --image ui=example/ui:1.2.3`,
    ])
  })
  test.each(['ui', 'a/b', 'localhost:5001/ui', 'Reg.Example:5000/a_b/c--d__e:V1.2-x', `ui@sha256:${'0a'.repeat(32)}`])(
    'ui=%s is taken',
    async (ref) => {
      await write('kindup.yaml', file)
      expect((await load({ images: [`ui=${ref}`] })).config.images).toMatchObject([{ ref }])
    },
  )
})

describe('the Dockerfile that build.file names', () => {
  const file = 'name: x\nimages: { web: { build: { context: ./web, file: docker/prod.Dockerfile } } }\n'
  const built = async () => {
    await write('kindup.yaml', file)
    const { config, warnings } = await load()
    return { file: config.images[0]?.build?.file, warnings: warnings.map(({ message }) => message) }
  }

  test('is the one beside kindup.yaml', async () => {
    await mkdir(join(folder, 'web'))
    const beside = await write('docker/prod.Dockerfile', 'FROM scratch\n')
    expect(await built()).toEqual({ file: beside, warnings: [] })
  })

  test('is the one in the context, where that alone is there', async () => {
    const inContext = await write('web/docker/prod.Dockerfile', 'FROM scratch\n')
    expect(await built()).toEqual({ file: inContext, warnings: [] })
  })

  test('is said where both are there and differ', async () => {
    const beside = await write('docker/prod.Dockerfile', 'FROM scratch\n')
    await write('web/docker/prod.Dockerfile', 'FROM alpine\n')
    expect(await built()).toEqual({
      file: beside,
      warnings: [
        'images.web.build: ./docker/prod.Dockerfile is taken, and ./web/docker/prod.Dockerfile is another file of that name.',
      ],
    })
  })

  test('is not worth a word where both say the same', async () => {
    const beside = await write('docker/prod.Dockerfile', 'FROM scratch\n')
    await write('web/docker/prod.Dockerfile', 'FROM scratch\n')
    expect(await built()).toEqual({ file: beside, warnings: [] })
  })

  test('is missed with both places', async () => {
    await mkdir(join(folder, 'web'))
    await write('kindup.yaml', file)
    expect(await messages()).toEqual([
      expect.stringMatching(
        /no Dockerfile \.\/docker\/prod\.Dockerfile, and no \.\/web\/docker\/prod\.Dockerfile in the context/,
      ),
    ])
  })
})

describe('tls', () => {
  const portsOf = async (text: string) => {
    await write('kindup.yaml', text)
    const { config } = await load()
    return { tls: config.tls, ports: config.cluster.nodes.map(({ ports }) => ports.map(showPort)) }
  }
  const withPorts = (ports: string) =>
    `name: x\naddons: { ingress-nginx: true }\ntls: true\ncluster: { nodes: [{ role: control-plane }, { role: worker, ports: [${ports}] }] }`

  test('is for the hosts that are found, and takes domains', async () => {
    expect(await portsOf('name: x\naddons: { ingress-nginx: true }\ntls: false')).toMatchObject({ tls: undefined })
    expect(await portsOf('name: x\naddons: { ingress-nginx: true }\ntls: { domains: [a.test] }')).toEqual({
      tls: { domains: ['a.test'], pods: false },
      ports: [['80:80', '443:443']],
    })
  })

  test.each([
    ['"80:80"', ['80:80', '443:443']],
    ['"8080:80"', ['8080:80', '8443:443']],
    ['"0:80"', ['0:80', '0:443']],
    ['"0.0.0.0:80:80"', ['0.0.0.0:80:80', '0.0.0.0:443:443']],
    ['"80:80", "444:443"', ['80:80', '444:443']],
  ])('brings a port beside that of HTTP: %s', async (ports, expected) => {
    expect((await portsOf(withPorts(ports))).ports).toEqual([[], expected])
  })

  test('says what it lacks, and what is in its way', async () => {
    await write('kindup.yaml', 'name: x\ntls: { domains: ["a b", ok.test] }')
    expect(await messages()).toEqual([
      'tls wants an ingress controller that serves the certificate, and the file has none. Add under addons: traefik: true',
      expect.stringContaining('tls.domains has "a b", which is no domain.') as string,
    ])
    await write('kindup.yaml', withPorts('"80:80", "443:30443"'))
    expect(await messages()).toEqual([
      expect.stringContaining('the file uses host port 443 for something else') as string,
    ])
  })
})

test('an add-on of the file with a chart of its own brings no controller, though it is called gateway', async () => {
  const own = 'gateway: { chart: gateway, repo: https://charts.example.com, version: 1.0.0 }'
  for (const others of ['', 'ingress-nginx: true']) {
    await write('kindup.yaml', `name: shop\naddons:\n  ${own}\n  ${others}\n`)
    const { config } = await load()
    expect(config.addons.map(({ name }) => name)).not.toContain('traefik')
  }
  await write('kindup.yaml', 'name: shop\naddons: { gateway: { version: 1.5.0 } }\n')
  expect((await load()).config.addons.map(({ name }) => name)).toEqual(['gateway', 'traefik'])
})

test('patches of a target need no kind and no name of their own', async () => {
  await write('k8s/web.yaml', 'kind: Pod\n')
  await write(
    'kindup.yaml',
    `name: a
services:
  web:
    deploy:
      manifests: [./k8s]
      patches:
        - { target: { kind: Pod }, patch: { spec: { a: 1 } } }
        - { target: { name: w.* }, patch: "metadata: { labels: { b: c } }" }
        - { target: { kind: Pod }, patch: "[{ op: remove, path: /a }]" }
        - { patch: "{ kind: Pod, metadata: { name: web }, spec: {} }" }
`,
  )
  const { config } = await load()
  expect(config.services[0]?.deploy.patches.map(({ patch }) => parse(patch) as unknown)).toEqual([
    { spec: { a: 1 } },
    { metadata: { labels: { b: 'c' } } },
    [{ op: 'remove', path: '/a' }],
    { kind: 'Pod', metadata: { name: 'web' }, spec: {} },
  ])
})
