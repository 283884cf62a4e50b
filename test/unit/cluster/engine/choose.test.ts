import { describe, expect, it } from 'vitest'
import { answeringEngines, chooseEngine } from '../../../../cluster/engine/choose.ts'
import { findEngine } from '../../../../cluster/engine/find.ts'
import { CommandError } from '../../../../core/run.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { standInRun } from '../../../support/stand-in-run.ts'

/** What is asked first. Docker's own `info` starts each of its plugins. */
const info = (program: string) => `${program} ${program === 'docker' ? 'version' : 'info'} --format {{json .}}`
const docker = { stdout: '{"Client":{"ApiVersion":"1.51"},"Server":{"Version":"28.2.2"}}' }
const podmanAsDocker = { stdout: '{"Client":{"APIVersion":"5.4.0","Version":"5.4.0"}}' }
const podman = {
  stdout:
    '{"host":{"arch":"arm64","cpus":4,"memTotal":2048,"cgroupVersion":"v2","security":{"rootless":true}},"version":{"Version":"5.4.0"}}',
}
const stopped = {
  code: 1,
  stderr: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
}

const refused = async (chosen: Promise<unknown>): Promise<EnvironmentError> => {
  const error: unknown = await chosen.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof EnvironmentError) return error
  throw new Error('it was not refused', { cause: error })
}

describe('chooseEngine', () => {
  it('takes docker where it answers, and asks no other', async () => {
    const { run, asked } = standInRun({ [info('docker')]: docker })
    expect((await chooseEngine('auto', run, {})).name).toBe('docker')
    expect(asked).toHaveLength(1)
  })

  it('goes on to the next that answers', async () => {
    const { run } = standInRun({ [info('docker')]: stopped, [info('podman')]: podman })
    const engine = await chooseEngine('auto', run, {})
    expect(engine.name).toBe('podman')
    expect(await engine.info()).toMatchObject({ cgroupVersion: 2, architecture: 'arm64', rootless: true, cpus: 4 })
  })

  it('passes by podman that calls itself docker', async () => {
    const { run } = standInRun({ [info('docker')]: podmanAsDocker, [info('podman')]: podman })
    expect((await chooseEngine('auto', run, {})).name).toBe('podman')
  })

  it("asks first the one that kind's own switch names", async () => {
    const { run } = standInRun({ [info('podman')]: podman })
    expect((await chooseEngine('auto', run, { KIND_EXPERIMENTAL_PROVIDER: 'podman' })).name).toBe('podman')
  })

  it('says of each what is wrong, and how to get out of it', async () => {
    const { run } = standInRun({
      [info('docker')]: stopped,
      [info('podman')]: { missing: true },
      [info('nerdctl')]: { missing: true },
    })
    const error = await refused(chooseEngine('auto', run, {}))
    expect(error.code).toBe('engine-unreachable')
    expect(error.message).toMatch(/docker .*daemon does not answer/)
    expect(error.message).toMatch(/podman .*no program/)
    // What is installed has to be started; nothing else has to be installed.
    expect(error.hints.join()).toMatch(/start docker|Docker Desktop/i)
    expect(error.hints.join()).not.toContain('podman.io')
  })

  it.each([
    [
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      /may not use its socket/,
      /usermod -aG docker/,
    ],
    ['Cannot connect to the Docker daemon', /DOCKER_HOST=tcp:\/\/far/, /unset DOCKER_HOST/],
    ['something new', /something new/, /docker/i],
  ])('explains «%s»', async (stderr, cause, hint) => {
    const { run } = standInRun({ [info('docker')]: { code: 1, stderr } })
    const error = await refused(chooseEngine('docker', run, { DOCKER_HOST: 'tcp://far' }))
    expect(error.message).toMatch(cause)
    expect(error.hints.join('\n')).toMatch(hint)
  })

  it('notices a daemon that is away although the program ends well', async () => {
    const { run } = standInRun({
      [info('docker')]: { stdout: '{"Client":{"ApiVersion":"1.51"},"Server":null}' },
    })
    expect((await refused(chooseEngine('docker', run, {}))).message).toMatch(/says nothing of its daemon/)
  })

  it('lists every engine that answers', async () => {
    const { run } = standInRun({
      [info('docker')]: docker,
      [info('podman')]: podman,
      [info('nerdctl')]: { missing: true },
    })
    expect((await answeringEngines(run, {})).map(({ name }) => name)).toEqual(['docker', 'podman'])
  })

  it('says that one hangs, and is not asked twice in a row by what looks once', async () => {
    let asked = 0
    const run = (program: string) => {
      asked += 1
      const details = { command: `${program} version`, exitStatus: undefined, stdout: '', stderr: '' }
      return Promise.reject(new CommandError('timed-out', 'it did not end within 15 s.', details))
    }
    const find = findEngine({ cluster: { engine: 'docker' } }, run, {})
    const error = await refused(find())
    expect(error.message).toContain('did not answer in time: it hangs, or is still starting')
    expect(error.hints[0]).toContain('Wait until it has started')
    await refused(find())
    expect(asked).toBe(1)
  })
})
