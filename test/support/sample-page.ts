import type { Page } from '../../app/page/page.ts'

/** What breaks out of markup where a page does not escape it. It would set `window.broken`. */
export const hostile = `</script></style></title></pre><script>window.broken=1</script><img src=x onerror="window.broken=1">"'><svg onload=window.broken=1>`

/** A run that went well, with something of everything. */
export const samplePage: Page = {
  name: 'shop',
  command: 'kindup up --env dev --report report.html',
  version: '0.1.0',
  at: '2026-11-27T00:58:03.000Z',
  verdict: { mark: 'well', text: 'is up: 7 of 8 steps changed in 74.2 s' },
  causes: [],
  timeline: {
    ahead: 2.1,
    seconds: 74.2,
    rows: [
      { id: 'cluster/api', result: 'created', started: 2.1, seconds: 21.3, isCritical: true },
      {
        id: 'image/web',
        result: 'created',
        started: 23.4,
        seconds: 0.4,
        prepared: 18.2,
        waitedFor: 'image/web',
        isCritical: false,
      },
      {
        id: 'cluster/nodes',
        result: 'created',
        started: 23.4,
        seconds: 17.9,
        waitedFor: 'cluster/api',
        isCritical: true,
      },
      {
        id: 'addon/ingress-nginx',
        result: 'created',
        started: 23.4,
        seconds: 22.6,
        waitedFor: 'cluster/api',
        isCritical: false,
      },
      {
        id: 'addon/argocd',
        result: 'created',
        started: 23.4,
        seconds: 30.2,
        waitedFor: 'cluster/api',
        isCritical: false,
      },
      {
        id: 'service/web@dev',
        result: 'created',
        started: 41.3,
        seconds: 32.9,
        waitedFor: 'cluster/nodes',
        isCritical: true,
      },
      { id: 'hosts', result: 'updated', started: 2.1, seconds: 0.1, isCritical: false },
    ],
  },
  steps: [
    { id: 'cluster/api', mark: 'well', state: 'created', why: '' },
    { id: 'service/web@dev', mark: 'well', state: 'created', why: '' },
    { id: 'hosts', mark: 'well', state: 'unchanged', why: '' },
  ],
  nodes: [
    {
      name: 'shop-control-plane',
      role: 'control-plane',
      labels: [],
      ports: ['127.0.0.1:80 → 80', '127.0.0.1:443 → 443'],
      version: 'v1.36.4',
      ready: { ok: true, why: '' },
    },
    {
      name: 'shop-worker',
      role: 'worker',
      labels: ['tier=backend'],
      ports: [],
      version: 'v1.36.4',
      ready: { ok: true, why: '' },
    },
  ],
  workloads: [
    {
      id: 'addon/argocd',
      kind: 'addon',
      namespace: 'argocd',
      source: 'argo-cd 10.1.1',
      images: ['quay.io/argoproj/argocd:v3.4.4', 'ecr-public.aws.com/docker/library/redis:8.2.3-alpine'],
    },
    {
      id: 'service/web@dev',
      kind: 'service',
      namespace: 'dev',
      source: 'kustomize k8s/overlays/dev',
      images: ['registry.example.com/shop/web:1.2.0'],
    },
  ],
  endpoints: [
    { name: 'web@dev', url: 'http://web.dev.localhost/' },
    { name: 'argocd', url: 'http://argocd.localhost' },
    { name: 'node port 30432', url: 'tcp://127.0.0.1:5432' },
  ],
  credentials: [
    { name: 'argocd', url: 'http://argocd.localhost', username: 'admin', hasPassword: true, password: 'open-sesame' },
    { name: 'db', username: 'shop', hasPassword: false },
  ],
  smoke: [
    {
      step: 'service/web@dev',
      name: 'GET /health',
      url: 'http://web.dev.localhost/health',
      ok: true,
      status: 200,
      ms: 34,
      body: '{"status":"ok"}',
    },
    { step: 'service/web@dev', name: 'tcp 5432', url: 'tcp://127.0.0.1:5432', ok: true, ms: 3 },
  ],
  warnings: ['kindup.yaml:4:3: ingress-nginx is retired since March 2026.'],
  logs: [],
}

/** A run that failed, and every text of which is hostile. */
export const failedPage: Page = {
  ...samplePage,
  name: `shop${hostile}`,
  verdict: { mark: 'failed', text: 'failed after 61.0 s' },
  folder: '/home/me/.cache/kindup/diagnoses/shop-2026-11-27T00-58-03',
  causes: [
    {
      message: `service/web@dev: Deployment dev/web does not get ready: container app of pod web-7d exits with 1 (3 restarts): ${hostile}`,
      problems: [{ place: 'k8s/web.yaml:12:7', message: `its image ${hostile}`, hint: 'kindup logs web@dev' }],
      hints: ['kindup logs web@dev   # what it said', `\`kindup up\` goes on from there; ${hostile}`],
      evidence: [],
    },
  ],
  steps: [{ id: `service/${hostile}`, mark: 'failed', state: 'failed', why: hostile }],
  nodes: [{ name: hostile, role: 'worker', labels: [`a=${hostile}`], ports: [], ready: { ok: false, why: hostile } }],
  workloads: [{ id: 'service/web@dev', kind: 'service', namespace: hostile, source: hostile, images: [hostile] }],
  endpoints: [
    { name: hostile, url: `http://web.localhost/${hostile}` },
    { name: 'script', url: `javascript:window.broken=1` },
  ],
  credentials: [
    { name: hostile, url: 'javascript:window.broken=1', username: hostile, hasPassword: true, password: hostile },
  ],
  smoke: [
    {
      step: 'service/web@dev',
      name: 'GET /',
      url: `http://web.localhost/`,
      ok: false,
      status: 503,
      ms: 10_012,
      message: `The application answers, but not as it should: ${hostile}`,
      body: `${hostile}\u001B[31mred\u0000\u202E`,
    },
  ],
  warnings: [hostile],
  logs: [
    {
      name: `Log of dev/web, container ${hostile}`,
      text: `first line\n${hostile}\n${'a line that goes on and on '.repeat(20)}\nlast line\n`,
      isOpen: true,
    },
    { name: 'Events of the cluster', text: `2026-11-27T00:57:50Z Warning BackOff: ${hostile}\n` },
  ],
}
