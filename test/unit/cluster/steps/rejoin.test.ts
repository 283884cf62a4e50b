import { describe, expect, it } from 'vitest'
import type { Container } from '../../../../cluster/engine/engine.ts'
import { namedNodes } from '../../../../cluster/nodes/may-run.ts'
import type { Kube } from '../../../../cluster/kube/kube.ts'
import { rejoin } from '../../../../cluster/steps/rejoin.ts'
import type { Parts } from '../../../../cluster/parts.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'
import { context } from '../../../support/steps.ts'

const joined = async (
  {
    containers = [],
    roles = ['control-plane', 'worker'] as const,
    name = 'docker' as const,
    config = 'same',
  }: {
    readonly containers?: readonly Container[]
    readonly roles?: readonly ('control-plane' | 'worker')[]
    readonly name?: 'docker' | 'podman'
    readonly config?: string
  },
  missing: readonly string[],
) => {
  const done: string[] = []
  const { engine } = standInEngine({
    name,
    containers: [nodeContainer('demo', 'control-plane'), ...containers],
    over: { removeContainers: async ([gone]) => void done.push(`remove ${gone}`) },
    exec: async (container, [program = '', ...words], options) => {
      const line = [program, ...words].join(' ')
      done.push(`${container}: ${line}${options?.input === undefined ? '' : ` < ${options.input}`}`)
      const out: Readonly<Record<string, string>> = {
        'cat /etc/containerd/config.toml': container === 'demo-control-plane' ? config : 'same',
        'kubeadm token create --ttl 15m --print-join-command':
          'W1126 a warning\nkubeadm join demo-control-plane:6443 --token abc.def --discovery-token-ca-cert-hash sha256:123 \n',
      }
      return { stdout: out[line] ?? '', stderr: '', code: 0 }
    },
  })
  const mounts = [{ hostPath: '/srv', nodePath: '/data', readOnly: true }]
  const nodes = roles.map((role) => ({ ...madeNode(role), mounts }))
  const parts = {
    config: madeConfig({ nodes }),
    nodes: namedNodes('demo', nodes),
    engine: () => Promise.resolve(engine),
    run: async (program: string, args: readonly string[], { env }: { readonly env?: object } = {}) => {
      done.push([program, ...args, ...(env ? [JSON.stringify(env)] : [])].join(' '))
      const found = {
        Config: { Image: 'kindest/node:v1', Env: ['PATH=/bin', 'NO_PROXY=x', 'HTTPS_PROXY=http://me:secret@proxy'] },
        HostConfig: { NetworkMode: 'kind' },
      }
      return { stdout: args[0] === 'inspect' ? JSON.stringify([found]) : '', stderr: '', code: 0 }
    },
  } as unknown as Parts
  const kube = {
    delete: async ({ name: node }: { name: string }) => void done.push(`delete ${node}`),
  } as unknown as Kube
  await rejoin(missing, parts, kube, context())
  return done
}

describe('a worker whose container is gone', () => {
  it('is made as kind makes it, and joined with a token of its own', async () => {
    const done = await joined({}, ['demo-worker'])
    expect(done).toEqual([
      'docker inspect demo-control-plane',
      'delete demo-worker',
      expect.stringMatching(
        /^docker run --detach --tty --name=demo-worker --hostname=demo-worker --net=kind --label=io\.x-k8s\.kind\.cluster=demo --label=io\.x-k8s\.kind\.role=worker .*--privileged.* --env NO_PROXY --env HTTPS_PROXY --volume \/srv:\/data:ro kindest\/node:v1 \{"NO_PROXY":"x","HTTPS_PROXY":"http:\/\/me:secret@proxy"\}$/,
      ),
      'demo-worker: crictl version',
      'demo-control-plane: cat /etc/containerd/config.toml',
      'demo-worker: cat /etc/containerd/config.toml',
      'demo-control-plane: kubeadm token create --ttl 15m --print-join-command',
      'demo-worker: sh -c exec kubeadm join "$@" --token "$(cat)" join demo-control-plane:6443 --discovery-token-ca-cert-hash sha256:123 --node-name demo-worker --cri-socket unix:///run/containerd/containerd.sock --skip-phases preflight < abc.def',
    ])
  })

  it('gets what the others have of the configuration of containerd', async () => {
    const done = await joined({ config: 'patched' }, ['demo-worker'])
    expect(done).toContain('demo-worker: cp /dev/stdin /etc/containerd/config.toml < patched')
    expect(done).toContain('demo-worker: systemctl restart containerd')
  })

  it('is made again where its join was broken off', async () => {
    const done = await joined({ containers: [nodeContainer('demo', 'worker')] }, ['demo-worker'])
    expect(done.slice(0, 3)).toEqual(['docker inspect demo-control-plane', 'delete demo-worker', 'remove demo-worker'])
  })

  it('is not joined where that cannot be done: the command is said', async () => {
    const refused = { code: 'recreate-needed', hints: [expect.stringContaining('--recreate')] }
    await expect(joined({ name: 'podman' }, ['demo-worker'])).rejects.toMatchObject(refused)
    await expect(joined({ roles: ['control-plane', 'control-plane'] }, ['demo-control-plane2'])).rejects.toMatchObject(
      refused,
    )
  })
})
