import { spawnSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { describeExample, touched, type There } from '../support/example.ts'

type Failed = { readonly error: { readonly message: string }; readonly steps: readonly { readonly id: string }[] }

const inChart = ({ cluster }: There, ...args: readonly string[]): string =>
  cluster.kubectl('--namespace', 'attendance', ...args)

const sql = (there: There, statement: string): string =>
  inChart(
    there,
    'exec',
    'deploy/attendance-database',
    '--',
    'psql',
    '--username',
    'attendance',
    'attendance',
    '--no-align',
    '--tuples-only',
    '--command',
    statement,
  )

const rows = 'select firstname, lastname, gate from entries order by lastname'
const ada = 'Ada|Lovelace|A'

const database = (there: There): string =>
  inChart(there, 'get', 'pods', '--selector', 'app.kubernetes.io/component=database', '--output', 'name')

/** Pods that run, by their identity: another one was made again. */
const pods = (there: There): string =>
  inChart(there, 'get', 'pods', '--field-selector', 'status.phase=Running', '--output', 'name')

const jobs = (there: There): string => inChart(there, 'get', 'jobs', '--output', 'name')

/** What the node holds. The tests of the command line know no node: asked of the engine. */
const heldByNode = ({ cluster }: There): string => {
  const node = cluster.kubectl('get', 'nodes', '--output', 'jsonpath={.items[0].metadata.name}')
  return spawnSync('docker', ['exec', node, 'crictl', 'images'], { encoding: 'utf8' }).stdout
}

describeExample({
  name: 'attendance',
  charts: ['ingress-nginx', 'headlamp'],
  images: ['postgres:17-alpine'],
  flags: ['--set', 'cluster.nodes[0].ports=["0:80","0:443"]'],
  creates: ['secret/database-login', 'image/web', 'addon/headlamp', 'service/web', 'service/plain', 'hosts'],
  smoke: 6,
  also: (there) => {
    it('prints how to log in: at the database with a password that nobody wrote, at the dashboard with a token', () => {
      const { credentials } = there.first
      expect(credentials.find(({ name }) => name === 'database')).toMatchObject({
        username: 'attendance',
        password: expect.stringMatching(/^\S{24}$/) as string,
      })
      expect(credentials.find(({ name }) => name === 'headlamp')?.password).toMatch(/^eyJ/)
    })

    it('sends the node what runs, and not what it is built from', () => {
      expect(heldByNode(there)).toContain('attendance/web')
      expect(heldByNode(there)).not.toContain('attendance/python')
    })

    it('has a migration for each release, in place of the one before; the database and its rows stay', async () => {
      expect(jobs(there)).toBe('job.batch/attendance-migrate-1-0-0')
      expect(sql(there, rows)).toBe(ada)
      const before = database(there)
      await writeFile(there.path('web', 'migrations', '002-left.sql'), 'alter table entries add column left_at time')
      await there.edit('web/version.txt', '1.0.0', '1.1.0')
      const report = await there.json(['up'])
      expect(report).not.toHaveProperty('error')
      expect(touched(report)).toEqual(['image/web', 'service/plain', 'service/web'])
      expect(jobs(there)).toBe('job.batch/attendance-migrate-1-1-0')
      expect(sql(there, 'select name from migrations order by name')).toBe('001-entries.sql\n002-left.sql')
      expect([database(there), sql(there, rows)]).toEqual([before, ada])
    })

    it('ends with the last words of a migration that fails, and goes on once it is fixed', async () => {
      const wrong = there.path('web', 'migrations', '003-wrong.sql')
      await writeFile(wrong, 'alter table nobody add column x int')
      await there.edit('web/version.txt', '1.1.0', '1.2.0')
      const { error } = await there.json<Failed>(['up', '--skip', 'service/plain'])
      expect(error.message).toContain('attendance-migrate-1-2-0')
      expect(error.message).toContain('relation "nobody" does not exist')
      await rm(wrong)
      const fixed = await there.json(['up'])
      expect(fixed).not.toHaveProperty('error')
      expect(touched(fixed)).toEqual(['image/web', 'service/plain', 'service/web'])
      expect(sql(there, rows)).toBe(ada)
    })

    it('takes one service away, leaves the other, and brings it back', async () => {
      const before = pods(there)
      expect(await there.json(['undeploy', 'plain'])).not.toHaveProperty('error')
      expect(there.cluster.kubectl('get', 'namespaces', '--output', 'name')).not.toContain('attendance-plain')
      expect(pods(there)).toBe(before)
      const back = await there.json(['up'])
      expect(back).not.toHaveProperty('error')
      expect(touched(back)).toContain('service/plain')
      expect(touched(back)).not.toContain('service/web')
      expect(pods(there)).toBe(before)
    })
  },
  change: {
    file: 'plain/web.yaml',
    from: 'periodSeconds: 2',
    to: 'periodSeconds: 3',
    touches: ['service/plain'],
    keeps: pods,
  },
})
