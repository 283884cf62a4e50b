import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { describeExample, touched, type There, type UpDocument } from '../support/example.ts'

type Tested = { readonly smoke: UpDocument['smoke'] }

const inNamespace = ({ cluster }: There, stage: string, ...args: readonly string[]): string =>
  cluster.kubectl('--namespace', `timetables-${stage}`, ...args)

const lines = (there: There, stage: string): string =>
  inNamespace(there, stage, 'get', 'lines', '--output', 'jsonpath={.items[*].metadata.name}')

const image = (there: There, stage: string): string =>
  inNamespace(there, stage, 'get', 'deployment', 'ui', '--output', 'jsonpath={.spec.template.spec.containers[0].image}')

const port = ({ first }: There, name: string): number => {
  const found = first.endpoints.find((endpoint) => endpoint.name === name)?.url
  if (found === undefined) throw new Error(`there is no endpoint ${name}: ${JSON.stringify(first.endpoints)}`)
  return Number(/:(\d+)(?:\/|$)/.exec(found)?.[1])
}

/** What a server answers to PostgreSQL's question whether it takes TLS: `S`, or `N`. Nothing else says either. */
const postgresAnswer = (at: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(at, '127.0.0.1', () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])))
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.toString('latin1'))
    })
    socket.once('error', reject)
  })

/** Pods of everything but the api, by their identity: another one was made again. */
const others = ({ cluster }: There): string =>
  cluster.kubectl('get', 'pods', '--all-namespaces', '--selector', 'app in (ui, database)', '--output', 'name')

describeExample({
  name: 'timetables',
  charts: ['ingress-nginx', 'flux2'],
  images: ['postgres:17-alpine'],
  // The ports of the file where they are free.
  flags: ['--set', 'cluster.onPortConflict=fallback'],
  creates: [
    'crds',
    'secret/database',
    'service/definition@e2e',
    'service/database@e2e',
    'service/api@e2e',
    'service/api@dev',
    'service/ui@dev',
    'hosts',
  ],
  smoke: 9,
  also: (there) => {
    it('answers at the ports of the file', async () => {
      const page = `http://127.0.0.1:${port(there, 'ui@e2e')}`
      expect(await (await fetch(page)).text()).toContain('<title>Timetables</title>')
      expect(await (await fetch(`${page}/api/lines`)).json()).toEqual([
        { name: 'airport', route: 'Market – Airport', everyMinutes: 20 },
        { name: 'harbour', route: 'Harbour – Market – University', everyMinutes: 10 },
      ])
      expect(await postgresAnswer(port(there, 'database@e2e'))).toMatch(/^[SN]$/)
      expect(there.first.credentials).toEqual([
        expect.objectContaining({ name: 'database', username: 'timetables', password: 'local-only' }),
      ])
    })

    it('has filled the database with what the secret lets in, and hands it over as files', () => {
      const psql = ['psql', '--username', 'timetables', 'timetables', '--no-align', '--tuples-only', '--command']
      const counted = inNamespace(
        there,
        'e2e',
        'exec',
        'deploy/database',
        '--',
        ...psql,
        'select line, count(*) from departures group by line order by line',
      )
      expect(counted).toBe('airport|55\nharbour|114')
      expect(inNamespace(there, 'dev', 'exec', 'deploy/api', '--', 'cat', '/mnt/secrets/password')).toBe('local-only')
    })

    it('lets a stage win over what all have in common', () => {
      const level = (stage: string): string =>
        inNamespace(
          there,
          stage,
          'get',
          'deployment',
          'api',
          '--output',
          'jsonpath={.spec.template.spec.containers[0].env[?(@.name=="LOG_LEVEL")].value}',
        )
      expect([level('e2e'), level('dev')]).toEqual(['info', 'debug'])
      expect([lines(there, 'e2e'), lines(there, 'dev')]).toEqual(['airport harbour', 'airport harbour night'])
    })

    it('runs its parts alone: the kinds, then what is of them', async () => {
      there.cluster.kubectl('delete', 'crd', 'lines.timetables.example.org')
      expect(touched(await there.json(['up', '--only', 'crds']))).toEqual(['crds'])
      expect(touched(await there.json(['up', '--only', 'service/definition@e2e']))).toEqual(['service/definition@e2e'])
      expect(lines(there, 'e2e')).toBe('airport harbour')
      expect(lines(there, 'dev')).toBe('')
      expect(touched(await there.json(['up']))).toEqual(['service/definition@dev'])
    })

    it('runs an image from outside, and goes back to its own', async () => {
      const own = image(there, 'e2e')
      const outside = 'example.org/under-test/ui:7'
      spawnSync('docker', ['tag', own, outside])
      try {
        const given = await there.json(['up', '--env', 'e2e', '--image', `ui=${outside}`])
        expect(touched(given)).toEqual(['image/ui', 'service/ui@e2e'])
        expect([image(there, 'e2e'), image(there, 'dev')]).toEqual([outside, own])
        expect(touched(await there.json(['up']))).toEqual(['service/ui@e2e'])
        expect(image(there, 'e2e')).toBe(own)
      } finally {
        spawnSync('docker', ['rmi', outside])
      }
    })

    it('does not take the page for the api', async () => {
      inNamespace(there, 'e2e', 'delete', 'ingress', 'api')
      // The controller reads its rules again in its own time.
      const asked = async () => (await fetch(`http://127.0.0.1:${port(there, 'ui@e2e')}/api/health`)).text()
      await expect.poll(asked, { timeout: 60_000 }).toContain('<title>Timetables</title>')
      const { smoke } = await there.json<Tested>([
        'test',
        '--set',
        'services.api.smoke[0].timeout=5s',
        '--set',
        'services.api.smoke[1].timeout=5s',
      ])
      expect(smoke.filter(({ ok }) => !ok).map(({ step }) => step)).toEqual(['service/api@e2e', 'service/api@e2e'])
      expect(smoke.find(({ ok }) => !ok)?.message).toContain('JSON')
      expect(touched(await there.json(['up']))).toEqual(['service/api@e2e'])
    })

    it('is kept by Flux when asked, and by itself again, while all of it goes on running', async () => {
      const pods = others(there)
      const kept = await there.json(['up', '--profile', 'flux', '--set', 'cluster.registry.port=5075'])
      expect(kept).not.toHaveProperty('error')
      expect(touched(kept)).toEqual(expect.arrayContaining(['addon/flux', 'service/api@dev', 'service/ui@e2e']))
      const ready = there.cluster.kubectl(
        '--namespace',
        'flux-system',
        'get',
        'kustomizations',
        '--output',
        'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}',
      )
      expect(ready.split(' ')).toEqual(Array.from({ length: 7 }, () => 'True'))
      expect(touched(await there.json(['up']))).toEqual(expect.arrayContaining(['addon/flux', 'service/api@dev']))
      expect(there.cluster.kubectl('get', 'crds', '--output', 'name')).not.toContain('fluxcd.io')
      expect(others(there)).toBe(pods)
      expect(lines(there, 'e2e')).toBe('airport harbour')
    })
  },
  change: {
    file: 'api/main.py',
    from: 'the api knows nothing of',
    to: 'this api knows nothing of',
    touches: ['image/api', 'service/api@dev', 'service/api@e2e'],
    keeps: others,
  },
})
