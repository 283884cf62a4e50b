import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { atTerminal, canMakeTerminal } from '../support/at-terminal.ts'
import { builtKindup } from '../support/built.ts'
import { sayMissing } from '../support/real-tools.ts'
import { isDebian, withSystem, type System } from '../support/stand-ins/system.ts'
import { shop, type Shop } from './shop.ts'

if (!isDebian) sayMissing('debian', 'this is no Debian or Ubuntu; that `up` installs Docker with apt-get is not tried.')

/** A machine with kind, and without an engine until apt-get has installed one and `service` or `systemctl` has started it. */
const bare = async (): Promise<{ readonly at: Shop; readonly system: System } & AsyncDisposable> => {
  const at = await shop()
  await mkdir(at.path('packages'))
  await rename(at.path('bin', 'docker'), at.path('packages', 'docker'))
  at.at('docker version', ({ err }) => {
    if (existsSync(at.path('started'))) return undefined
    err('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n')
    return 1
  })
  return { at, system: await withSystem(at), [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() }
}

const errorOf = (stdout: string) =>
  (JSON.parse(stdout) as { error: { code: string; message: string; hints: readonly string[] } }).error

const installs = [
  'apt-get update',
  'apt-get install --yes --install-recommends docker.io',
  expect.stringMatching(/^(service docker start|systemctl enable --now docker)$/) as string,
]

describe.runIf(isDebian)('up on a machine without an engine', () => {
  it('says what is missing and the command that puts it there, where nobody can be asked', async () => {
    await using made = await bare()
    const { at, system } = made
    const { code, stdout } = await at.kindup(['up', '--json', '--timeout', '5m'], { npm_lifecycle_event: 'up' })
    expect([code, errorOf(stdout).code]).toEqual([1, 'engine-unreachable'])
    expect(errorOf(stdout).message).toContain('there is no program `docker` on the PATH')
    expect(errorOf(stdout).hints[0]).toBe(
      'npm run up -- --json --timeout 5m --yes   # does that: install Docker with apt-get, and start it',
    )
    expect((await at.run('up')).stderr).toContain('kindup up --yes   # does that')
    expect(await system.calls()).toEqual([])
  })

  it('with --yes installs and starts one, and goes on', async () => {
    await using made = await bare()
    const { at, system } = made
    const { code, stdout, stderr } = await at.kindup(['up', '--yes', '--json'], { USER: 'root' })
    expect(stderr).toMatch(
      /This machine is set up first:\n\s+• install Docker with apt-get, and start it\n\s+\$ (sudo )?apt-get update\n/,
    )
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as { steps: { id: string }[] }).steps).toContainEqual(
      expect.objectContaining({ id: 'service/web@dev', result: 'created' }),
    )
    expect(await system.calls()).toEqual(installs)
    // What is there is not set up again.
    expect((await at.well('up', '--yes')).stderr).not.toContain('set up first')
  })

  it('goes on in the group of the socket, which this session does not know of', async () => {
    await using made = await bare()
    const { at, system } = made
    // It becomes another process.
    const { code, stdout } = await at.start(['up', '--yes', '--json'], { USER: 'somebody' }).ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ cluster: { name: 'shop' } })
    expect(await system.calls()).toEqual([
      ...installs,
      'usermod -aG docker somebody',
      expect.stringMatching(/^sg docker -c \S*node\S* .*kindup\.mjs up --yes --json$/),
    ])
  })

  it('says what kept the engine from starting, and makes nothing', async () => {
    await using made = await bare()
    const { at, system } = made
    for (const name of ['service', 'systemctl'])
      await system.put(
        name,
        'echo "/etc/init.d/docker: 86: ulimit: error setting limit (Operation not permitted)" >&2; exit 2',
      )
    const { code, stdout } = await at.kindup(['up', '--yes', '--json'], { USER: 'root' })
    const { code: word, message, hints } = errorOf(stdout)
    expect([code, word]).toEqual([1, 'set-up'])
    expect(message).toContain('This machine could not be set up')
    expect(message).toContain('ulimit: error setting limit')
    expect(hints.join('\n')).toContain('DOCKER_HOST')
    expect(at.changes()).toEqual([])
  })

  it('stops at the file before anything is installed', async () => {
    await using made = await bare()
    const { at, system } = made
    await at.edit('name: shop', 'nme: shop')
    expect((await at.run('up', '--yes')).code).toBe(2)
    expect(await system.calls()).toEqual([])
  })

  describe.runIf(canMakeTerminal)('at a terminal', () => {
    const up = (at: Shop, keys: string) => {
      at.listen()
      return atTerminal(`'${process.execPath}' '${builtKindup()}' up`, [['Do that, and go on?', keys]], {
        cwd: at.folder,
        env: {
          HOME: at.path('home'),
          KINDUP_CACHE: at.path('cache'),
          KUBECONFIG: at.path('home', '.kube', 'config'),
          PATH: at.path('bin'),
          KINDUP_RESET: 'off',
          USER: 'root',
          NO_COLOR: '1',
          LANG: 'C.UTF-8',
          TERM: 'xterm',
        },
      })
    }

    it('asks one question, and a yes does it all', async () => {
      await using made = await bare()
      const { at, system } = made
      const { code, screen } = await up(at, 'y\r')
      expect(screen).toContain('$ apt-get install --yes --install-recommends docker.io')
      expect(screen.replaceAll('Do that, and go on? (Y/n)', '')).not.toContain('(Y/n)')
      expect([code, await system.calls()]).toEqual([0, installs])
    })

    it('a no changes nothing, and says how else', async () => {
      await using made = await bare()
      const { at, system } = made
      const { code, screen } = await up(at, 'n\r')
      expect(code).toBe(1)
      expect(screen).toContain('kindup up --yes   # does that: install Docker')
      expect(await system.calls()).toEqual([])
    })
  })
})
