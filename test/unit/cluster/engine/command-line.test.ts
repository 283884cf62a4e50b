import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { makeEngine } from '../../../../cluster/engine/command-line.ts'
import { dialects } from '../../../../cluster/engine/dialects.ts'
import { CommandError } from '../../../../core/run.ts'
import { standInRun, type Answer } from '../../../support/stand-in-run.ts'

const engineOf = (name: string, answers: Readonly<Record<string, Answer | readonly Answer[]>>) => {
  const { run, asked } = standInRun(answers)
  return {
    engine: makeEngine(
      dialects.find((dialect) => dialect.name === name)!,
      run,
      {},
    ),
    asked,
  }
}

const list = 'docker ps --all --no-trunc --format {{.ID}}\t{{.Labels}}'
const own = { 'io.x-k8s.kind.role': 'worker', x: 'y' }
const node = {
  Name: '/demo-worker',
  State: { Running: true },
  Config: { Labels: own },
  NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }], '443/tcp': null } },
}

describe('containers', () => {
  it('reads name, labels, state and bound ports', async () => {
    const { engine } = engineOf('docker', {
      [list]: { stdout: 'aa\tio.x-k8s.kind.role=worker,x=y\n' },
      'docker container inspect aa': { stdout: JSON.stringify([node]) },
    })
    expect(await engine.containers('x=y')).toEqual([
      {
        name: 'demo-worker',
        labels: own,
        running: true,
        ports: [{ address: '127.0.0.1', hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
      },
    ])
  })

  it('lists them once for all who ask at the same time, whatever looks like a label', async () => {
    const { engine, asked } = engineOf('docker', {
      [list]: { stdout: 'aa\tx=y\nbb\tx=yes\ncc\tnote=a,x=y\ndd\tx\n' },
      'docker container inspect aa cc': {
        stdout: JSON.stringify([node, { ...node, Name: '/other', Config: { Labels: { note: 'a,x=y' } } }]),
      },
      'docker container inspect aa bb cc': { stdout: JSON.stringify([node]) },
    })
    const [same, any] = await Promise.all([engine.containers('x=y'), engine.containers('x')])
    expect(same.map(({ name }) => name)).toEqual(['demo-worker'])
    expect(any).toHaveLength(1)
    const listings = () => asked.filter(({ command }) => command === list)
    expect(listings()).toHaveLength(1)
    // Another one may be there by now.
    await setImmediate()
    await engine.containers('x=y')
    expect(listings()).toHaveLength(2)
  })

  it('has engines that list no labels find them', async () => {
    const { engine } = engineOf('podman', {
      'podman ps --all --quiet --no-trunc --filter label=x=y': { stdout: 'aa\n' },
      'podman container inspect aa': { stdout: JSON.stringify([node]) },
    })
    expect(await engine.containers('x=y')).toHaveLength(1)
  })

  it('asks nothing more when there are none', async () => {
    const { engine, asked } = engineOf('docker', { [list]: { stdout: '' } })
    expect(await engine.containers('x=y')).toEqual([])
    expect(asked).toHaveLength(1)
  })

  it('knows the ports of a stopped one', async () => {
    const stopped = {
      ...node,
      State: { Running: false },
      NetworkSettings: { Ports: {} },
      HostConfig: { PortBindings: { '53/udp': [{ HostIp: '', HostPort: '5353' }] } },
    }
    const { engine } = engineOf('docker', {
      [list]: { stdout: 'aa\tio.x-k8s.kind.role=worker,x=y\n' },
      'docker container inspect aa': { stdout: JSON.stringify([stopped]) },
    })
    const [container] = await engine.containers('x=y')
    expect(container?.running).toBe(false)
    expect(container?.ports).toEqual([{ address: '127.0.0.1', hostPort: 5353, containerPort: 53, protocol: 'udp' }])
  })

  it('takes a paused one for one that does not run, and lets it go on', async () => {
    const paused = { ...node, State: { Running: true, Paused: true, Status: 'paused' } }
    const { engine, asked } = engineOf('docker', {
      [list]: { stdout: 'aa\tio.x-k8s.kind.role=worker,x=y\n' },
      'docker container inspect aa': { stdout: JSON.stringify([paused]) },
      'docker start demo-worker': {
        code: 1,
        stderr: 'Error response from daemon: cannot start a paused container, try unpause instead\n',
      },
      'docker unpause demo-worker': {},
      'docker start other': { code: 1, stderr: 'Error response from daemon: port is already allocated\n' },
    })
    expect(await engine.containers('x=y')).toMatchObject([{ running: false, paused: true }])
    await engine.startContainers(['demo-worker'])
    expect(asked.at(-1)?.command).toBe('docker unpause demo-worker')
    await expect(engine.startContainers(['other'])).rejects.toThrow(/already allocated/)
  })

  it('leaves out one that went between the two looks', async () => {
    const { engine } = engineOf('docker', {
      [list]: { stdout: 'aa\tx=y\nbb\tx=y,z=\n' },
      'docker container inspect aa bb': {
        code: 1,
        stdout: JSON.stringify([node]),
        stderr: 'Error response from daemon: No such container: bb\n',
      },
    })
    expect(await engine.containers('x=y')).toHaveLength(1)
  })

  it('does not take a daemon that went away for none', async () => {
    const { engine } = engineOf('docker', {
      [list]: { stdout: 'aa\tio.x-k8s.kind.role=worker,x=y\n' },
      'docker container inspect aa': { code: 1, stdout: '[]', stderr: 'Cannot connect to the Docker daemon\n' },
    })
    await expect(engine.containers('x=y')).rejects.toThrow(CommandError)
  })

  it('removes them with their volumes; one that is gone is no error, anything else is', async () => {
    const gone = { code: 1, stderr: 'Error response from daemon: No such container: a\n' }
    const { engine } = engineOf('docker', {
      'docker rm --force --volumes a': gone,
      'docker rm --force --volumes b': {
        code: 1,
        stderr: `${gone.stderr}Error response from daemon: device is busy\n`,
      },
    })
    await engine.removeContainers(['a'])
    await engine.removeContainers([])
    await expect(engine.removeContainers(['b'])).rejects.toThrow(/device is busy/)
  })

  it('says what helps where one cannot be killed: to try again would not', async () => {
    const said =
      'Error response from daemon: cannot remove container "a": could not kill container: tried to kill container, but did not receive an exit event'
    const { engine } = engineOf('docker', { 'docker rm --force --volumes a': { code: 1, stderr: `${said}\n` } })
    await expect(engine.removeContainers(['a'])).rejects.toMatchObject({
      code: 'container-not-killed',
      message: expect.stringContaining('could not kill container') as unknown,
      hints: [expect.stringContaining('Restart the machine')],
    })
  })
})

describe('volumes', () => {
  it('has none of that name where the engine says so', async () => {
    const { engine } = engineOf('docker', {
      'docker volume inspect v': {
        code: 1,
        stdout: '[]',
        stderr: 'Error response from daemon: get v: no such volume\n',
      },
    })
    expect(await engine.volume('v')).toBeUndefined()
  })

  it('makes one with labels', async () => {
    const { engine } = engineOf('docker', {
      'docker volume create --label a=1 --label b= v': { stdout: 'v\n' },
      'docker volume inspect v': { stdout: '[{"Name":"v","Labels":{"a":"1","b":""}}]' },
    })
    await expect(engine.createVolume('v', { a: '1', b: '' })).resolves.toBeUndefined()
  })

  it('fails where one with other labels was there already, which docker hides', async () => {
    const { engine } = engineOf('docker', {
      'docker volume create --label a=1 v': { stdout: 'v\n' },
      'docker volume inspect v': { stdout: '[{"Name":"v","Labels":{"a":"2"}}]' },
    })
    await expect(engine.createVolume('v', { a: '1' })).rejects.toMatchObject({ code: 'volume-taken' })
  })
})

describe('images', () => {
  it('reads what podman writes, and asks it with the full name', async () => {
    const { engine } = engineOf('podman', {
      'podman image inspect docker.io/library/web:1': {
        stdout: '[{"Id":"abc","Labels":{"l":"1"},"Architecture":"arm64","RepoDigests":null}]',
      },
    })
    expect(await engine.image('web:1')).toEqual({
      id: 'sha256:abc',
      labels: { l: '1' },
      architecture: 'arm64',
      repoDigests: [],
    })
    expect(engine.saveCommand(['web:1'])).toEqual([
      'podman',
      'save',
      '--format',
      'docker-archive',
      '--multi-image-archive',
      'docker.io/library/web:1',
    ])
  })

  it('has no image where the engine says so', async () => {
    const { engine } = engineOf('docker', {
      'docker image inspect web': {
        code: 1,
        stdout: '[]',
        stderr: 'Error response from daemon: No such image: web:latest\n',
      },
    })
    expect(await engine.image('web')).toBeUndefined()
  })

  it('finds an image that came from an archive by the digest that it is asked for', async () => {
    const hex = 'a'.repeat(64)
    const gone = { code: 1, stdout: '[]', stderr: 'Error response from daemon: No such image: x\n' }
    const { engine } = engineOf('docker', {
      [`docker image inspect kindest/node:v1@sha256:${hex}`]: gone,
      [`docker image inspect kindest/node:v1-sha256-${hex}`]: { stdout: '[{"Id":"sha256:abc"}]' },
    })
    expect(await engine.image(`kindest/node:v1@sha256:${hex}`)).toMatchObject({
      id: 'sha256:abc',
      standIn: `kindest/node:v1-sha256-${hex}`,
    })
  })

  it('keeps the values of build arguments out of the arguments of the process', async () => {
    const command =
      'docker build --file /w/Dockerfile --tag web:1 --label l=1 --build-arg TOKEN --build-arg PATH=/bin --target run --platform linux/arm64 /w'
    const { engine, asked } = engineOf('docker', { [command]: {} })
    await engine.build({
      context: '/w',
      file: '/w/Dockerfile',
      tag: 'web:1',
      labels: { l: '1' },
      args: { TOKEN: 'secret', PATH: '/bin' },
      target: 'run',
      platform: 'linux/arm64',
    })
    expect(asked[0]?.options.env).toMatchObject({ TOKEN: 'secret' })
    expect(asked[0]?.options.env).not.toHaveProperty('PATH')
    // Nothing else can carry it: it is hidden in what is shown.
    expect(asked[0]?.options.secrets).toEqual(['PATH=/bin'])
  })

  it('keeps those out too whose names only look like the program’s own', async () => {
    const args = { DOCKER_TOKEN: 'a1', BUILD_PASSWORD: 'b2', CONTAINER_REGISTRY_KEY: 'c3', BUILDKIT_INLINE_CACHE: '1' }
    const named = Object.keys(args).map((name) => `--build-arg ${name}`)
    const { engine, asked } = engineOf('docker', {
      [`docker build --file /w/Dockerfile --tag web:1 ${named.join(' ')} /w`]: {},
    })
    await engine.build({ context: '/w', file: '/w/Dockerfile', tag: 'web:1', labels: {}, args })
    expect(asked[0]?.options.env).toMatchObject(args)
  })
})

describe('secrets of a build', () => {
  const secrets = [
    { id: 'npmrc', file: '/home/me/.npmrc' },
    { id: 'odd', file: '/a,"b' },
    { id: 'token', env: 'NPM_TOKEN' },
  ]
  const request = { context: '/w', file: '/w/Dockerfile', tag: 'web:1', labels: {}, args: {}, secrets, ssh: true }
  const command =
    'docker build --file /w/Dockerfile --tag web:1 --secret id=npmrc,src=/home/me/.npmrc --secret id=odd,"src=/a,""b" --secret id=token,env=NPM_TOKEN --ssh default /w'

  it.each([
    ['23 and newer', { Version: '28.5.1', Plugins: [{ Name: 'buildx' }] }, undefined],
    ['an older one, which is told to use BuildKit', { Version: '20.10.24' }, '1'],
  ])('are named and not held by the arguments: docker %s', async (_what, ClientInfo, buildKit) => {
    const { engine, asked } = engineOf('docker', {
      'docker info --format {{json .}}': { stdout: JSON.stringify({ ServerVersion: '28.5.1', ClientInfo }) },
      [command]: {},
    })
    await engine.build(request, { secrets: ['hunter22'] })
    expect(asked.at(-1)?.options.secrets).toContain('hunter22')
    expect(asked.at(-1)?.options.env?.['DOCKER_BUILDKIT']).toBe(buildKit)
  })
})

describe('bases of a build', () => {
  const request = {
    context: '/w',
    file: '/w/Dockerfile',
    tag: 'web:1',
    labels: {},
    args: {},
    bases: { python: 'base:1' },
  }
  const clientInfo = { Version: '28.5.1', Plugins: [{ Name: 'buildx' }] }
  const infoOf = (more: object) => ({
    stdout: JSON.stringify({ ServerVersion: '28.5.1', ClientInfo: clientInfo, ...more }),
  })
  const missing = { code: 1, stdout: '[]', stderr: 'Error response from daemon: No such image: python:latest\n' }

  it('are build contexts where the builder knows such: no name of the user’s engine changes', async () => {
    const { engine, asked } = engineOf('docker', {
      'docker info --format {{json .}}': infoOf({}),
      'docker build --file /w/Dockerfile --tag web:1 --build-context python=docker-image://base:1 /w': {},
    })
    await engine.build(request)
    expect(asked).toHaveLength(2)
  })

  it.each([
    ['meant nothing before', missing, 'docker rmi --force python'],
    ['meant another image before', { stdout: JSON.stringify([{ Id: 'sha256:old' }]) }, 'docker tag sha256:old python'],
  ])('are names that are lent to the older builder and given back: one that %s', async (_what, before, back) => {
    for (const built of [{}, { code: 1, stderr: 'failed' }]) {
      const { engine, asked } = engineOf('docker', {
        'docker info --format {{json .}}': infoOf({ ClientInfo: { Version: '20.10.24' } }),
        'docker image inspect python': before,
        'docker tag base:1 python': {},
        'docker build --file /w/Dockerfile --tag web:1 /w': built,
        [back]: {},
      })
      await engine.build(request).catch(() => undefined)
      expect(asked.at(-1)?.command).toBe(back)
    }
  })
})

describe('exec', () => {
  it('tells as an error what kept the program from beginning: Docker writes that to standard output', async () => {
    const told = 'OCI runtime exec failed: write /run/.pid: no space left on device: unknown\n'
    const { engine } = engineOf('docker', {
      'docker exec n cat': { code: 128, stdout: told },
      'docker exec n own': { code: 3, stdout: 'its own words\n' },
    })
    await expect(engine.exec('n', ['cat'])).rejects.toMatchObject({ exitStatus: 128, stdout: '', stderr: told })
    await expect(engine.exec('n', ['own'])).rejects.toMatchObject({ stdout: 'its own words\n', stderr: '' })
  })

  it('connects standard input only when there is something to write', async () => {
    const { engine, asked } = engineOf('docker', {
      'docker exec n cat': { stdout: 'a' },
      'docker exec --interactive n cat': { stdout: 'b' },
    })
    expect((await engine.exec('n', ['cat'])).stdout).toBe('a')
    expect((await engine.exec('n', ['cat'], { input: 'text' })).stdout).toBe('b')
    expect(asked[1]?.options.input).toBe('text')
    expect(engine.execCommand('n', ['cat'])).toEqual(['docker', 'exec', '--interactive', 'n', 'cat'])
  })
})
