const common = { name: 'demo' }

/** Configurations with every key that most people write, over the files of a small repository. */
export const ordinaryConfigs: readonly object[] = [
  {
    ...common,
    cluster: {
      kubernetes: '1.36',
      engine: 'docker',
      nodes: [
        { role: 'control-plane', labels: { a: 'b' } },
        {
          role: 'worker',
          labels: { tier: 'backend' },
          taints: ['dedicated=infra:NoSchedule'],
          ports: ['8080:80', '127.0.0.1:8443:443/tcp', '30000-30002:30000-30002'],
          mounts: ['./web:/data:ro'],
        },
      ],
      onPortConflict: 'fallback',
      registry: { port: 5001, keep: true },
      mirrors: ['docker.io', 'quay.io'],
      kind: { featureGates: { X: true }, networking: { podSubnet: '10.0.0.0/16' } },
    },
    tools: { kind: 'auto', kubectl: 'path', helm: '4.2.4' },
    addons: {
      'ingress-nginx': { placement: { tier: 'backend' } },
      'metrics-server': true,
      argocd: { host: 'argocd.demo.local', version: '10.1.1', values: ['./values.yaml'], set: { 'a.b': 1 } },
      flux: false,
      own: { chart: './chart', namespace: 'own' },
      other: { chart: 'redis', repo: 'https://charts.example', version: '1.0.0' },
    },
    hosts: { mode: 'file', file: '/nowhere/hosts', extra: ['x.demo.local'] },
  },
  {
    ...common,
    cluster: { workers: 1 },
    images: {
      base: { build: './web', name: 'python', tag: 'k8s-dev' },
      ui: { ref: '${UI_IMAGE:-}', name: 'example/ui' },
      built: {
        build: {
          context: './web',
          file: './web/Dockerfile',
          target: 'x',
          args: { A: 'b' },
          platform: 'linux/amd64',
          secrets: { npmrc: './secret.env', token: { env: 'TOKEN' } },
          ssh: true,
        },
        name: 'team/built',
      },
    },
    imagePaths: [{ kind: 'Connect', path: 'spec.image' }],
    secrets: {
      kafka: {
        from: { envFile: './secret.env', template: './secret.env' },
        namespaces: ['dev'],
        type: 'Opaque',
        mount: { services: ['web'], path: '/mnt/secrets' },
      },
      words: { from: { literals: { A: 'b' } }, namespaces: ['dev'] },
      drawn: { from: { random: { PASSWORD: 24 } }, namespaces: ['dev'] },
      copied: { from: { secret: 'other/secret' }, namespaces: ['dev'] },
      read: { from: { files: { 'a.txt': './values.yaml' } }, namespaces: ['dev'] },
    },
    environments: { dev: { namespace: 'dev', vars: { short: 'd' } }, prod: {} },
    services: {
      web: {
        image: { build: './web', name: 'team/web', tag: 'git' },
        deploy: {
          helm: {
            chart: './chart',
            release: '{short}-{name}',
            values: ['./values.yaml'],
            set: { 'image.tag': '{image.tag}' },
          },
          patches: [{ target: { kind: 'Deployment' }, patch: '[]' }],
          skip: ['*.servicecatalog.k8s.io'],
        },
        environments: ['dev'],
        placement: { 'kubernetes.io/os': 'linux' },
        hosts: ['{short}.web.local'],
        expose: [
          { service: 'web', port: 80, host: 'w.local' },
          { service: 'web', port: 80, hostPort: 8000 },
        ],
        needs: ['db'],
        hooks: {
          before: [{ name: 'test', run: ['true'], in: './web', env: { A: 'b' } }],
          after: [{ name: 'seed', run: ['true'] }],
        },
        credentials: [
          { name: 'db', secret: 'dev/db' },
          { name: 'web', username: 'me', password: 'x', url: 'http://x' },
        ],
        smoke: [
          { path: '/health', status: 200, json: { Status: 'Success' } },
          { tcp: 5432, timeout: '10s' },
          { url: 'http://x/', method: 'POST', headers: { a: 'b' }, body: 'x', text: 'y' },
        ],
        roll: false,
      },
      db: { deploy: { manifests: ['./k8s/web.yaml', './k8s/*.yaml'] }, environments: ['dev'] },
    },
  },
  {
    ...common,
    crds: ['./crds'],
    services: {
      web: {
        namespace: 'x',
        deploy: { manifests: ['./k8s/web.yaml'] },
        expose: [{ service: 'web', port: 80, host: 'web.localhost' }],
      },
      plain: {
        deploy: { kustomize: { path: './k8s', loadRestrictor: 'none', helm: true } },
        namespace: 'y',
        needs: ['web'],
      },
      old: { deploy: { kustomize: './k8s' } },
    },
  },
]
