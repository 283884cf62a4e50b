import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../../cluster/engine/engine.ts'
import type { Kube, KubeObject, Ref } from '../../../../cluster/kube/kube.ts'
import type { Snapshot } from '../../../../cluster/snapshot/manifest.ts'
import * as scripts from '../../../../cluster/snapshot/node-script.ts'
import { nodesOf, type Nodes } from '../../../../cluster/snapshot/nodes.ts'
import { restoreSnapshot } from '../../../../cluster/snapshot/restore.ts'
import { volumeFolders } from '../../../../cluster/snapshot/folders.ts'
import { removeSnapshot, saveSnapshot } from '../../../../cluster/snapshot/save.ts'
import { wireField, wireMessage } from '../../../../cluster/snapshot/wire.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { CommandError } from '../../../../core/run.ts'

type ScriptName = keyof typeof scripts
const nameOf = new Map(Object.entries(scripts).map(([name, text]) => [text, name as ScriptName]))

const keysOf = (keys: readonly string[]): string =>
  JSON.stringify({ kvs: keys.map((key) => ({ key: Buffer.from(key).toString('base64'), value: 'YQ==' })) })

/** A Namespace as the API server writes it into etcd, beside what is in it. */
const withNamespace = (going: boolean, others: readonly string[] = []): string => {
  const metadata = wireMessage([wireField(5, Buffer.from('ns')), ...(going ? [wireField(9, Buffer.from('now'))] : [])])
  const raw = wireField(2, wireMessage([wireField(1, metadata)]))
  const value = Buffer.concat([Buffer.from('k8s\0'), wireMessage([raw])]).toString('base64')
  const kvs = [['/registry/namespaces/dev', value], ...others.map((key) => [key, 'YQ=='] as const)]
  return JSON.stringify({ kvs: kvs.map(([key = '', of]) => ({ key: Buffer.from(key).toString('base64'), value: of })) })
}

const snapshot: Snapshot = {
  format: 1,
  name: 'clean',
  id: 'clean-1',
  created: '2026-11-01T00:00:00.000Z',
  version: '0.1.0',
  cluster: 'uid',
  kubernetes: 'v1.36.4',
  bytes: 1,
  frozenMs: 0,
  digests: { a: 'x', b: 'y' },
  unready: [],
  left: [],
}

/** `put /registry/configmaps/dev/a`, as they are asked of etcd. */
const operationsIn = (input: string): readonly string[] =>
  input
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => (JSON.parse(line) as { success: readonly Record<string, { readonly key: string }>[] }).success)
    .flatMap((operation) => Object.entries(operation))
    .map(([what, { key }]) => `${what === 'requestPut' ? 'put' : 'delete'} ${Buffer.from(key, 'base64').toString()}`)

/** Nodes a and b; what scripts answer, by their names; and what was run, in its order. */
const world = (answers: Partial<Record<ScriptName, string | Error>> = {}, { kubernetes = 'v1.36.4' } = {}) => {
  const ran: string[] = []
  const written: string[] = []
  const answer = (node: string, script: string, input = ''): string => {
    const name = nameOf.get(script) ?? 'readKeysScript'
    ran.push(`${name}${['unstageScript', 'sweepScript'].includes(name) ? ` ${input}` : ''} in ${node}`)
    const found = answers[name]
    if (found instanceof Error) throw found
    if (name === 'writeKeysScript') written.push(...operationsIn(input))
    return found ?? ''
  }
  const nodes: Nodes = {
    head: 'a',
    names: ['a', 'b'],
    run: async (node, script, _, input) => answer(node, script, input),
    runAll: async (script, args) =>
      new Map(
        ['a', 'b'].map((node) => {
          const told = script === scripts.unstageScript ? args(node)[1] : args(node).join(' ')
          return [node, answer(node, script, told)]
        }),
      ),
    runLast: async (script) => void answer('a', script),
    take: async () => undefined,
    give: async () => undefined,
  }
  const kube = {
    get: async ({ kind }: Ref) => ({ kind, metadata: { uid: 'uid' } }),
    list: async ({ kind }: { readonly kind: string }) =>
      kind === 'Node' ? [{ kind, metadata: {}, status: { nodeInfo: { kubeletVersion: kubernetes } } }] : [],
    apply: async (object: KubeObject) => (ran.push(`apply ${object.metadata.name}`), object),
    delete: async ({ name }: Ref) => void ran.push(`delete ${name}`),
  } as unknown as Kube
  return { nodes, kube, ran, written }
}

const restore = (made: ReturnType<typeof world>, of = snapshot) =>
  restoreSnapshot({
    ...made,
    snapshot: of,
    confirm: () => undefined,
    timeoutMs: 1000,
    signal: new AbortController().signal,
    report: () => undefined,
  })

const saved = {
  savedKeysScript: keysOf(['/registry/configmaps/dev/a']),
  readKeysScript: keysOf(['/registry/configmaps/dev/a']),
}

describe('restoring a snapshot', () => {
  it('checks and unpacks everything before it changes anything, and marks itself meanwhile', async () => {
    const made = world({ ...saved, placeScript: 'aaa bbb' })
    expect(await restore(made)).toEqual({ keys: 0, containers: 2 })
    expect(made.ran).toEqual([
      'listScript in a',
      'stageScript in a',
      'stageScript in b',
      'savedKeysScript in a',
      'readKeysScript in a',
      'apply restoring',
      'placeScript in a',
      'placeScript in b',
      'readKeysScript in a',
      'goOnScript in a',
      'goOnScript in b',
      'releaseScript in a',
      'releaseScript in b',
      'endScript in a',
      'delete restoring',
    ])
  })

  it('has a namespace taken for made again before any controller asks for a pod in it', async () => {
    const inIt = ['/registry/replicasets/dev/web', '/registry/statefulsets/dev/db']
    const gone = world({ savedKeysScript: withNamespace(false), readKeysScript: keysOf(['/registry/namespaces/x']) })
    await restore(gone)
    expect(gone.ran.slice(6, 10)).toEqual([
      'writeKeysScript in a',
      'acceptScript in a',
      'acceptScript in b',
      'placeScript in a',
    ])
    expect(gone.written[0]).toBe('put /registry/namespaces/dev')

    const ending = world({ savedKeysScript: withNamespace(false, inIt), readKeysScript: withNamespace(true, inIt) })
    await restore(ending)
    expect(ending.ran.slice(6, 12)).toEqual([
      'writeKeysScript in a',
      'quietScript in a',
      'quietScript in b',
      'acceptScript in a',
      'acceptScript in b',
      'placeScript in a',
    ])
    // The controller of a ReplicaSet takes a refused pod for one that comes: it forgets that with the object only.
    expect(ending.written.slice(0, 3)).toEqual([
      'put /registry/namespaces/dev',
      'delete /registry/replicasets/dev/web',
      'put /registry/namespaces/dev',
    ])
    expect(ending.written[3]).toBe('put /registry/replicasets/dev/web')
  })

  it('changes nothing where a part is damaged, or the disk too full to unpack it', async () => {
    const made = world({ stageScript: new EnvironmentError('snapshot-failed', 'b: damaged.') })
    await expect(restore(made)).rejects.toThrow('b: damaged.')
    expect(made.ran.slice(2)).toEqual(['unstageScript new in a', 'unstageScript new in b'])
  })

  it('leaves the mark of a restore before it that has not ended where it changes nothing itself', async () => {
    const listScript = `${JSON.stringify({ ...snapshot, name: 'other', id: 'other-1' })}\nother-1\n`
    const made = world({ listScript, stageScript: new EnvironmentError('snapshot-failed', 'b: damaged.') })
    await expect(restore(made)).rejects.toThrow('b: damaged.')
    expect(made.ran.slice(2)).toEqual(['unstageScript begun in a', 'unstageScript begun in b'])
  })

  it('lets everything go on when it breaks off in the middle, and leaves its mark', async () => {
    const live = keysOf(['/registry/configmaps/dev/new'])
    const refused = new EnvironmentError('snapshot-failed', 'a: its etcd refused.')
    const made = world({ ...saved, readKeysScript: live, writeKeysScript: refused })
    await expect(restore(made)).rejects.toThrow('its etcd refused')
    expect(made.ran.slice(-2)).toEqual(['writeKeysScript in a', 'goOnScript in a'])
    expect(made.ran).not.toContain('delete restoring')
  })

  it.each([
    [{ ...snapshot, cluster: 'other' }, 'it is of another cluster'],
    [{ ...snapshot, kubernetes: 'v1.35.8' }, 'it is of Kubernetes v1.35.8, and the nodes are v1.36.4 now'],
    [{ ...snapshot, digests: { a: 'x' } }, 'it was made of the nodes a, and there are a, b now'],
  ])('refuses one that does not fit: %#', async (of, why) => {
    const made = world()
    await expect(restore(made, of)).rejects.toThrow(why)
    expect(made.ran).toEqual([])
  })
})

describe('saving a snapshot', () => {
  it('names it when all of it is there', async () => {
    const made = world({ copyScript: '10\ndigest\n5\n/data/db\n' })
    const done = await saveSnapshot({ ...made, name: 'clean', version: '0.1.0' })
    expect(done).toMatchObject({
      name: 'clean',
      bytes: 20_480,
      digests: { a: 'digest', b: 'digest' },
      left: ['/data/db'],
    })
    expect(made.ran.at(-1)).toBe('nameScript in a')
    const broken = world({ copyScript: new EnvironmentError('snapshot-failed', 'b: its disk is full.') })
    await expect(saveSnapshot({ ...broken, name: 'clean', version: '0.1.0' })).rejects.toThrow('full')
    expect(broken.ran).not.toContain('nameScript in a')
  })

  it('holds nobody where it is too late to begin', async () => {
    const made = world()
    const mayBegin = () => {
      throw new EnvironmentError('late', 'late')
    }
    await expect(saveSnapshot({ ...made, name: 'up', version: '0.1.0', mayBegin })).rejects.toThrow('late')
    expect(made.ran).not.toContain('copyScript in a')
  })
})

describe('a snapshot that a later kindup saved', () => {
  const later = JSON.stringify({ format: 2, name: 'theirs', id: 'theirs-1' })
  const unknown = JSON.stringify({ format: 3, name: 'unknown' })

  it('stays when others are saved and removed', async () => {
    const made = world({ listScript: `${JSON.stringify(snapshot)}\n${later}\n`, copyScript: '10\ndigest\n5\n' })
    await saveSnapshot({ ...made, name: 'mine', version: '0.1.0' })
    expect(made.ran.filter((one) => one.startsWith('sweep'))).toContain('sweepScript clean-1 theirs-1 in a')
    await removeSnapshot('clean', made.nodes)
    expect(made.ran.at(-1)).toBe('sweepScript theirs-1 in b')
  })

  it('keeps every folder where nobody can tell which one is its own', async () => {
    const made = world({ listScript: `${JSON.stringify(snapshot)}\n${unknown}\n`, copyScript: '10\ndigest\n5\n' })
    await saveSnapshot({ ...made, name: 'mine', version: '0.1.0' })
    expect(made.ran.filter((one) => one.startsWith('sweep'))).toEqual([])
  })

  it('is not replaced by one of the same name', async () => {
    const made = world({ listScript: `${later}\n` })
    await expect(saveSnapshot({ ...made, name: 'theirs', version: '0.1.0' })).rejects.toThrow('later kindup')
    expect(made.ran).not.toContain('copyScript in a')
  })
})

it('does not remove the snapshot that alone ends a restore', async () => {
  const made = world({ listScript: `${JSON.stringify(snapshot)}\nclean-1\n` })
  await expect(removeSnapshot('clean', made.nodes)).rejects.toMatchObject({ code: 'restore-interrupted' })
  expect(made.ran).toEqual(['listScript in a'])
})

it('takes no folder for a volume that the node itself lives by', async () => {
  const paths = ['/', '/var', '/var/lib/', '/var/lib/kubelet', '/etc', '/tmp', '/data/', '/var/lib/postgres', '/tmp/db']
  const kube = {
    list: async () => paths.map((path) => ({ kind: 'PersistentVolume', metadata: {}, spec: { hostPath: { path } } })),
  } as unknown as Kube
  expect(await volumeFolders(kube)).toEqual(['/data', '/tmp/db', '/var/lib/postgres'])
})

describe('scripts in nodes', () => {
  const container = (name: string, role: string, running = true) => ({
    name,
    running,
    ports: [],
    labels: { 'io.x-k8s.kind.role': role },
  })
  const failing = (exitStatus: number, stderr: string) =>
    ({
      exec: () =>
        Promise.reject(new CommandError('command-failed', 'x', { command: 'x', exitStatus, stdout: '', stderr })),
    }) as unknown as Engine
  const { signal } = new AbortController()

  it.each([
    [76, '', 'c-control-plane: what it kept of the snapshot is damaged: its digest is another one.'],
    [1, 'tar: x: No space left on device', 'c-control-plane: its disk is full.'],
    [
      128,
      'OCI runtime exec failed: write /run/.pid: no space left on device: unknown',
      'c-control-plane: its disk is full.',
    ],
    [3, 'one\nlast line', 'c-control-plane: a command failed there (last line).'],
  ])('say what went wrong where: %i', async (exitStatus, stderr, message) => {
    const nodes = nodesOf('c', failing(exitStatus, stderr), [container('c-control-plane', 'control-plane')], signal)
    await expect(nodes.run(nodes.head, 'exit 1')).rejects.toThrow(message)
  })

  it('are run in all nodes or in none', () => {
    const containers = [container('c-worker', 'worker', false), container('c-control-plane', 'control-plane')]
    expect(() => nodesOf('c', failing(0, ''), containers, signal)).toThrow('c-worker of c does not run.')
  })

  it.skipIf(spawnSync('bash', ['--version']).status !== 0)('are bash', () => {
    const input = Object.values(scripts)
      .map((script) => `{ ${script}\n}\n`)
      .join('')
    const { status, stderr } = spawnSync('bash', ['-n'], { input, encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })
})
