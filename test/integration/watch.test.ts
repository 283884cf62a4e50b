import { rename, rm } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Running } from '../support/sandbox.ts'
import { deployment, hostsBefore, kubeconfigBefore, shop, soundly, type Shop } from './shop.ts'

const ready = 'Each save is carried out from now on.'

describe('a watch', () => {
  let at: Shop
  let running: Running | undefined
  beforeAll(async () => {
    at = await shop()
    await at.well('up')
  })
  afterEach(async () => {
    running?.kill('SIGINT')
    await running?.ended
    running = undefined
  })
  afterAll(() => at[Symbol.asyncDispose]())

  const watch = async (...flags: readonly string[]): Promise<Running> => {
    running = at.begin(['up', '--watch', ...flags])
    await running.shown(ready)
    return running
  }
  /** As a process of its own. */
  const watchAlone = async (): Promise<Running> => {
    running = at.start(['up', '--watch'])
    await running.shown(ready)
    return running
  }
  const stop = async (watching: Running) => {
    watching.kill('SIGINT')
    return soundly(at, await watching.ended)
  }
  /** Save lines without their times. */
  const lines = (stdout: string): string[] =>
    stdout.split('\n').flatMap((line) => /^[✓=-] +\d+\.\d s {2}(.*)$/.exec(line)?.[1] ?? [])
  let saves = 0
  /** Saves what nobody has saved before: an image of the same contents would be there already. */
  const savePage = (file = 'web/index.html') => at.write(file, `page ${++saves}`)
  const saveApi = async () =>
    at.write('api.yaml', (await at.read('api.yaml')).replace(/example\/api:\d+/, `example/api:${++saves}`))
  const imageOf = (namespace: string) =>
    at.api('shop').state.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' })?.spec?.['template']

  it('reports as up does, carries out a save, and leaves the cluster when it is stopped', async () => {
    const watching = await watch()
    const before = imageOf('dev')
    const [calls, requests] = [at.changes().length, at.api('shop').state.requests.length]
    await savePage()
    await watching.printed('web/index.html → image/web, service/web@dev, service/web@prod')
    expect(imageOf('dev')).not.toEqual(before)
    expect(
      at
        .changes()
        .slice(calls)
        .map((line) => line.split(' ').slice(0, 2).join(' '))
        .toSorted(),
    ).toEqual(['docker build', 'docker exec', 'docker save'])
    // What did not change is not even looked at.
    const asked = at
      .api('shop')
      .state.requests.slice(requests)
      .map(({ path }) => path)
    expect(asked.filter((path) => path.includes('api-login'))).toEqual([])
    const { code, stdout, stderr } = await stop(watching)
    expect(code).toBe(0)
    expect(stdout).toContain('nothing was changed')
    expect(stderr).toContain('The watch ends; shop stays. `kindup down` takes it away.')
    expect((await at.well('status')).stdout).toContain('shop is as the file says.')
  })

  it('says nothing of a save that changes nothing, nor of what an editor puts beside a file', async () => {
    const watching = await watch()
    await at.write('web/Dockerfile', await at.read('web/Dockerfile'))
    await at.write('web/.Dockerfile.swp', 'of vim')
    await at.write('web/4913', '')
    await rm(at.path('web/4913'))
    await rm(at.path('web/.Dockerfile.swp'))
    await at.write('web.yaml', `${await at.read('web.yaml')}# a comment\n`)
    await watching.printed('service/web@dev')
    const [line = '', ...more] = lines((await stop(watching)).stdout)
    expect([line.split(' → ')[1], more]).toEqual(['service/web@dev, service/web@prod', []])
    expect(line).not.toContain('swp')
  })

  it('carries out several saves at once, and one that is written by a rename', async () => {
    const watching = await watch()
    await Promise.all([savePage('web/a'), savePage('web/b'), savePage('web/c')])
    await watching.printed('image/web')
    const renamed = (await at.read('api.yaml')).replace(/example\/api:\d+/, `example/api:${++saves}`)
    await at.write('api.yaml.new', renamed)
    await rename(at.path('api.yaml.new'), at.path('api.yaml'))
    await watching.printed('service/api@dev')
    expect((await stop(watching)).code).toBe(0)
    expect((await at.well('plan', '--check')).stdout).toContain('Nothing would change.')
  })

  it('shows what is wrong, waits, and goes on with the save that fixes it', async () => {
    const watching = await watch()
    const text = await at.read('kindup.yaml')
    await at.write('kindup.yaml', text.replace('services:', 'services: ['))
    await watching.shown('Waiting for the next save.')
    await at.write('kindup.yaml', text.replace('./web.yaml', './later.yaml'))
    await watching.shown('./later.yaml does not exist')
    // Nobody knew of that file: while something is wrong, all that lies around counts.
    await at.write('later.yaml', `${await at.read('web.yaml')}# later\n`)
    await watching.printed('service/web@dev')
    const { code, stderr } = await stop(watching)
    expect(code).toBe(0)
    expect(stderr).toContain('✗ The configuration')
    await at.write('kindup.yaml', text)
    await at.well('up')
  })

  it('survives a build that fails, and tells by its exit code that the last save is not there', async () => {
    const watching = await watch()
    let says: string | undefined = 'no space left'
    at.at('docker build', (call) => {
      if (says === undefined) return undefined
      call.err(`${says}\n`)
      return 1
    })
    await savePage()
    await watching.shown('no space left')
    says = undefined
    await savePage()
    await watching.printed('web/index.html → image/web')
    says = 'too many levels'
    await savePage()
    await watching.shown('too many levels')
    expect((await stop(watching)).code).toBe(1)
    says = undefined
    await at.well('up')
  })

  it('gives up a walk for a newer save', async () => {
    const watching = await watch()
    const held = at.hold('docker build')
    await savePage()
    await held.reachedBy(watching)
    await savePage()
    const line = await watching.printed('→ image/web')
    expect(line).toContain('web/index.html')
    const { code, stdout, stderr } = await stop(watching)
    expect(code).toBe(0)
    expect(lines(stdout)).toHaveLength(1)
    expect(stderr).not.toContain('✗')
  })

  it('takes a service away that the file lost, and refuses to make another cluster', async () => {
    const watching = await watch()
    const text = await at.read('kindup.yaml')
    await at.write('kindup.yaml', text.replace(/ {2}api:\n(?: {4}.*\n)*/, ''))
    await watching.printed('kindup.yaml → service/api@dev removed')
    await at.write('kindup.yaml', text.replace('name: shop', 'name: other'))
    await watching.shown('The file now names the cluster other, and this watch is of shop.')
    await at.write('kindup.yaml', text.replace('ports: ["0:80"]', 'ports: ["0:80"]\n      mounts: ["./web:/web"]'))
    await watching.shown('kindup up --recreate')
    await at.write('kindup.yaml', text)
    await watching.printed('kindup.yaml', 2)
    expect((await stop(watching)).code).toBe(0)
    expect([...at.world.containers.keys()]).toEqual(['shop-control-plane', 'shop-worker'])
    expect((await at.well('plan', '--check')).stdout).toContain('Nothing would change.')
  })

  it('tells another up who has the cluster while it walks', async () => {
    const watching = await watchAlone()
    const held = at.hold('docker build')
    await savePage()
    await held.reachedBy(watching)
    const { code, json } = await at.run('up', '--json')
    expect(code).toBe(1)
    expect(json()).toMatchObject({
      error: { code: 'busy', message: expect.stringMatching(/^kindup up --watch \(process \d+\) has worked on/) },
    })
    held.release()
    await watching.printed('web/index.html → image/web')
    expect((await stop(watching)).code).toBe(0)
  })

  it('stopped in the middle says so', async () => {
    const watching = await watch()
    const held = at.hold('docker build')
    await savePage()
    await held.reachedBy(watching)
    const { code, stderr } = await stop(watching)
    expect(code).toBe(130)
    expect(stderr).toContain('Stopped: ')
  })

  it('keeps to what its flags name', async () => {
    const watching = await watch('--only', 'service/api@dev')
    await savePage()
    await saveApi()
    await watching.printed('service/api@dev')
    expect((await stop(watching)).code).toBe(0)
  })

  it('follows folders that come, go, and come again', async () => {
    await at.edit('[./web.yaml]', '[./web.yaml, ./more]')
    await at.write('more/one.yaml', deployment('one', 'example/one:1'))
    const watching = await watch()
    await at.write('more/deep/two.yaml', deployment('two', 'example/two:1'))
    await watching.printed('more/deep')
    await at.write('more/deep/two.yaml', deployment('two', 'example/two:2'))
    await watching.printed('more/deep/two.yaml → service/web@dev')
    await rm(at.path('more'), { recursive: true })
    await watching.shown('./more does not exist')
    await at.write('more/one.yaml', deployment('one', 'example/one:3'))
    await watching.printed('more')
    await expect
      .poll(() =>
        at.api('shop').state.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'dev', name: 'two' }),
      )
      .toBeUndefined()
    await stop(watching)
  })

  it('leaves the cluster to others between its walks, and ends when it is taken down', async () => {
    const watching = await watchAlone()
    await at.well('status')
    await at.well('credentials')
    await saveApi()
    await watching.printed('api.yaml → service/api@dev')
    await at.well('up', '--json')
    await at.well('down')
    const { code, stderr } = soundly(at, await watching.ended)
    expect(code).toBe(0)
    expect(stderr).toContain('shop was taken down: the watch ends.')
    expect(at.world.volumes.size).toBe(0)
  })

  it('killed in the middle is made whole by up, and taken away by down', async () => {
    await at.well('up')
    const watching = await watchAlone()
    const held = at.hold('docker build')
    await savePage()
    await held.reachedBy(watching)
    watching.kill('SIGKILL')
    await watching.ended
    await at.well('up')
    expect((await at.well('status')).stdout).toContain('shop is as the file says.')
    await at.well('down')
    expect([at.world.containers.size, at.world.volumes.size]).toEqual([0, 0])
    expect(await at.read('home/.kube/config')).toBe(kubeconfigBefore)
    expect(await at.read('hosts')).toBe(hostsBefore)
  })

  it('has no document to print', async () => {
    const { code, json } = await at.run('up', '--watch', '--json')
    expect(code).toBe(2)
    expect(json()).toMatchObject({ error: { code: 'flags' } })
  })
})
