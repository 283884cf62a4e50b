import { describe, expect, it } from 'vitest'
import { shop, type Shop } from './shop.ts'

/** A podman that says this of itself; with an ownership marker it holds the cluster `shop`. */
const withPodman = (at: Shop, info: object, marker?: object): Promise<void> => {
  const volume = JSON.stringify([{ Name: 'kindup-shop', Labels: marker }])
  return at.write(
    'bin/podman',
    `#!/bin/sh
case "$1 $2" in
  info*) echo '${JSON.stringify(info)}' ;;
  "volume inspect") ${marker ? `echo '${volume}'` : "echo 'Error: no such volume' >&2; exit 1"} ;;
  "volume ls") ${marker ? 'echo kindup-shop' : ':'} ;;
  "ps --all" | "network ls") : ;;
  "network inspect") echo 'Error: network not found' >&2; exit 125 ;;
  "image inspect") echo 'Error: no such image' >&2; exit 125 ;;
  *) echo "nobody told what podman $* does" >&2; exit 64 ;;
esac
`,
    0o755,
  )
}

const rootless = (cgroupControllers: readonly string[], cgroupVersion = 'v2') => ({
  host: { arch: 'amd64', cpus: 4, memTotal: 8e9, cgroupVersion, cgroupControllers, security: { rootless: true } },
  version: { Version: '5.6.2' },
})

const failureOf = async (at: Shop): Promise<{ code: string; message: string; hints: readonly string[] }> => {
  const { code, json } = await at.run('up', '--json')
  expect(code).toBe(1)
  return json()['error'] as Awaited<ReturnType<typeof failureOf>>
}

describe('podman without root', () => {
  it('that was not given the cgroups that kind needs is refused before anything is made', async () => {
    await using at = await shop({ programs: ['kind'] })
    await withPodman(at, rootless(['memory', 'pids']))
    const { code, message, hints } = await failureOf(at)
    expect([code, message]).toEqual([
      'rootless',
      'systemd does not give podman the cgroup controllers that kind needs: cpu.',
    ])
    expect(hints).toContain('sudo systemctl daemon-reload')
    expect(at.changes()).toEqual([])
    const doctor = await at.run('doctor', '--fix', '--json')
    expect(doctor.stderr).toContain('tee /etc/systemd/system/user@.service.d/delegate.conf')
    expect(doctor.code).toBe(1)
  })

  it('on cgroup v1 is refused too', async () => {
    await using at = await shop({ programs: ['kind'] })
    await withPodman(at, rootless([], 'v1'))
    expect((await failureOf(at)).message).toContain('rootless and on cgroup v1')
  })
})

describe('an engine that answers with an error', () => {
  it.each([
    ['Error response from daemon: 500 Internal Server Error', /500 Internal Server Error/],
    ['permission denied while trying to connect to the Docker daemon socket', /may not use its socket/],
    ['Cannot connect to the Docker daemon at tcp://build:2375', /at DOCKER_HOST=tcp:\/\/build:2375/],
  ])('«%s» is named, with a way out', async (said, cause) => {
    await using at = await shop({ env: said.includes('tcp:') ? { DOCKER_HOST: 'tcp://build:2375' } : {} })
    at.at('docker version', ({ err }) => {
      err(`${said}\n`)
      return 1
    })
    const { code, message, hints } = await failureOf(at)
    expect(code).toBe('engine-unreachable')
    expect(message).toMatch(cause)
    expect(hints.length).toBeGreaterThan(0)
  })

  it('is not shown with the login of its address, whoever says it', async () => {
    const host = 'tcp://me:hunter22@build:2375'
    for (const said of [`Cannot connect to the Docker daemon at ${host}`, `Error: ${host} is broken`]) {
      await using at = await shop({ env: { DOCKER_HOST: host } })
      at.at('docker version', ({ err }) => {
        err(`${said}\n`)
        return 1
      })
      const ran = await at.run('up', '--verbose')
      expect(ran.code).toBe(1)
      expect(ran.stderr).toContain('build:2375')
      expect(`${ran.stdout}${ran.stderr}`).not.toContain('hunter22')
    }
  })

  it('goes on to the next engine that answers', async () => {
    await using at = await shop()
    for (const asked of ['docker version', 'docker info'])
      at.at(asked, ({ err }) => {
        err('Cannot connect to the Docker daemon. Is the docker daemon running?\n')
        return 1
      })
    await withPodman(at, { ...rootless(['cpu', 'memory', 'pids']) })
    const { json } = await at.run('doctor', '--json')
    expect(json()['checks']).toContainEqual(
      expect.objectContaining({ id: 'engine', state: 'ok', evidence: expect.stringContaining('podman 5.6.2') }),
    )
    expect(json()['checks']).toContainEqual(
      expect.objectContaining({ id: 'engines', evidence: expect.stringMatching(/docker: .*daemon does not answer/) }),
    )
  })
})

describe('two engines at once', () => {
  const rootful = { ...rootless(['cpu', 'memory', 'pids']), version: { Version: '5.6.2' } }

  it('are both told, and docker is taken', async () => {
    await using at = await shop()
    await withPodman(at, rootful)
    const { json } = await at.well('doctor', '--json')
    expect(json()['checks']).toContainEqual(
      expect.objectContaining({ id: 'engines', evidence: expect.stringContaining('podman: answers too') }),
    )
    expect(json()['checks']).toContainEqual(
      expect.objectContaining({ id: 'engine', evidence: expect.stringContaining('the first of docker, podman') }),
    )
  })

  it('do not get the cluster twice: it is said that it is in the other', async () => {
    await using at = await shop()
    await withPodman(at, rootful, {
      'dev.kindup.deed': 'true',
      'dev.kindup.cluster': 'shop',
      'dev.kindup.config': at.path('kindup.yaml'),
    })
    const { code, message, hints } = await failureOf(at)
    expect([code, message]).toEqual([
      'name-taken',
      'The cluster shop is in podman, and docker is taken now: both answer.',
    ])
    expect(hints.join('\n')).toContain('KIND_EXPERIMENTAL_PROVIDER=podman kindup up')
    expect(at.changes()).toEqual([])
  })
})
