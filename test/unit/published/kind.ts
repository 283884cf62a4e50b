import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { parse } from 'yaml'
import { namedNodes } from '../../../cluster/nodes/may-run.ts'
import { causeIn } from '../../../cluster/kind/causes.ts'
import { progress } from '../../../cluster/kind/create.ts'
import { kindDocument } from '../../../cluster/kind/document.ts'
import { apiEndpoint } from '../../../cluster/kind/endpoint.ts'
import { kindClusterLabel, kindRoleLabel } from '../../../cluster/kind/labels.ts'
import { nodeImage } from '../../../cluster/kind/node-images.ts'
import { registryContainers } from '../../../cluster/mirrors/mirrors.ts'
import { kindEnvironment } from '../../../cluster/kind/provider.ts'
import { snapshotterIn } from '../../../cluster/load/image-store.ts'
import { readKindNetwork } from '../../../cluster/network/kind-network.ts'
import { flux } from '../../../addons/flux/index.ts'
import { argocd } from '../../../addons/argocd/index.ts'
import { madeConfig, madeNode } from '../../support/made-config.ts'
import { nodeContainer, standInEngine } from '../../support/stand-in-engine.ts'
import type { Fact, Reading } from './fact.ts'

const root = join(import.meta.dirname, '../../..')
const kind = (path: string, holds: readonly RegExp[], lacks: readonly RegExp[] = []): Reading => ({
  repo: 'kubernetes-sigs/kind',
  commit: 'fed268827e21ca48a74c38215c316dd343364ef5',
  note: 'main; the Go module v0.33.0 differs from it in the version and the default image alone',
  path,
  holds,
  lacks,
})

/** The default of a release, as it stands in its sources. */
const defaults: Readonly<Record<string, readonly [commit: string, version: string, digest: string]>> = {
  '0.24.0': ['36d544b02f143304f1c22720c0c3cf86372f8ed6', '1.31.0', '53df588e'],
  '0.25.0': ['51c0bf796fc215d9b339dbbcec47e22c71d5c999', '1.31.2', '18fbefc2'],
  '0.26.0': ['c5f516c8b2c4927232074381c980467e393cf965', '1.32.0', 'c48c62ea'],
  '0.27.0': ['6cb934219ac54aa0ddb1d8313adc05304421ccb6', '1.32.2', 'f2263459'],
  '0.28.0': ['3ab456276bf7c626cbe64431c2a7068f646b1d03', '1.33.1', '8d866994'],
  '0.29.0': ['200b3aac0b5ff698426715db9b4d13288bd470a3', '1.33.1', '05007225'],
  '0.30.0': ['9a205e8c8540557602240f8766d3c95c51c23c4c', '1.34.0', '7416a61b'],
  '0.31.0': ['a323333ff9efd8099f95a8a6b5c86c75a210d00f', '1.35.0', '452d707d'],
  '0.32.0': ['cda67ef8588f6bfdac5358233f2471cb2149ecaf', '1.36.1', '3489c767'],
}

/** Programs that the code starts in nodes, from its own text. */
const startedInNodes = (): readonly string[] => {
  const texts = globSync('cluster/**/*.ts', { cwd: root })
    // What is run in a registry is another image's.
    .filter((file) => !file.endsWith('registry/container.ts'))
    .map((file) => readFileSync(join(root, file), 'utf8').replace(/words = \['wget'/, ''))
  const calls = texts.flatMap((text) => [
    ...text.matchAll(/\b(?:exec|execCommand)\(\s*[\w.]+,\s*\[\s*'([^']+)'/g),
    ...text.matchAll(/\bwords = \[\s*'([a-z]+)'/g),
  ])
  return [...new Set(calls.map(([, program = '']) => program))].toSorted()
}

const document = (parts: object, image?: string) =>
  parse(
    kindDocument(
      madeConfig({
        cluster: {
          engine: 'auto',
          nodes: [
            madeNode('control-plane', { taints: [{ key: 'a', value: '', effect: 'NoSchedule' }] }),
            madeNode('worker'),
          ],
          onPortConflict: 'fail',
          mirrors: [],
          kind: {},
          ...parts,
        },
      }),
      { image, cgroupVersion: 1 },
    ),
  ) as {
    nodes: { kubeadmConfigPatches?: string[] }[]
    kubeadmConfigPatches: string[]
    containerdConfigPatches: string[]
  }

export const kindFacts: readonly Fact[] = [
  {
    id: 'node-programs',
    fact: 'A node image has sh, bash, curl, coreutils, grep, systemd, kubeadm, containerd, ctr and crictl.',
    code: [
      'cluster/network/connect-from.ts',
      'cluster/registry/ask.ts',
      'cluster/registry/certs.ts',
      'cluster/load/send-archive.ts',
      'cluster/load/add-layer.ts',
      'cluster/load/holdings.ts',
      'cluster/kind/finished.ts',
      'cluster/steps/rejoin.ts',
      'cluster/checks/clock.ts',
      'cluster/ours.ts',
    ],
    read: [
      kind('images/base/Dockerfile', [
        /^ARG BASE_IMAGE=debian:trixie-slim$/m,
        /^\s+systemd \\$/m,
        /bash ca-certificates curl jq procps/,
        /containerd\/bin\/containerd \/usr\/local\/bin\//,
        /containerd\/bin\/ctr \/usr\/local\/bin\//,
        /build\/crictl \/usr\/local\/bin\//,
      ]),
      kind('pkg/build/nodeimage/internal/kube/builder_tarball.go', [/filepath\.Join\(binDir, "kubeadm"\)/]),
    ],
    assumed: () => {
      const known =
        '/bin/sh bash cat containerd cp crictl ctr curl date du grep install kubeadm rm rmdir sh systemctl test timeout touch'.split(
          ' ',
        )
      const started = startedInNodes()
      expect(started.filter((program) => !known.includes(program))).toEqual([])
      expect(started).toEqual(expect.arrayContaining(['curl', 'containerd', 'ctr', 'crictl', 'install', 'timeout']))
    },
  },
  {
    id: 'containerd-configuration',
    fact: 'containerd’s configuration in a node image is of version 2, names a snapshotter and no `config_path`, and discards layers once they are unpacked.',
    code: ['cluster/kind/document.ts', 'cluster/registry/certs.ts', 'cluster/load/image-store.ts'],
    read: [
      kind(
        'images/base/files/etc/containerd/config.toml',
        [/^version = 2$/m, /snapshotter = "overlayfs"/, /discard_unpacked_layers = true/],
        [/config_path/, /certs\.d/],
      ),
    ],
    assumed: () => {
      const [patch = ''] = document({ registry: { port: 5001, keep: false } }).containerdConfigPatches
      expect(patch).toContain(
        '[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d"',
      )
      expect(snapshotterIn('[plugins."io.containerd.grpc.v1.cri".containerd]\n  snapshotter = "overlayfs"')).toBe(
        'overlayfs',
      )
    },
  },
  {
    id: 'entrypoint',
    fact: 'The entry point is a script for bash, may change the snapshotter in containerd’s configuration, and keeps files of its own in /kind.',
    code: ['cluster/network/connect-from.ts', 'cluster/load/image-store.ts', 'cluster/kind/finished.ts'],
    read: [
      kind('images/base/files/usr/local/bin/entrypoint', [
        /^#!\/bin\/bash$/m,
        /KIND_EXPERIMENTAL_CONTAINERD_SNAPSHOTTER/,
        /sed -i .*snapshotter = .* \/etc\/containerd\/config\.toml/,
      ]),
      kind('images/base/Dockerfile', [
        /ENTRYPOINT \[ "\/usr\/local\/bin\/entrypoint", "\/sbin\/init" \]/,
        /files\/kind\/ \/kind\//,
      ]),
    ],
    assumed: () =>
      expect(snapshotterIn(`[plugins.'io.containerd.cri.v1.images']\nsnapshotter = 'fuse-overlayfs'`)).toBe(
        'fuse-overlayfs',
      ),
  },
  {
    id: 'labels',
    fact: 'Containers of a cluster carry the labels `io.x-k8s.kind.cluster` and `io.x-k8s.kind.role`, with every engine.',
    code: ['cluster/kind/labels.ts'],
    read: ['docker', 'podman', 'nerdctl'].map((engine) =>
      kind(`pkg/cluster/internal/providers/${engine}/constants.go`, [
        /"io\.x-k8s\.kind\.cluster"/,
        /"io\.x-k8s\.kind\.role"/,
      ]),
    ),
    assumed: () => {
      expect([kindClusterLabel, kindRoleLabel]).toEqual(['io.x-k8s.kind.cluster', 'io.x-k8s.kind.role'])
    },
  },
  {
    id: 'node-names',
    fact: 'A node is called CLUSTER-ROLE, and from the second of a role on with its number behind.',
    code: ['cluster/nodes/may-run.ts'],
    read: [kind('pkg/cluster/internal/providers/common/namer.go', [/"%s-%s%s", clusterName, role, suffix/])],
    assumed: () => {
      const nodes = [madeNode('control-plane'), madeNode('worker'), madeNode('worker')]
      expect(namedNodes('x', nodes).map(({ container }) => container)).toEqual([
        'x-control-plane',
        'x-worker',
        'x-worker2',
      ])
    },
  },
  {
    id: 'network',
    fact: 'The network of all clusters is called `kind`.',
    code: ['cluster/network/kind-network.ts', 'cluster/registry/container.ts'],
    read: ['docker', 'nerdctl', 'podman'].map((engine) =>
      kind(`pkg/cluster/internal/providers/${engine}/network.go`, [/fixedNetworkName = "kind"/]),
    ),
    assumed: async () => {
      const asked: string[] = []
      await readKindNetwork(standInEngine().engine, (_program, args) => {
        asked.push(args.join(' '))
        return Promise.resolve({ stdout: '[]', stderr: '', code: 0 })
      })
      expect(asked).toEqual(['network inspect kind'])
    },
  },
  {
    id: 'api-port',
    fact: 'The API listens on 6443 in its container; Docker Desktop may tell another address in a label.',
    code: ['cluster/kind/endpoint.ts'],
    read: [
      kind('pkg/cluster/internal/providers/common/constants.go', [/APIServerInternalPort = 6443/]),
      kind('pkg/cluster/internal/providers/docker/provider.go', [/desktop\.docker\.io\/ports\/%d\/tcp/]),
    ],
    assumed: () => {
      const node = nodeContainer('x', 'control-plane')
      const ports = [{ address: '127.0.0.1', hostPort: 34567, containerPort: 6443, protocol: 'tcp' }]
      expect(apiEndpoint([{ ...node, ports }])).toBe('https://127.0.0.1:34567')
      const labels = { ...node.labels, 'desktop.docker.io/ports/6443/tcp': '10.0.1.7:6443' }
      expect(apiEndpoint([{ ...node, ports, labels }])).toBe('https://10.0.1.7:6443')
    },
  },
  {
    id: 'admin-kubeconfig',
    fact: 'kubeadm leaves the administrator’s kubeconfig in /etc/kubernetes/admin.conf of the first control plane.',
    code: ['cluster/kind/admin-kubeconfig.ts'],
    read: [kind('pkg/cluster/internal/create/actions/kubeadminit/init.go', [/"\/etc\/kubernetes\/admin\.conf"/])],
    assumed: () =>
      expect(readFileSync(join(root, 'cluster/kind/admin-kubeconfig.ts'), 'utf8')).toContain(
        "['cat', '/etc/kubernetes/admin.conf']",
      ),
  },
  {
    id: 'progress',
    fact: 'kind says what it does in lines ` • … ...`, and `Starting control-plane` once containerd has its final configuration.',
    code: ['cluster/kind/create.ts', 'cluster/kind/lifecycle.ts'],
    read: [
      kind('pkg/internal/cli/status.go', [/ • %s {2}\.\.\.\\n/]),
      kind('pkg/cluster/internal/create/actions/kubeadminit/init.go', [/Status\.Start\("Starting control-plane /]),
      kind('pkg/cluster/internal/create/actions/config/config.go', [/systemctl restart containerd/]),
    ],
    assumed: () => {
      expect(progress(' • Starting control-plane 🕹️  ...')).toBe('starting control-plane')
      expect(readFileSync(join(root, 'cluster/kind/lifecycle.ts'), 'utf8')).toContain(
        "line.startsWith('starting control-plane')",
      )
    },
  },
  {
    id: 'failures',
    fact: 'The words of kind for a name that is taken, a node image that cannot be pulled, a node that did not boot, and a rootless engine without cgroup v2.',
    code: ['cluster/kind/causes.ts'],
    read: [
      kind('pkg/cluster/internal/create/create.go', [
        /node\(s\) already exist for a cluster with the name %q/,
        /requires cgroup v2/,
      ]),
      kind('pkg/cluster/internal/providers/docker/images.go', [/failed to pull image %q/]),
      kind('pkg/cluster/internal/providers/common/cgroups.go', [/could not find a log line that matches %q/]),
    ],
    assumed: () =>
      expect(
        [
          'ERROR: failed to create cluster: node(s) already exist for a cluster with the name "x"',
          'failed to pull image "kindest/node:v9"',
          'could not find a log line that matches "Reached target .*Multi-User System.*"',
          'running kind with rootless provider requires cgroup v2, see',
        ].map((said) => causeIn(said)?.code),
      ).toEqual(['name-taken', 'image-unavailable', 'node-did-not-boot', 'rootless']),
  },
  {
    id: 'kubeadm',
    fact: 'kind hands kubeadm an InitConfiguration, a JoinConfiguration and a KubeletConfiguration, each of which takes patches by its kind; it takes the taint away from a control plane that is alone.',
    code: ['cluster/kind/document.ts', 'cluster/nodes/may-run.ts'],
    read: [
      kind('pkg/cluster/internal/kubeadm/config.go', [
        /^kind: InitConfiguration$/m,
        /^kind: JoinConfiguration$/m,
        /^kind: KubeletConfiguration$/m,
      ]),
      kind('pkg/cluster/internal/create/actions/kubeadminit/init.go', [/node-role\.kubernetes\.io\/control-plane-"/]),
    ],
    assumed: () => {
      const { nodes, kubeadmConfigPatches } = document({}, 'kindest/node:v1.36.0')
      const kinds = (nodes[0]?.kubeadmConfigPatches ?? []).map((patch) => (parse(patch) as { kind: string }).kind)
      expect(kinds).toEqual(['InitConfiguration', 'JoinConfiguration'])
      expect(kubeadmConfigPatches.map((patch) => parse(patch) as unknown)).toEqual([
        { kind: 'KubeletConfiguration', failCgroupV1: false },
      ])
    },
  },
  {
    id: 'create-flags',
    fact: '`kind create cluster` takes --name, --config - for standard input, --kubeconfig and --retain; KIND_EXPERIMENTAL_PROVIDER chooses the engine.',
    code: ['cluster/kind/create.ts', 'cluster/kind/provider.ts'],
    read: [
      kind('pkg/cmd/kind/create/cluster/createcluster.go', [/"retain"/, /"config"/, /"kubeconfig"/, /stdin/]),
      kind('pkg/internal/runtime/runtime.go', [/KIND_EXPERIMENTAL_PROVIDER/]),
    ],
    assumed: () => {
      const text = readFileSync(join(root, 'cluster/kind/create.ts'), 'utf8')
      for (const flag of ["'--config', '-'", "'--kubeconfig'", "'--retain'"]) expect(text).toContain(flag)
      const env = kindEnvironment(standInEngine({ name: 'podman' }).engine, {} as never, [], {})
      expect(env['KIND_EXPERIMENTAL_PROVIDER']).toBe('podman')
    },
  },
  {
    id: 'proxies',
    fact: 'kind hands HTTP_PROXY, HTTPS_PROXY and NO_PROXY of its own environment on to the nodes.',
    code: ['cluster/kind/provider.ts'],
    read: [kind('pkg/cluster/internal/providers/common/proxy.go', [/"HTTP_PROXY"/, /"HTTPS_PROXY"/, /"NO_PROXY"/])],
    assumed: () => {
      const base = madeConfig()
      const config = { ...base, cluster: { ...base.cluster, registry: { port: 5001, keep: false } } }
      const env = kindEnvironment(standInEngine().engine, {} as never, registryContainers(config), {
        HTTPS_PROXY: 'http://p:1',
        NO_PROXY: 'a',
      })
      expect(env['NO_PROXY']).toBe('a,kindup-registry-5001')
    },
  },
  {
    id: 'node-images',
    fact: 'The default node image of each release, by digest.',
    code: ['cluster/kind/node-images.ts'],
    read: Object.values(defaults).map(([commit, version, digest]) => ({
      repo: 'kubernetes-sigs/kind',
      commit,
      path: 'pkg/apis/config/defaults/image.go',
      holds: [new RegExp(`kindest/node:v${version.replaceAll('.', String.raw`\.`)}@sha256:${digest}`)],
    })),
    assumed: () => {
      for (const [release, [, version, digest]] of Object.entries(defaults))
        expect(nodeImage(version, release)).toMatch(new RegExp(`^kindest/node:v${version}@sha256:${digest}`))
      // Read in the Go module v0.33.0: the same file.
      expect(nodeImage('1.37.0', '0.33.0')).toMatch(/@sha256:a1ed56cfb0e7b935/)
    },
  },
  {
    id: 'network-policies',
    fact: 'kindnetd enforces network policies itself.',
    code: ['addons/argocd/values.yaml', 'addons/flux/values.yaml'],
    read: [kind('images/kindnetd/go.mod', [/sigs\.k8s\.io\/kube-network-policies/])],
    assumed: () => {
      expect(parse(readFileSync(argocd.values, 'utf8'))).toMatchObject({ global: { networkPolicy: { create: false } } })
      expect(parse(readFileSync(flux.values, 'utf8'))).toMatchObject({ policies: { create: false } })
    },
  },
  {
    id: 'storage-class',
    fact: 'A storage class `standard` is there and the default: a claim needs to name none.',
    code: ['examples/attendance/chart/templates/database.yaml'],
    read: [
      kind('pkg/build/nodeimage/const_storage.go', [/name: standard/, /is-default-class: "true"/]),
      kind('pkg/cluster/internal/create/actions/installstorage/storage.go', [
        /\/kind\/manifests\/default-storage\.yaml/,
      ]),
    ],
    assumed: () => {
      const texts = globSync('examples/**/*.yaml', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'))
      expect(texts.filter((text) => text.includes('storageClassName'))).toEqual([])
    },
  },
  {
    id: 'inotify',
    fact: 'Several nodes want fs.inotify.max_user_watches 524288 and max_user_instances 512.',
    code: ['cluster/checks/inotify.ts'],
    read: [
      kind('site/content/docs/user/known-issues.md', [
        /fs\.inotify\.max_user_watches ?= ?524288/,
        /fs\.inotify\.max_user_instances ?= ?512/,
      ]),
    ],
    assumed: () => {
      const text = readFileSync(join(root, 'cluster/checks/inotify.ts'), 'utf8')
      expect(text).toContain('{ max_user_watches: 524_288, max_user_instances: 512 }')
    },
  },
  {
    id: 'kubeconfig-lock',
    fact: 'kind and kubectl lock a kubeconfig by making FILE.lock, and fail where it is there.',
    code: ['core/file-lock.ts'],
    read: [
      kind('pkg/cluster/internal/kubeconfig/internal/kubeconfig/lock.go', [
        /O_CREATE\|os\.O_EXCL/,
        /filename \+ "\.lock"/,
      ]),
    ],
    assumed: () => expect(readFileSync(join(root, 'core/file-lock.ts'), 'utf8')).toContain('`${file}.lock`'),
  },
]
