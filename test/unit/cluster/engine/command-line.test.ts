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

const list = 'docker ps --all --quiet --no-trunc --filter label=x=y'
const node = {
  Name: '/demo-worker',
  State: { Running: true },
  Config: { Labels: { 'io.x-k8s.kind.role': 'worker' } },
  NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }], '443/tcp': null } },
}

describe('containers', () => {
  it('reads name, labels, state and bound ports', async () => {
    const { engine } = engineOf('docker', {
      [list]: { stdout: 'aa\n' },
      'docker container inspect aa': { stdout: JSON.stringify([node]) },
    })
    expect(await engine.containers('x=y')).toEqual([
      {
        name: 'demo-worker',
        labels: { 'io.x-k8s.kind.role': 'worker' },
        running: true,
        ports: [{ address: '127.0.0.1', hostPort: 8080, containerPort: 80, protocol: 'tcp' }],
      },
    ])
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
      [list]: { stdout: 'aa\n' },
      'docker container inspect aa': { stdout: JSON.stringify([stopped]) },
    })
    const [container] = await engine.containers('x=y')
    expect(container?.running).toBe(false)
    expect(container?.ports).toEqual([{ address: '127.0.0.1', hostPort: 5353, containerPort: 53, protocol: 'udp' }])
  })

  it('takes a paused one for one that does not run, and lets it go on', async () => {
    const paused = { ...node, State: { Running: true, Paused: true, Status: 'paused' } }
    const { engine, asked } = engineOf('docker', {
      [list]: { stdout: 'aa\n' },
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
      [list]: { stdout: 'aa\nbb\n' },
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
      [list]: { stdout: 'aa\n' },
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
  })
})

describe('exec', () => {
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
