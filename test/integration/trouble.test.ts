import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bindPort, newContainer } from '../support/stand-ins/world.ts'
import { hostsBefore, kubeconfigBefore, passwords, shop, soundly, type Shop } from './shop.ts'

describe('before anything is made', () => {
  let at: Shop
  beforeEach(async () => {
    at = await shop()
  })
  afterEach(() => at[Symbol.asyncDispose]())

  it('says that the engine is stopped, and how to start it', async () => {
    at.at('docker version', ({ err }) => {
      err('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n')
      return 1
    })
    const { code, json } = await at.run('up', '--json')
    expect(code).toBe(1)
    expect(json()).toEqual({
      error: {
        code: 'engine-unreachable',
        message: expect.stringContaining('it is installed, and its daemon does not answer'),
        hints: [
          'kindup up --json --yes   # does that: start docker',
          expect.stringContaining('systemctl start docker'),
        ],
        problems: [],
      },
      steps: [],
      diagnosis: { folder: expect.any(String), causes: [expect.objectContaining({ about: ['the container engine'] })] },
    })
  })

  it('leaves a cluster alone that it did not make, until somebody says so', async () => {
    const labels = { 'io.x-k8s.kind.cluster': 'shop', 'io.x-k8s.kind.role': 'control-plane' }
    at.world.containers.set('shop-control-plane', newContainer('shop-control-plane', labels))
    const up = await at.run('up', '--json')
    expect(up.code).toBe(1)
    expect(up.json()).toMatchObject({
      error: { code: 'name-taken', message: 'There is a kind cluster shop that kindup did not make.' },
    })
    const refused = await at.run('down', '--json')
    expect(refused.code).toBe(1)
    expect(refused.json()).toMatchObject({ error: { code: 'not-ours' } })
    expect(at.changes()).toEqual([])
    expect([at.world.containers.size, at.world.volumes.size]).toEqual([1, 0])
    expect((await at.well('down', '--yes', '--json')).json().removed).toEqual(['container shop-control-plane'])
    expect(at.world.containers.size).toBe(0)
  })

  it('finds with doctor what up would find', async () => {
    const well = await at.well('doctor', '--json')
    expect(well.json()).toMatchObject({ healthy: true })
    const checks = well.json()['checks'] as { id: string; state: string }[]
    expect(checks).toContainEqual({
      id: 'engine',
      state: 'ok',
      cause: null,
      evidence: expect.stringContaining('docker 28.5.1'),
      fix: null,
    })
    at.at('docker version', ({ err }) => {
      err('permission denied while trying to connect to the Docker daemon socket\n')
      return 1
    })
    const ill = await at.run('doctor', '--json')
    expect(ill.code).toBe(1)
    expect(ill.json()).toMatchObject({ healthy: false })
    expect(ill.json()['checks']).toContainEqual(
      expect.objectContaining({ id: 'engine', state: 'failed', cause: expect.stringContaining('socket') }),
    )
  })

  it('names the program that takes a port', async () => {
    const somebody = newContainer('somebody', {})
    somebody.running = true
    at.world.containers.set('somebody', somebody)
    await bindPort(at.world, somebody, { address: '127.0.0.1', hostPort: 0, containerPort: 80, protocol: 'tcp' })
    const port = somebody.ports[0]?.hostPort ?? 0
    await at.edit('"0:80"', `"${port}:80"`)
    const { code, json } = await at.run('up', '--json')
    expect(code).toBe(1)
    expect(json()).toMatchObject({
      error: { code: 'port-taken', message: `127.0.0.1:${port} is taken by the container somebody.` },
      diagnosis: { causes: expect.arrayContaining([expect.objectContaining({ about: ['`up`'] })]) },
    })
    expect(at.changes()).toEqual([])
  })
})

describe('without kind and without a network', () => {
  it('says what is missing, and that it cannot be fetched', async () => {
    await using at = await shop({
      programs: ['docker'],
      env: { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' },
    })
    const { code, json } = await at.run('up', '--json')
    expect(code).toBe(1)
    expect(json()).toMatchObject({
      error: {
        code: 'tool-missing',
        message: expect.stringMatching(/There is no kind to work with: .* could not be fetched/),
        hints: expect.arrayContaining([expect.stringContaining('Install kind 0.24.0 or newer')]),
      },
    })
    expect(at.world.containers.size).toBe(0)
  })
})

describe('while it is made', () => {
  let at: Shop
  beforeAll(async () => {
    at = await shop({
      api: { behaviours: { web: 'image-missing' }, logs: { 'api-': 'starting\nno database at db:5432\n' } },
    })
  })
  afterAll(() => at[Symbol.asyncDispose]())

  it('turns what kind says into a sentence, and keeps nothing half made', async () => {
    let failures = 1
    at.at('kind create cluster', ({ err }) => {
      if (failures-- <= 0) return undefined
      err(
        'ERROR: failed to create cluster: command "docker run --name shop-worker" failed with error: exit status 125\n' +
          'Command Output: docker: Error response from daemon: driver failed programming external connectivity on endpoint shop-worker: Bind for 127.0.0.1:8080 failed: port is already allocated.\n',
      )
      return 1
    })
    const { code, json } = await at.run('up', '--json')
    expect(code).toBe(1)
    expect(json()).toMatchObject({
      error: {
        code: 'port-taken',
        message: expect.stringContaining('cluster/api: Port 8080 of 127.0.0.1 is taken by another container.'),
        hints: expect.arrayContaining([expect.stringContaining('cluster.onPortConflict: fallback')]),
      },
      steps: [{ id: 'hosts', result: 'created', seconds: expect.any(Number) }],
      // That there are no nodes is what came of it: kindup took them away.
      diagnosis: {
        causes: [
          { about: ['cluster/api'], cause: expect.stringContaining('Port 8080 of 127.0.0.1 is taken') as unknown },
        ],
      },
    })
    expect(at.world.containers.size).toBe(0)
  })

  it('goes on from there, and says which image cannot be pulled', async () => {
    const { code, stderr, json } = await at.run('up', '--json')
    expect(code).toBe(1)
    const { error, steps } = json() as unknown as { error: { message: string }; steps: { id: string }[] }
    expect(error.message).toMatch(/image example\/web:\w+ cannot be pulled: .*not found/)
    for (const id of ['service/web@dev', 'service/web@prod']) expect(error.message).toContain(id)
    expect(steps.map(({ id }) => id).toSorted()).toEqual(['cluster/api', 'cluster/nodes', 'hosts', 'image/web'])
    expect(stderr).toContain('- service/api@dev  api in dev (not started)')
  })

  it('shows the last lines of what crashes', async () => {
    at.api('shop').state.behave('web', 'ready')
    at.api('shop').state.behave('api', 'crashes')
    const misspelt = ['--set', 'services.web.credentials=[{"name":"web","url":"http://{enviroment}.test"}]']
    const { code, stderr } = await at.run('up', '--timeout', '10s', ...misspelt)
    expect(code).toBe(1)
    // What was noticed before is said although it did not work out.
    expect(stderr).toMatch(/^! .*nothing fills in \{enviroment\}/m)
    expect(stderr).toMatch(/✓ service\/web@dev/)
    expect(stderr).toMatch(/service\/api@dev: .*container api crashes \(exit code 1\)/)
    expect(stderr).toContain('no database at db:5432')
    expect(stderr).toContain('kindup down --name shop')
  })

  it('names the line of the Dockerfile that fails, and keeps build arguments out of sight', async () => {
    await at.write('web/Dockerfile', 'FROM scratch\nARG TOKEN\nRUN make\n')
    let environment = ''
    at.at('docker build', async (call) => {
      if (environment !== '') return undefined
      environment = await call.environment()
      call.err(
        ' > [2/2] RUN make:\n0.1 make: not found\n------\nDockerfile:3\n   3 | >>> RUN make\nERROR: exit code: 127\n',
      )
      return 1
    })
    const { code, json } = await at.run('up', '--json', '--only', 'image/web')
    expect(code).toBe(1)
    expect(json()).toMatchObject({
      error: {
        code: 'build-failed',
        message: expect.stringContaining('make: not found'),
        problems: [{ at: { file: at.path('web/Dockerfile'), line: 3 } }],
      },
    })
    expect(environment).toMatch(new RegExp(`\\bTOKEN=["']?${passwords.build}`))
    await at.write('web/Dockerfile', 'FROM scratch\n')
  })

  it('says that the API went away', async () => {
    at.api('shop').state.behave('api', 'slow')
    const running = at.begin(['up', '--json', '--timeout', '10s'])
    await running.shown('… service/api@dev')
    await at.api('shop').stop()
    const { code, json } = soundly(at, await running.ended)
    expect(code).toBe(1)
    expect(json()).toMatchObject({
      error: {
        message: expect.stringMatching(
          // Others that were under way may have failed before it.
          /^service\/api@dev: The Kubernetes API at .* cannot be reached: the connection is refused/m,
        ),
      },
    })
  })

  it('takes away what has no API any more, byte for byte', async () => {
    await at.well('down')
    expect([at.world.containers.size, at.world.volumes.size]).toEqual([0, 0])
    expect(await at.read('home/.kube/config')).toBe(kubeconfigBefore)
    expect(await at.read('hosts')).toBe(hostsBefore)
  })
})
