import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { foldersIn } from '../../../cluster/registry/certs-folders.ts'
import { configText, localRegistry } from '../../../cluster/registry/local.ts'
import { complaintIn } from '../../../cluster/registry/container.ts'
import { mirrorsOf } from '../../../cluster/mirrors/mirrors.ts'
import { sumIn } from '../../../cluster/tools/checksum.ts'
import { locationOf } from '../../../cluster/tools/locations.ts'
import { oldest, pinned, readVersion } from '../../../cluster/tools/versions.ts'
import { pullTrouble } from '../../../cluster/ready/pull-trouble.ts'
import { isNotServed, servedBy } from '../../../manifests/kinds/served.ts'
import { transform } from '../../../manifests/transform/transform.ts'
import { madeConfig } from '../../support/made-config.ts'
import type { Fact, Reading } from './fact.ts'

const root = join(import.meta.dirname, '../../..')
const ours = (path: string): string => readFileSync(join(root, path), 'utf8')
const from =
  (repo: string, commit: string, note?: string) =>
  (path: string, holds: readonly RegExp[], lacks: readonly RegExp[] = []): Reading => ({
    repo,
    commit,
    ...(note === undefined ? {} : { note }),
    path,
    holds,
    lacks,
  })

const kind = from(
  'kubernetes-sigs/kind',
  'fed268827e21ca48a74c38215c316dd343364ef5',
  'main; the Go module v0.33.0 differs from it in the version and the default image alone',
)
const helm4 = from('helm/helm', '3900f434fd3ef2b84065dc04508df48f288dba00', 'v4.2.4')
const helm3 = from('helm/helm', '813176c51bb5c181dbbd7901298ddcc104cd3417', 'v3.21.4')
const release = from('kubernetes/release', 'f618b2a308bc76e90e987e45ab17c85778dd5993', 'what builds all releases')
const website = from('kubernetes/website', '000635e265fff617f7fbca18f39212c82952ebc0')
const firefox = from(
  'mozilla/enterprise-firefox',
  '59e098c952a0b134972d4ea28f71d0df61507a23',
  'the sources of Firefox with some policies more',
)
const kubernetes = (version: string) => from('kubernetes/kubernetes', version)
const containerd = (version: string, commit: string) => from('containerd/containerd', commit, version)
const containerd17 = containerd('v1.7.24', '88bf19b2105c8b17560993bee28a01ddc2f97182')
const containerd20 = containerd('v2.0.2', 'c507a0257ea6462fbd6f5ba4f5c74facb04021f4')
const containerd21 = containerd('v2.1.4', '75cb2b7193e4e490e9fbdc236c0e811ccaba3376')
const containerd220 = containerd('v2.2.0', '1c4457e00facac03ce1d75f7b6777a7a851e5c41')
const containerd23 = containerd('v2.3.4', 'db8809540e1a7a9da5d518876894933ff55692ab')
const distribution = from('distribution/distribution', '9ed95e7365224025ee89365e12cf128e1f1bf965', 'v3.0.0')
const image = from(
  'distribution/distribution-library-image',
  'a829ed8cbcd822f50c3c4dfb1c3a5b4fcf8108f1',
  'registry:3.0.0; 3.1 is newer than the snapshot',
)
const hub = from('docker/docs', '000a96d340ed5aff283d899d8f8b3eb603ab8133')
const runner = from('actions/runner-images', '749514466b4f51b7dc8d9f1cda62257dcf13d183', 'image 20260816')

/** The first release of each that runs on Node 24, by its tag of today. */
const onNode24 = {
  checkout: [5, 'fbc6f3992d24b796d5a048ff273f7fcc4a7b6c09'],
  'setup-node': [5, 'a0853c24544627f65ddf259abe73b1d18a591444'],
  'setup-go': [6, '924ae3a1cded613372ab5595356fb5720e22ba16'],
  cache: [5, '27d5ce7f107fe9357f9df03efb73ab90386fccae'],
  'upload-artifact': [6, 'b7c566a772e6b6bfb58ed0dc250532a479d7789f'],
} as const

const linux = { platform: 'linux', arch: 'x64' }
const sum = 'a'.repeat(64)
const dump = (path: string): string => `[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = '${path}'\n`
const says = (version: string): string => `containerd github.com/containerd/containerd/v2 ${version} 0123abc`

export const toolFacts: readonly Fact[] = [
  {
    id: 'served-apis',
    fact: 'What Kubernetes serves by itself: the stable versions of its discovery documents (storagemigration.k8s.io/v1 since 1.37, resource.k8s.io/v1 since 1.34), and of the others those of flowcontrol until 1.31; helm without a cluster says of many gone ones that they are there.',
    code: ['manifests/kinds/served.ts', 'manifests/helm/without-gone-apis.ts'],
    read: [
      kubernetes('v1.37.0')('api/discovery/apis__storagemigration.k8s.io__v1.json', [
        /"kind": "StorageVersionMigration"/,
      ]),
      kubernetes('v1.36.4')(
        'api/discovery/apis__resource.k8s.io__v1.json',
        [/"kind": "DeviceClass"/],
        [/DeviceTaintRule/],
      ),
      kubernetes('v1.31.2')('pkg/controlplane/instance.go', [
        /legacyBetaEnabledByDefaultResources = .*\n\s*flowcontrolv1beta3\.SchemeGroupVersion\.WithResource\("flowschemas"\)/,
      ]),
      helm4('pkg/chart/common/capabilities.go', [/scheme\.Scheme\.PrioritizedVersionsAllGroups\(\)/]),
    ],
    assumed: () => {
      expect(servedBy('1.37.0')).toContain('storagemigration.k8s.io/v1/StorageVersionMigration')
      expect(servedBy('1.36.4')).not.toContain('resource.k8s.io/v1/DeviceTaintRule')
      expect(servedBy('1.31.2')).toContain('flowcontrol.apiserver.k8s.io/v1beta3/FlowSchema')
      expect(isNotServed('policy/v1beta1', '1.36.4')).toBe(true)
    },
  },
  {
    id: 'kind-download',
    fact: 'kind is one file, kind-OS-ARCH without an ending, with `kind-OS-ARCH.sha256sum` beside it: the sum and the name.',
    code: ['cluster/tools/locations.ts', 'cluster/tools/checksum.ts'],
    read: [
      kind('hack/release/build/cross.sh', [
        /shasum -a 256 "\$f" > "\$f"\.sha256sum/,
        /KIND_BINARY_NAME=kind-\$\{GOOS\}-\$\{GOARCH\}/,
        /GOOS=windows GOARCH=amd64/,
      ]),
      kind('site/content/docs/user/quick-start.md', [/https:\/\/kind\.sigs\.k8s\.io\/dl\/.*\/kind-linux-amd64/]),
    ],
    assumed: () => {
      expect(locationOf('kind', '0.33.0', linux)).toMatchObject({
        url: 'https://kind.sigs.k8s.io/dl/v0.33.0/kind-linux-amd64',
        checksumUrl: 'https://kind.sigs.k8s.io/dl/v0.33.0/kind-linux-amd64.sha256sum',
      })
      expect(sumIn(`${sum}  kind-linux-amd64\n`, 'kind-linux-amd64')).toBe(sum)
    },
  },
  {
    id: 'kubectl-download',
    fact: 'kubectl is /release/vVERSION/bin/OS/ARCH/kubectl, with `kubectl.sha256` beside it: the sum alone.',
    code: ['cluster/tools/locations.ts', 'cluster/tools/checksum.ts'],
    read: [
      website('content/en/docs/tasks/tools/install-kubectl-linux.md', [
        /https:\/\/dl\.k8s\.io\/release\/.*\/bin\/linux\/amd64\/kubectl/,
        /kubectl\.sha256/,
        /\$\(cat kubectl\.sha256\) {2}kubectl/,
      ]),
      release('pkg/release/release.go', [/writeSHAFile\(path, sha256\.New\(\)\)/]),
    ],
    assumed: () => {
      expect(locationOf('kubectl', '1.36.4', linux)).toMatchObject({
        url: 'https://dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubectl',
        checksumUrl: 'https://dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubectl.sha256',
      })
      expect(sumIn(sum, 'kubectl')).toBe(sum)
    },
  },
  {
    id: 'helm-download',
    fact: 'helm is helm-vVERSION-OS-ARCH.tar.gz (.zip for Windows) with the program in OS-ARCH/, and `.sha256sum` beside it: the sum and the name.',
    code: ['cluster/tools/locations.ts', 'cluster/tools/checksum.ts', 'cluster/tools/archive.ts'],
    read: [helm4, helm3].map((helm) =>
      helm('Makefile', [
        /tar -zcf helm-\$\{VERSION\}-\{\}\.tar\.gz/,
        /zip -r helm-\$\{VERSION\}-\{\}\.zip/,
        /shasum -a 256 .*\.sha256sum/,
      ]),
    ),
    assumed: () => {
      expect(locationOf('helm', '4.2.4', linux)).toMatchObject({
        url: 'https://get.helm.sh/helm-v4.2.4-linux-amd64.tar.gz',
        checksumUrl: 'https://get.helm.sh/helm-v4.2.4-linux-amd64.tar.gz.sha256sum',
        inside: 'linux-amd64/helm',
      })
      expect(sumIn(`${sum}  helm-v4.2.4-linux-amd64.tar.gz\n`, 'helm-v4.2.4-linux-amd64.tar.gz')).toBe(sum)
    },
  },
  {
    id: 'helm-post-renderer',
    fact: 'helm 4 takes a plugin of type postrenderer/v1, and hands it hooks with everything else; helm 3 takes a program with --post-renderer-args, and no hooks.',
    code: ['services/helm/post-renderer.ts', 'services/deploy/upgrade.ts', 'manifests/transform/hook-jobs.ts'],
    read: [
      helm4('internal/plugin/plugin_type_registry.go', [/"postrenderer\/v1"/]),
      helm4('pkg/action/upgrade.go', [/PostRenderStrategy: PostRenderStrategyCombined/]),
      helm3('cmd/helm/flags.go', [/"post-renderer-args"/]),
    ],
    assumed: () => {
      const text = ours('services/helm/post-renderer.ts')
      for (const words of ["type: 'postrenderer/v1'", "'--post-renderer-args'", 'HELM_PLUGINS'])
        expect(text).toContain(words)
    },
  },
  {
    id: 'helm-hooks',
    fact: 'helm 4 begins to watch a hook once it is made, and one that is gone is "not ready. status: NotFound"; helm 3 takes a deleted Job for one that is done. Hooks are deleted before the next ones unless they say otherwise.',
    code: ['manifests/transform/hook-jobs.ts'],
    read: [
      helm4('pkg/action/hooks.go', [/WatchUntilReady\(resources, timeout\)/, /HookBeforeHookCreation\}/]),
      helm4('pkg/kube/statuswait.go', [/not ready\. status: %s/, /UnknownStatus && desired == status\.NotFoundStatus/]),
      helm3('pkg/kube/client.go', [/case watch\.Deleted:/]),
    ],
    assumed: () => {
      const [job] = transform(
        [
          {
            apiVersion: 'batch/v1',
            kind: 'Job',
            metadata: { name: 'a', annotations: { 'helm.sh/hook': 'pre-install' } },
            spec: { ttlSecondsAfterFinished: 0 },
          },
        ],
        { cluster: 'x', step: 'y', images: [], skip: [] },
      )
      expect(job?.['spec']).toEqual({ ttlSecondsAfterFinished: 600 })
    },
  },
  {
    id: 'helm-flags',
    fact: 'helm 4 applies on the server with --server-side and --force-conflicts; helm 3 has neither.',
    code: ['services/helm/upgrade.ts'],
    read: [
      helm4('pkg/cmd/upgrade.go', [/"force-conflicts"/, /"server-side"/]),
      helm3('cmd/helm/upgrade.go', [/"history-max"/], [/"server-side"/]),
    ],
    assumed: () =>
      expect(ours('services/helm/upgrade.ts')).toContain(
        "(await helm.major()) >= 4 ? ['--server-side=true', '--force-conflicts'] : []",
      ),
  },
  {
    id: 'containerd-config-path',
    fact: 'containerd before 2.2 looks into no folder that it was not told of; from 2.2 on into /etc/containerd/certs.d and /etc/docker/certs.d, which `config dump` does not show from 2.2.2 on.',
    code: ['cluster/registry/certs-folders.ts', 'cluster/kind/document.ts'],
    read: [
      containerd17('pkg/cri/config/config_unix.go', [/MaxConcurrentDownloads/], [/certs\.d/]),
      containerd20('internal/cri/config/config_unix.go', [/MaxConcurrentDownloads/], [/certs\.d/]),
      containerd21('internal/cri/config/config_unix.go', [/MaxConcurrentDownloads/], [/certs\.d/]),
      containerd220('internal/cri/config/config_unix.go', [/"\/etc\/containerd\/certs\.d:\/etc\/docker\/certs\.d"/]),
      containerd23('internal/cri/config/config_unix.go', [/Registry: +Registry\{\}/], [/certs\.d/]),
      containerd23('plugins/cri/images/plugin.go', [
        /ConfigPath == "" && len\(config\.Registry\.Mirrors\) == 0/,
        /"\/etc\/containerd\/certs\.d:\/etc\/docker\/certs\.d"/,
      ]),
    ],
    assumed: () => {
      const own = ['/etc/containerd/certs.d', '/etc/docker/certs.d']
      const folders = ['v1.7.24', 'v2.0.2', 'v2.1.4', 'v2.2.2', 'v2.3.4'].map((v) => foldersIn(says(v), dump('')))
      expect(folders).toEqual([[], [], [], own, own])
    },
  },
  {
    id: 'containerd-mirrors',
    fact: 'containerd refuses `mirrors` together with `config_path`, and does not start its image service then.',
    code: ['config/check/containerd-patches.ts'],
    read: [
      containerd17('pkg/cri/config/config.go', [
        /`mirrors` cannot be set when `config_path` is provided/,
        /`configs\.tls` cannot be set when `config_path` is provided/,
      ]),
      containerd23('internal/cri/config/config.go', [/`mirrors` cannot be set when `config_path` is provided/]),
    ],
    assumed: () => expect(ours('test/fixtures/config/invalid-containerd-patches.problems')).toContain('7:9 '),
  },
  {
    id: 'containerd-hosts',
    fact: 'containerd looks for HOST_PORT_ before HOST:PORT, asks registry-1.docker.io for docker.io, and the server itself where a mirror does not answer. Version 1 reads no hosts.toml that has a `server` alone, without a `host`.',
    code: ['cluster/registry/certs.ts', 'cluster/registry/local.ts', 'cluster/mirrors/mirrors.ts'],
    read: [containerd17, containerd20, containerd23].map((read) =>
      read(read === containerd17 ? 'remotes/docker/config/hosts.go' : 'core/remotes/docker/config/hosts.go', [
        /host\[:idx\] \+ "_" \+ host\[idx\+1:\] \+ "_"/,
        /"registry-1\.docker\.io"/,
        ...(read === containerd17 ? [/invalid `host` tree/] : []),
      ]),
    ),
    assumed: () => {
      const base = madeConfig()
      const local = localRegistry({ ...base, cluster: { ...base.cluster, registry: { port: 5001, keep: false } } })
      for (const line of ['server = "http://kindup-registry-5001:5001"', '[host."http://kindup-registry-5001:5001"]'])
        expect(local?.hostsToml.split('\n')).toContain(line)
      const [mirror] = mirrorsOf({ ...base, cluster: { ...base.cluster, mirrors: [{ upstream: 'docker.io' }] } })
      expect(mirror?.hostsToml).toMatch(/^server = "https:\/\/registry-1\.docker\.io"\n/)
      expect(ours('cluster/registry/certs.ts')).toContain("host.replace(/:(\\d+)$/, '_$1_')")
    },
  },
  {
    id: 'ctr-import',
    fact: '`ctr images import` takes --all-platforms, --platform, --snapshotter and --local (1.7 is local unless told otherwise, 2.x is not), and - for standard input.',
    code: ['cluster/load/send-archive.ts', 'cluster/load/image-store.ts'],
    read: [
      containerd17('cmd/ctr/commands/images/import.go', [
        /"all-platforms"/,
        /"platform"/,
        /BoolTFlag\{\s+Name: +"local"/,
      ]),
      containerd23('cmd/ctr/commands/images/import.go', [
        /"all-platforms"/,
        /"platform"/,
        /BoolFlag\{\s+Name: +"local"/,
      ]),
    ],
    assumed: () => {
      const text = ours('cluster/load/send-archive.ts') + ours('cluster/load/image-store.ts')
      for (const flag of ["'--all-platforms'", "'--platform'", '`--snapshotter=', "'--local'"])
        expect(text).toContain(flag)
    },
  },
  {
    id: 'registry-image',
    fact: 'registry:3 (and 2) has a shell and /entrypoint.sh, which serves the configuration that it is given; it keeps what it holds in /var/lib/registry.',
    code: ['cluster/registry/container.ts', 'cluster/registry/local.ts'],
    read: [
      image('Dockerfile', [/^FROM alpine/m, /VOLUME \["\/var\/lib\/registry"\]/, /ENTRYPOINT \["\/entrypoint\.sh"\]/]),
      image('entrypoint.sh', [/^#!\/bin\/sh/, /\*\.yaml\|\*\.yml\) set -- registry serve/]),
    ],
    assumed: () => {
      expect(configText(5000)).toContain('rootdirectory: /var/lib/registry')
      const text = ours('cluster/registry/container.ts')
      expect(text).toContain('exec /entrypoint.sh ${configFile}')
      expect(text).toMatch(/configFile = '[^']+\.yml'/)
      // A hardened image may have nothing more.
      expect(text).not.toMatch(/sha256sum|wget|curl/)
    },
  },
  {
    id: 'registry-configuration',
    fact: 'The keys of the configuration: http.addr, storage.filesystem, storage.delete, proxy.remoteurl, username, password, and ttl, of which zero means for ever; variables named OTEL_… choose where traces go.',
    code: ['cluster/registry/local.ts', 'cluster/mirrors/mirrors.ts'],
    read: [
      distribution('configuration/configuration.go', [
        /yaml:"remoteurl"/,
        /yaml:"username"/,
        /yaml:"password"/,
        /If set to zero, will never expire/,
      ]),
      distribution('tracing/tracing.go', [/autoexport\.NewSpanExporter/]),
    ],
    assumed: () => {
      const base = madeConfig()
      const [mirror] = mirrorsOf({ ...base, cluster: { ...base.cluster, mirrors: [{ upstream: 'ghcr.io' }] } })
      expect(mirror?.container.config).toMatch(/proxy:\n {2}remoteurl: https:\/\/ghcr\.io\n {2}ttl: 0s/)
      expect(ours('cluster/registry/container.ts')).toContain("OTEL_TRACES_EXPORTER: 'none'")
    },
  },
  {
    id: 'registry-words',
    fact: 'A registry that gives up panics (version 2) or tells of a fatal error (version 3).',
    code: ['cluster/registry/container.ts'],
    read: [
      distribution('registry/handlers/app.go', [/panic\(/]),
      distribution('registry/registry.go', [/ListenAndServe\(\)/]),
    ],
    assumed: () => {
      expect(complaintIn('panic: no such host')).toBe('no such host')
      expect(complaintIn('time="x" level=fatal msg="no such host"')).toBe('no such host')
    },
  },
  {
    id: 'docker-hub',
    fact: 'Docker Hub hands out tokens at auth.docker.io for registry-1.docker.io; without a login it serves 100 manifests in 6 hours to an address, and answers 429 to more.',
    code: ['cluster/ready/pull-trouble.ts', 'cluster/mirrors/mirrors.ts', 'cluster/checks/dns.ts'],
    read: [
      hub('content/manuals/docker-hub/usage/pulls.md', [
        /100 per IPv4 address/,
        /`429` response code/,
        /reached your pull rate limit/,
        /https:\/\/auth\.docker\.io\/token\?service=registry\.docker\.io/,
        /https:\/\/registry-1\.docker\.io\/v2\//,
      ]),
    ],
    assumed: () => {
      const said = 'unexpected status code 429: You have reached your pull rate limit.'
      const trouble = pullTrouble('nginx:1', said, 'docker')
      expect(trouble.line).toContain('docker.io limits how often one may pull')
      // It is over after some hours: nothing that a run has to end for.
      expect(trouble.hopelessAfterMs).toBeUndefined()
      expect(ours('cluster/checks/dns.ts')).toContain("'registry-1.docker.io'")
    },
  },
  {
    id: 'github-runner',
    fact: 'ubuntu-latest is Ubuntu 24.04 and has Docker 28, kind 0.32.0, helm 3.21.4 and kubectl 1.36.3 on its PATH: kindup takes them there.',
    code: ['cluster/tools/versions.ts', '.github/workflows/check.yaml', 'docs/how-to/ci.md'],
    read: [
      runner('images/ubuntu/Ubuntu2404-Readme.md', [
        /^- Kind 0\.32\.0$/m,
        /^- Helm 3\.21\.4$/m,
        /^- Kubectl 1\.36\.3$/m,
        /^- Docker Server 28\./m,
      ]),
      runner('README.md', [/`ubuntu-latest` or `ubuntu-24\.04`/]),
    ],
    assumed: () => {
      const newer = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true }) >= 0
      const there = { kind: '0.32.0', helm: '3.21.4', kubectl: '1.36.3' }
      for (const [name, version] of Object.entries(there) as [keyof typeof there, string][])
        expect({ name, isTaken: newer(version, oldest[name]) }).toEqual({ name, isTaken: true })
      expect(readVersion('kind', 'kind v0.32.0 go1.26 linux/amd64')?.text).toBe('0.32.0')
      // One kubectl serves clusters one minor older and newer.
      expect(pinned.kubectl).toMatch(/^1\.36\./)
    },
  },
  {
    id: 'github-actions',
    fact: 'GitHub announced to take Node 20 out of its runner on 16 September 2026. checkout and setup-node from v5, setup-go from v6, cache from v5 and upload-artifact from v6 run on Node 24.',
    code: ['action.yml', '.github/workflows/check.yaml', 'docs/how-to/ci.md', 'docs/how-to/pipelines.md'],
    read: Object.entries(onNode24).map(([name, [major, commit]]) =>
      from(`actions/${name}`, commit, `v${major}`)('action.yml', [/^ {2}using: '?node24'?$/m]),
    ),
    assumed: () => {
      expect(ours('action.yml')).toMatch(/^ {2}using: node24$/m)
      const files = globSync(['.github/workflows/*.yaml', 'examples/*/.github/workflows/*.yaml', 'docs/how-to/*.md'], {
        cwd: root,
      })
      const used = files.flatMap((file) =>
        [...ours(file).matchAll(/\bactions\/([\w-]+)@v(\d+)/g)].map(([, name = '', major]) => ({
          file,
          name,
          major: Number(major),
        })),
      )
      expect(used.length).toBeGreaterThan(5)
      const least: Readonly<Record<string, readonly [number, string]>> = onNode24
      expect(used.filter(({ name, major }) => major < (least[name]?.[0] ?? Infinity))).toEqual([])
    },
  },
  {
    id: 'firefox-profiles',
    fact: 'Firefox keeps its profiles in ~/.mozilla/firefox where that is there, and in mozilla/firefox of XDG_CONFIG_HOME or ~/.config otherwise.',
    code: ['trust/stores/nss.ts'],
    read: [
      firefox('toolkit/xre/nsXREDirProvider.cpp', [
        /GetLegacyOrXDGEnvValue\(aHomeDir, "XDG_CONFIG_HOME",\s+"\.config"_ns/,
        /bool exists = LegacyHomeExists\(/,
        /aIsDotted \? \("\."_ns \+ vendor\)/,
      ]),
    ],
    assumed: () => {
      const text = ours('trust/stores/nss.ts')
      expect(text).toContain("home('.mozilla/firefox/*')")
      expect(text).toContain("join(env['XDG_CONFIG_HOME'] || home('.config'), 'mozilla/firefox/*')")
    },
  },
]
