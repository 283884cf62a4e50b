import type { Path } from '../path.ts'

type Hints = Readonly<Record<string, string>>

/** `a b c` → the same hint for each of them. */
const each = (keys: string, hint: string): Hints => Object.fromEntries(keys.split(' ').map((key) => [key, hint]))

const inManifests =
  'It stands in the manifests or the chart of the service; `patches` of its deploy change what they say.'
const ofKind = (keys: string): Hints =>
  Object.fromEntries(
    keys.split(' ').map((key) => [key, `kind's own keys stand under cluster.kind: cluster: { kind: { ${key}: … } }`]),
  )
const kindKeys =
  'networking featureGates runtimeConfig containerdConfigPatches containerdConfigPatchesJSON6902 kubeadmConfigPatches kubeadmConfigPatchesJSON6902'
const aService = 'What is deployed is a service: services: { web: { deploy: '
const portOfService =
  'A port of this machine: expose: [{ service: web, port: 80, hostPort: 8080 }]; a name instead: host: web.test'
const kubernetes = 'The version of Kubernetes: kubernetes: "1.36"'
const nodePorts = 'Ports belong to a node: nodes: [{ role: control-plane, ports: ["8080:30080"] }]'
const nodeMounts = 'Folders belong to a node: nodes: [{ role: worker, mounts: ["./data:/data"] }]'

/** Where things are set that people look for under a key of another program, by where they look. `*` is any name, `[]` an entry of a list. */
const hints: Readonly<Record<string, Hints>> = {
  '': {
    ...each('apiVersion version', 'A kindup.yaml has none: take the line away.'),
    ...each('metadata clusterName', 'The name of the cluster stands alone: name: my-app'),
    ...each('kind', "kind's own keys stand under cluster.kind: cluster: { kind: { networking: … } }"),
    ...each('nodes workers kubernetes mirrors engine context onPortConflict registry', 'It stands under cluster.'),
    ...ofKind(kindKeys),
    ...each(
      'servers agents options spec provider',
      'The cluster is described under cluster: cluster: { kubernetes: "1.36", workers: 2 }',
    ),
    ...each('ports portForward port_forwards portForwards', `Under the service. ${portOfService}`),
    ...each(
      'build builds artifacts',
      'What is built is an image: images: { web: { build: ./web } }, or image: { build: ./web } of its service',
    ),
    ...each('deploy deployments releases charts helm helmCharts', `${aService}{ helm: { chart: ./chart } } } }`),
    ...each('manifests resources kubectl k8s', `${aService}{ manifests: [./k8s] } } }`),
    ...each('kustomize kustomizations overlays', `${aService}{ kustomize: ./k8s/overlays/dev } } }`),
    ...each('applications', `${aService}{ applications: [./apps/*.yaml] } } }`),
    ...each(
      'repositories repos',
      'A chart says its repository itself: helm: { chart: redis, repo: https://charts.example.org }',
    ),
    ...each(
      'volumes',
      `${inManifests} Folders of this machine: cluster: { nodes: [{ role: worker, mounts: ["./data:/data"] }] }`,
    ),
    ...each('networks', 'Pods reach each other by the names of their Services: take it away.'),
    ...each('configs configMaps configmaps', inManifests),
    ...each('namespace', 'It belongs to a service, or to an environment: environments: { dev: { namespace: dev } }'),
    ...each(
      'env vars variables values',
      'Variables of this machine are written ${NAME}; those of an environment: environments: { dev: { vars: { short: d } } }',
    ),
    ...each('ingress loadBalancer', 'A controller is an add-on: addons: { ingress-nginx: true }'),
    ...each('tests test verify smoke', 'They belong to a service: smoke: [{ path: /health }]'),
    ...each('sync watch dev develop', 'It belongs to a service: sync: auto; kindup up --watch follows'),
    ...each('hooks', 'They belong to a service: hooks: { before: [{ name: test, run: [npm, test] }] }'),
    ...each('dependencies needs depends_on', 'It belongs to a service: needs: [db]'),
    ...each('timeout', 'It is a flag: --timeout 10m'),
  },
  cluster: {
    ...each('name clusterName', 'It stands at the root of the file: name: my-app'),
    ...each('version k8sVersion kubernetesVersion image nodeImage', kubernetes),
    ...ofKind(kindKeys),
    ...each(
      'provider product driver distribution runtime',
      'The cluster is of kind; what runs its nodes: engine: docker',
    ),
    ...each(
      'controlPlanes controlplanes servers masters',
      'One entry each: nodes: [{ role: control-plane }, { role: worker }]',
    ),
    ...each('agents nodeCount workerNodes', 'How many workers: workers: 2'),
    ...each('ports portMappings extraPortMappings hostPorts', nodePorts),
    ...each('mounts volumes extraMounts', nodeMounts),
    ...each('labels taints', 'They belong to a node: nodes: [{ role: worker, labels: { tier: backend } }]'),
    ...each(
      'cni',
      'Without that of kind: kind: { networking: { disableDefaultCNI: true } }, and the chart of another under addons',
    ),
    ...each('ingress metricsServer', 'It is an add-on, at the root of the file: addons: { ingress-nginx: true }'),
    ...each('kubeconfig kubeconfigPath', 'The variable KUBECONFIG says where: KUBECONFIG=./kubeconfig kindup up'),
  },
  'cluster.nodes[]': {
    ...each('image', 'One for all nodes: cluster: { kubernetes: kindest/node:v1.36.4 }'),
    ...each('name', 'kind gives nodes their names; labels tell them apart: labels: { tier: backend }'),
    ...each('extraPortMappings portMappings', 'In one text each: ports: ["8080:30080"]'),
    ...each('extraMounts volumes', 'In one text each: mounts: ["./data:/data:ro"]'),
    ...each('count replicas quantity', 'One entry for each node, or workers: 2 in place of nodes.'),
    ...each(
      'kubeadmConfigPatches kubeadmConfigPatchesJSON6902',
      "kind's own keys stand under cluster.kind: cluster: { kind: { kubeadmConfigPatches: [ … ] } }",
    ),
  },
  'cluster.registry': each(
    'name host hostPort',
    'It is localhost:PORT here and in the nodes: registry: { port: 5001 }',
  ),
  'services.*': {
    ...each('build context dockerfile', 'The image of a service: image: { build: ./DIR }'),
    ...each('ports port portForward', portOfService),
    ...each('depends_on dependsOn dependencies requires', 'needs: [db]'),
    ...each('environment env env_file envFrom', `${inManifests} Where it is deployed to: environments: [dev]`),
    ...each('develop watch live_update liveUpdate', 'Saved files go into its containers: sync: auto'),
    ...each(
      'healthcheck probe probes health readiness',
      `${inManifests} What is asked after each up: smoke: [{ path: /health }]`,
    ),
    ...each('volumes mounts', `${inManifests} Saved files go into its containers: sync: auto`),
    ...each(
      'chart release helm values set',
      'Under deploy: deploy: { helm: { chart: ./chart, values: [./values.yaml] } }',
    ),
    ...each('kustomize kustomization overlay', 'Under deploy: deploy: { kustomize: ./k8s/overlays/dev }'),
    ...each('manifests manifest k8s yaml path paths', 'Under deploy: deploy: { manifests: [./k8s] }'),
    ...each('applications flux', 'Under deploy.'),
    ...each('patches skip', 'Under deploy, beside helm, kustomize or manifests.'),
    ...each('host ingress url domain domains', 'Names that lead to it: hosts: [web.test]'),
    ...each(
      'secret secrets configs',
      'Secrets stand at the root of the file, with the services that mount them: secrets: { db: { from: …, mount: { services: [web], path: /mnt } } }',
    ),
    ...each('tests test verify', 'smoke: [{ path: /health }]'),
    ...each('nodeSelector', 'placement: { tier: backend }'),
    ...each(
      'command entrypoint args replicas scale networks labels annotations container_name hostname extra_hosts links working_dir user privileged cap_add cap_drop logging tmpfs ulimits stdin_open tty platform resources security_opt sysctls devices init pull_policy stop_grace_period',
      inManifests,
    ),
    ...each('profiles profile', 'A profile lays parts over the file, at its root: profiles: { NAME: { services: … } }'),
  },
  'services.*.deploy': {
    ...each('replicas resources restart_policy placement mode labels update_config endpoint_mode', inManifests),
    ...each('chart values set release repo version', 'Of a chart: helm: { chart: ./chart, values: [./values.yaml] }'),
    ...each('kubectl manifest yaml yamls file files path paths rawYaml', 'Files and folders: manifests: [./k8s]'),
    ...each('kustomization kustomizations overlay', 'The folder of a kustomization: kustomize: ./k8s/overlays/dev'),
    ...each('namespace environments', 'Beside deploy, under the service.'),
    ...each('argocd gitops', 'Beside deploy, under the service: gitops: argocd'),
    ...each('application', 'applications: [./apps/*.yaml]'),
  },
  'services.*.deploy.helm': {
    ...each('name releaseName', 'release: web'),
    ...each(
      'namespace createNamespace',
      'The namespace stands beside deploy, under the service, and is made: namespace: web',
    ),
    ...each('chartPath path remoteChart chartName', 'chart: ./chart'),
    ...each('valuesFiles valueFiles valuesFile values_files', 'values: [./values.yaml]'),
    ...each('setValues setValueTemplates setStrings overrides parameters valuesObject', 'set: { image.tag: "1.2" }'),
    ...each('repository repoURL repoUrl', 'repo: https://charts.example.org'),
    ...each(
      'wait atomic timeout',
      'kindup waits until all is ready, each step as long as --timeout says: take it away.',
    ),
    ...each(
      'dependencyUpdate skipBuildDependencies',
      'What the chart depends on is fetched where it is missing: take it away.',
    ),
  },
  'services.*.image': {
    ...each('dockerfile file', 'Of the build: build: { context: ./DIR, file: Dockerfile }'),
    ...each('context path', 'build: ./DIR'),
    ...each('args target platform secrets ssh', 'Of the build: build: { context: ./DIR, target: … }'),
    ...each(
      'repository registry image',
      'As the manifests have it, without a tag: name: registry.example.org/team/web',
    ),
    ...each('digest', 'ref: registry.example.org/team/web@sha256:…'),
    ...each('pullPolicy imagePullPolicy', inManifests),
  },
  'services.*.image.build': {
    ...each('dockerfile dockerFile Dockerfile dockerfilePath docker', 'file: Dockerfile'),
    ...each('buildArgs build_args buildargs arguments', 'args: { NAME: value }'),
    ...each('path dir directory workspace', 'context: ./DIR'),
    ...each('stage', 'target: NAME'),
    ...each('platforms', 'One: platform: linux/amd64'),
    ...each('tags image', 'Beside build: name: registry.example.org/team/web, tag: git'),
    ...each(
      'additional_contexts cache_from cacheFrom cache_to no_cache pull network labels shm_size',
      'The engine builds with its own cache, and takes no such flag: take it away.',
    ),
  },
  'addons.*': {
    ...each('enabled', 'true or false in place of the section.'),
    ...each('name', 'Its key is its name; that of the release: release: NAME'),
    ...each('repository repoURL repoUrl', 'repo: https://charts.example.org'),
    ...each('valuesFiles valueFiles valuesFile', 'values: [./values.yaml]'),
    ...each('valuesObject parameters overrides setValues', 'set: { a.b: 1 }'),
    ...each('createNamespace', 'Its namespace is made: take it away.'),
    ...each('dependsOn depends_on', 'needs: [NAME]'),
    ...each('ingress domain url hosts', 'host: argocd.test'),
    ...each(
      'wait atomic timeout',
      'kindup waits until all is ready, each step as long as --timeout says: take it away.',
    ),
    ...each('manifests kustomize', `An add-on is a chart. ${aService}{ manifests: [./k8s] } } }`),
  },
  'environments.*': {
    ...each('values variables env', 'vars: { short: d }'),
    ...each('kubeContext context cluster', 'One cluster for all: cluster: { context: NAME }'),
    ...each('services', 'A service says its environments itself: environments: [dev]'),
  },
  'secrets.*': {
    ...each('data stringData literals', 'from: { literals: { KEY: value } }'),
    ...each('file files', 'from: { files: [./FILE] }'),
    ...each('env_file envFile', 'from: { envFile: ./FILE }'),
    ...each('environment env', 'from: { literals: { KEY: "${VARIABLE}" } }'),
    ...each('namespace', 'namespaces: [dev]'),
    ...each('name external', 'Its key is its name; a copy of one of the cluster: from: { secret: NAMESPACE/NAME }'),
  },
  hosts: each('names hosts domains entries', 'extra: [shop.test]'),
  tools: each('kustomize', 'It is part of kubectl: kubectl: auto'),
  'services.*.smoke[]': {
    ...each('code statusCode expectedStatus', 'status: 200'),
    ...each('contains expect expected', 'text: ok, or json: { status: ok }'),
    ...each('retries retry interval attempts', 'It is asked until it answers so or its time is over: timeout: 30s'),
    ...each('uri endpoint', 'path: /health, or url: http://web.test/health'),
  },
}

/** Sections whose keys are names. */
const named = new Set(['services', 'images', 'addons', 'environments', 'secrets'])

/** Where the thing is set that somebody looked for under an unknown key; undefined where nobody knows. */
export const elsewhere = (path: Path): string | undefined => {
  const [section, ...rest] = path.slice(0, -1)
  const isOfName = rest.length > 0 && named.has(String(section))
  const where = [section ?? '', ...(isOfName ? rest.with(0, '*') : rest)].reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[]` : text === '' ? part : `${text}.${part}`),
    '',
  )
  const known = hints[where.replace(/^images\.\*/, 'services.*.image')]
  const key = String(path.at(-1))
  return known !== undefined && Object.hasOwn(known, key) ? known[key] : undefined
}
