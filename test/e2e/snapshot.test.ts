import { copyFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { realCluster, root, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'

const config = join(root, 'test', 'fixtures', 'snapshot', 'kindup.yaml')
const name = 'kindup-e2e-snapshot'
const sql = ({ kubectl }: RealCluster, text: string): string =>
  kubectl('-n', 'shop', 'exec', 'db-0', '--', 'psql', '-qtAU', 'postgres', '-c', text)

/** Rows, a table, a namespace with a Deployment, labels and data that differ, and a Deployment that is gone. */
const makeDirty = (cluster: RealCluster): void => {
  const { kubectl } = cluster
  sql(cluster, 'insert into rows select generate_series(1, 1000); create table dirt (n int)')
  kubectl('-n', 'shop', 'delete', 'deployment', 'web')
  kubectl('-n', 'shop', 'patch', 'configmap', 'greeting', '--patch', '{"data":{"text":"dirt"}}')
  kubectl('create', 'namespace', 'dirt')
  kubectl('-n', 'dirt', 'create', 'deployment', 'x', '--image=python:3.13-alpine', '--', 'sleep', '1000')
  kubectl('label', 'node', `${name}-worker`, 'dirt=yes')
}

/** What deletes its contents is under way when it is put back. */
const endNamespace = ({ kubectl }: RealCluster): void => void kubectl('delete', 'namespace', 'shop', '--wait=false')

const deleteNamespace = ({ kubectl }: RealCluster): void => void kubectl('delete', 'namespace', 'shop')

/** The database stands on a new volume. */
const replaceVolume = ({ kubectl }: RealCluster): void => {
  kubectl('-n', 'shop', 'delete', 'persistentvolumeclaim', 'data-db-0', '--wait=false')
  kubectl('-n', 'shop', 'delete', 'pod', 'db-0')
  kubectl('-n', 'shop', 'rollout', 'status', 'statefulset/db', '--timeout=120s')
}

/** A kind of object whose only one nobody can delete. */
const hangKind = ({ kubectl }: RealCluster): void => {
  kubectl('apply', '-f', join(root, 'test', 'fixtures', 'snapshot', 'hanging-kind.yaml'))
  kubectl('wait', '--for=condition=Established', 'customresourcedefinition/things.dirt.example')
  kubectl('apply', '-f', join(root, 'test', 'fixtures', 'snapshot', 'hanging-object.yaml'))
  kubectl('-n', 'shop', 'delete', 'things.dirt.example', 'thing', '--wait=false')
  kubectl('delete', 'customresourcedefinition', 'things.dirt.example', '--wait=false')
}

const dirts = [makeDirty, endNamespace, replaceVolume, deleteNamespace, hangKind]
/** How often it is made dirty and put back: KINDUP_RESETS. */
const count = Number(process.env['KINDUP_RESETS'] ?? dirts.length)
const timeout = 900_000 + count * 60_000

/** All that a test suite would notice. */
const state = (cluster: RealCluster): object => {
  const { kubectl } = cluster
  return {
    rows: sql(cluster, 'select count(*) from rows'),
    tables: sql(cluster, "select count(*) from pg_tables where schemaname = 'public'"),
    greeting: kubectl('-n', 'shop', 'get', 'configmap', 'greeting', '-o', 'jsonpath={.data.text}'),
    namespaces: kubectl('get', 'namespaces', '-o', 'name').split('\n').toSorted(),
    workloads: kubectl(
      'get',
      'deployments,statefulsets,replicasets',
      '-A',
      '-o',
      'jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.uid}{"\\n"}{end}',
    )
      .split('\n')
      .toSorted(),
    objects: kubectl(
      'get',
      'configmaps,secrets,serviceaccounts,services,persistentvolumeclaims,customresourcedefinitions',
      '-A',
      '-o',
      'jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.uid} {.metadata.deletionTimestamp}{"\\n"}{end}',
    )
      .split('\n')
      .toSorted(),
    label: kubectl('get', 'node', `${name}-worker`, '-o', 'jsonpath={.metadata.labels.dirt}'),
    answer: kubectl(
      '-n',
      'shop',
      'exec',
      'db-0',
      '--',
      'bash',
      '-c',
      String.raw`exec 3<>/dev/tcp/web/80; printf 'GET / HTTP/1.0\r\n\r\n' >&3; head -n1 <&3`,
    ).trim(),
  }
}

const copyOf = async (file: string): Promise<string> => {
  await copyFile(file, `${file}.cut`)
  return `${file}.cut`
}

const startsOf = ({ kubectl }: RealCluster): string =>
  kubectl(
    '-n',
    'kube-system',
    'get',
    'pods',
    '-l',
    'tier=control-plane',
    '-o',
    'jsonpath={range .items[*]}{.status.containerStatuses[*].containerID}{"\\n"}{end}',
  )

/** What `plan` has to do. */
const due = async (cluster: RealCluster): Promise<readonly { readonly action: string }[]> => {
  const { steps } = await cluster.json<{ readonly steps: readonly { readonly action: string }[] }>(['plan'])
  return steps.filter(({ action }) => action !== 'none')
}

describe.skipIf(whyNoCluster([], ['postgres:17-alpine', 'python:3.13-alpine']) !== undefined)('a snapshot', () => {
  it(
    `puts objects and volumes back ${count} times, and nothing of the control plane restarts`,
    { timeout },
    async () => {
      await using cluster = await realCluster(name, config)
      expect((await cluster.kindup(['up'])).code).toBe(0)
      sql(cluster, 'create table rows (n int); insert into rows values (1), (2)')
      expect((await cluster.kindup(['snapshot', 'save', 'clean'])).code).toBe(0)
      const clean = state(cluster)
      const starts = startsOf(cluster)
      const seconds: number[] = []
      for (let turn = 0; turn < count; turn++) {
        dirts[turn % dirts.length]?.(cluster)
        const began = performance.now()
        const done = await cluster.kindup(['snapshot', 'restore', 'clean'])
        seconds.push((performance.now() - began) / 1000)
        expect([done.code, done.code === 0 ? '' : done.stderr]).toEqual([0, ''])
        expect(state(cluster)).toEqual(clean)
      }
      const sorted = seconds.toSorted((a, b) => a - b).map((one) => one.toFixed(1))
      process.stdout.write(`${count} times: ${sorted[0]}, ${sorted[Math.floor(count / 2)]}, ${sorted.at(-1)} s\n`)
      expect(startsOf(cluster)).toBe(starts)
      // A container that was restarted for its volume proves for 5 s that it stays.
      await expect.poll(() => due(cluster)).toEqual([])
      // A run that is killed while it puts things back is ended by the next one.
      makeDirty(cluster)
      const killed = cluster.start(['snapshot', 'restore', 'clean'])
      await killed.shown('putting volumes and objects back')
      killed.kill('SIGKILL')
      await killed.ended
      expect((await cluster.kindup(['snapshot', 'restore', 'clean'])).code).toBe(0)
      expect(state(cluster)).toEqual(clean)
      expect(await cluster.json(['snapshot', 'remove', 'clean'])).toEqual({ removed: ['clean'] })
      const gone = await cluster.kindup(['snapshot', 'restore', 'clean', '--json'])
      expect([gone.code, JSON.parse(gone.stdout)]).toMatchObject([1, { error: { code: 'snapshot-absent' } }])
    },
  )

  it('starts another cluster from a file, with rows and objects, certificates of its own, and nothing left to do', async () => {
    await using cluster = await realCluster(`${name}-file`, config)
    const { kindup, kubectl, home } = cluster
    expect((await kindup(['up'])).code).toBe(0)
    sql(cluster, 'create table rows (n int); insert into rows select generate_series(1, 500)')
    kubectl('-n', 'shop', 'create', 'serviceaccount', 'robot')
    kubectl('-n', 'shop', 'apply', '-f', join(root, 'test', 'fixtures', 'snapshot', 'token.yaml'))
    kubectl('label', 'node', `${name}-file-worker`, 'mine=yes')
    const token = (): string => kubectl('-n', 'shop', 'get', 'secret', 'robot-token', '-o', 'jsonpath={.data.token}')
    const authority = (): string =>
      kubectl('-n', 'shop', 'get', 'configmap', 'kube-root-ca.crt', '-o', 'jsonpath={.data}')
    const before = [token(), authority()]
    const file = home.path('shop.kindup')
    const saved = await kindup(['snapshot', 'save', '--file', file])
    expect([saved.code, (await stat(file)).mode & 0o777]).toEqual([0, 0o600])
    expect((await kindup(['down'])).code).toBe(0)

    await truncate(await copyOf(file), 1_000_000)
    const cut = await kindup(['up', '--snapshot', `${file}.cut`])
    expect([cut.code, cut.stderr]).toEqual([2, expect.stringContaining('is damaged')])
    const other = await kindup(['up', '--snapshot', file, '--set', 'cluster.workers=2'])
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('does not fit: it was made of the nodes')])
    expect(cluster.left()).toEqual([])

    // A run that is killed while it puts things back is ended by the next one, which needs to be told nothing.
    const killed = cluster.start(['up', '--snapshot', file])
    await killed.shown('putting volumes and objects back')
    killed.kill('SIGKILL')
    await killed.ended
    const done = await kindup(['up'])
    expect([done.code, done.code === 0 ? '' : done.stderr]).toEqual([0, ''])
    expect(sql(cluster, 'select count(*) from rows').trim()).toBe('500')
    expect(kubectl('get', 'node', `${name}-file-worker`, '-o', 'jsonpath={.metadata.labels.mine}')).toBe('yes')
    await expect.poll(token, { timeout: 60_000 }).not.toBe('')
    expect([token(), authority()].filter((one, index) => one === before[index])).toEqual([])
    expect(await due(cluster)).toEqual([])
    // The same again is an up; another cluster than that of the file is not written over.
    expect((await kindup(['up', '--snapshot', file])).code).toBe(0)
  })
})
