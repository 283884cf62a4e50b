import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { parse } from 'yaml'
import type { AddOn } from '../../../addons/addon.ts'
import { argocd } from '../../../addons/argocd/index.ts'
import { flux } from '../../../addons/flux/index.ts'
import { headlamp } from '../../../addons/headlamp/index.ts'
import { ingressNginx } from '../../../addons/ingress-nginx/index.ts'
import { metricsServer } from '../../../addons/metrics-server/index.ts'
import { traefik } from '../../../addons/traefik/index.ts'
import { unread as unreadByTraefik } from '../../../manifests/problems/traefik-ingress.ts'
import { mistakeIn } from '../../../manifests/problems/nginx-annotations.ts'
import { madeConfig } from '../../support/made-config.ts'
import type { Fact, Reading } from './fact.ts'

type Chart = {
  readonly addOn: AddOn
  readonly folder: string
  readonly repo: string
  readonly commit: string
  readonly note: string
  /** Of the program, as the chart has it. */
  readonly appVersion: string
  /** Dotted paths that our values or our code set, and where they stand in the chart's values. */
  readonly keys: Readonly<Record<string, RegExp>>
  readonly more: readonly {
    readonly path: string
    readonly holds: readonly RegExp[]
    readonly lacks?: readonly RegExp[]
  }[]
  readonly fact: string
  readonly code: readonly string[]
}

const key = (name: string, indent = 0): RegExp => new RegExp(`^ {${indent}}(?:# )?${name}:`, 'm')

const charts: readonly Chart[] = [
  {
    addOn: traefik,
    folder: 'traefik',
    repo: 'traefik/traefik-helm-chart',
    commit: 'a8a66d0098703627b2cf352c66b1725c196a734a',
    note: 'v41.3.0',
    appVersion: 'v3.7.11',
    fact: 'no hooks; its own definitions are in `crds/`, those of the Gateway API in none; it makes a GatewayClass and a Gateway where that provider is on, whose ports are those it listens on itself; a grace period of 0 counts as none.',
    keys: {
      ports: key('ports'),
      podSecurityContext: key('podSecurityContext'),
      'service.spec': key('spec', 2),
      'ingressClass.isDefaultClass': key('isDefaultClass', 2),
      'providers.kubernetesIngress': key('kubernetesIngress', 2),
      'providers.kubernetesIngressNGINX': key('kubernetesIngressNGINX', 2),
      'providers.kubernetesGateway': key('kubernetesGateway', 2),
      extraObjects: key('extraObjects'),
      'gateway.listeners': key('listeners', 2),
      updateStrategy: key('updateStrategy'),
      'deployment.terminationGracePeriodSeconds': key('terminationGracePeriodSeconds', 2),
      readinessProbe: key('readinessProbe'),
      'global.checkNewVersion': key('checkNewVersion', 2),
      tolerations: key('tolerations'),
    },
    more: [
      { path: 'traefik/values.yaml', holds: [key('tlsStore'), /publishStatusAddress/, /watchIngressWithoutClass/] },
      { path: 'traefik/templates/gateway.yaml', holds: [/is not declared in ports/, /traefik-gateway/] },
      { path: 'traefik/templates/ingressclass.yaml', holds: [/controller: traefik\.io\/ingress-controller/] },
    ],
    code: ['addons/traefik/index.ts', 'addons/traefik/values.yaml'],
  },
  {
    addOn: ingressNginx,
    folder: 'charts/ingress-nginx',
    repo: 'kubernetes/ingress-nginx',
    commit: 'dbb11b92ddb77bee9c35e462479129354c84f939',
    note: 'chart 4.15.1',
    appVersion: '1.15.1',
    fact: 'its hooks are the two Jobs of the webhook’s certificates, which go by themselves at once (`ttlSecondsAfterFinished: 0`) and are not there without the webhook; the image of the controller is named by digest.',
    keys: {
      'controller.hostPort': key('hostPort', 2),
      'controller.service': key('service', 2),
      'controller.publishService': key('publishService', 2),
      'controller.extraArgs': key('extraArgs', 2),
      'controller.electionTTL': key('electionTTL', 2),
      'controller.watchIngressWithoutClass': key('watchIngressWithoutClass', 2),
      'controller.updateStrategy': key('updateStrategy', 2),
      'controller.terminationGracePeriodSeconds': key('terminationGracePeriodSeconds', 2),
      'controller.lifecycle': key('lifecycle', 2),
      'controller.readinessProbe': key('readinessProbe', 2),
      'controller.tolerations': key('tolerations', 2),
      'controller.admissionWebhooks': key('admissionWebhooks', 2),
    },
    more: [
      {
        path: 'charts/ingress-nginx/templates/admission-webhooks/job-patch/job-createSecret.yaml',
        holds: [
          /ttlSecondsAfterFinished: 0/,
          /\.Values\.controller\.admissionWebhooks\.enabled/,
          /pre-install,pre-upgrade/,
        ],
      },
      {
        path: 'charts/ingress-nginx/values.yaml',
        holds: [
          /digest: sha256:594ceea76b01c592858f803f9ff4d2cb40542cae2060410b2c95f75907d659e1/,
          /image: ingress-nginx\/kube-webhook-certgen/,
        ],
      },
      {
        path: 'pkg/flags/flags.go',
        holds: [/"status-update-interval"/, /"sync-rate-limit", 0\.3/, /"election-ttl", 30\*time\.Second/],
      },
    ],
    code: ['addons/ingress-nginx/index.ts', 'addons/ingress-nginx/values.yaml', 'manifests/transform/hook-jobs.ts'],
  },
  {
    addOn: metricsServer,
    folder: 'charts/metrics-server',
    repo: 'kubernetes-sigs/metrics-server',
    commit: '842dcc8c42f22cc19f10c7d5f2d32a9f4b6013b0',
    note: 'metrics-server-helm-chart-3.13.1',
    appVersion: '0.8.1',
    fact: 'no hooks; its arguments are `defaultArgs`, of which ours repeat four; it waits 20 s before the first look.',
    keys: { defaultArgs: key('defaultArgs'), readinessProbe: key('readinessProbe'), tolerations: key('tolerations') },
    more: [
      {
        path: 'charts/metrics-server/values.yaml',
        holds: [
          /^ {2}- --cert-dir=\/tmp$/m,
          /^ {2}- --kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname$/m,
          /^ {2}- --kubelet-use-node-status-port$/m,
          /^ {2}- --metric-resolution=15s$/m,
          /initialDelaySeconds: 20/,
          /repository: registry\.k8s\.io\/metrics-server\/metrics-server/,
        ],
      },
      { path: 'charts/metrics-server/templates/apiservice.yaml', holds: [/v1beta1\.metrics\.k8s\.io/] },
    ],
    code: ['addons/metrics-server/index.ts', 'addons/metrics-server/values.yaml'],
  },
  {
    addOn: argocd,
    folder: 'charts/argo-cd',
    repo: 'argoproj/argo-helm',
    commit: 'af0a9310bacbaa4636018dfe22c801a6d33a5c43',
    note: 'argo-cd-10.1.1',
    appVersion: 'v3.4.4',
    fact: 'one hook Job, that of the password of redis, which stays 60 s; the port of the Ingress hangs on `server.insecure`; `applicationSet.enabled` is gone.',
    keys: {
      configs: key('configs'),
      crds: key('crds'),
      'global.networkPolicy': key('networkPolicy', 2),
      'global.tolerations': key('tolerations', 2),
      dex: key('dex'),
      notifications: key('notifications'),
      applicationSet: key('applicationSet'),
      controller: key('controller'),
      repoServer: key('repoServer'),
      server: key('server'),
    },
    more: [
      {
        path: 'charts/argo-cd/templates/redis-secret-init/job.yaml',
        holds: [/pre-install,pre-upgrade/, /ttlSecondsAfterFinished: 60/],
      },
      { path: 'charts/argo-cd/templates/argocd-server/ingress.yaml', holds: [/"server\.insecure"/] },
      {
        path: 'charts/argo-cd/templates/argocd-applicationset/deployment.yaml',
        holds: [/\.Values\.applicationSet\.replicas/],
        lacks: [/applicationSet\.enabled/],
      },
      { path: 'charts/argo-cd/values.yaml', holds: [/repository: quay\.io\/argoproj\/argocd/] },
    ],
    code: ['addons/argocd/index.ts', 'addons/argocd/values.yaml', 'addons/argocd/admin.ts'],
  },
  {
    addOn: flux,
    folder: 'charts/flux2',
    repo: 'fluxcd-community/helm-charts',
    commit: '82a385b005eb07cdac34a8cfe8fcbce7539ca0da',
    note: 'flux2-2.18.3',
    appVersion: '2.8.5',
    fact: 'its definitions are templates; a hook Job checks the cluster before the install, and each controller has a selector and tolerations of its own.',
    keys: Object.fromEntries(
      [
        'cli',
        'helmController',
        'imageAutomationController',
        'imageReflectionController',
        'kustomizeController',
        'notificationController',
        'sourceController',
        'sourceWatcher',
        'policies',
      ].map((name) => [name, key(name)]),
    ),
    more: [
      { path: 'charts/flux2/templates/pre-install-job.yaml', holds: [/"helm\.sh\/hook": pre-install/] },
      { path: 'charts/flux2/templates/source-controller.crds.yaml', holds: [/kind: CustomResourceDefinition/] },
      { path: 'charts/flux2/values.yaml', holds: [/image: ghcr\.io\/fluxcd\/source-controller/] },
    ],
    code: ['addons/flux/index.ts', 'addons/flux/values.yaml'],
  },
  {
    addOn: headlamp,
    folder: 'charts/headlamp',
    repo: 'kubernetes-sigs/headlamp',
    commit: '6d2b42cc71d4b958a23e11cd5c3cba3446bf384b',
    note: 'v0.45.0',
    appVersion: '0.45.0',
    fact: 'no hooks; `extraManifests` are templates, and two names of the chart’s own are used in ours; its account is an administrator.',
    keys: {
      extraManifests: key('extraManifests'),
      config: key('config'),
      probes: key('probes'),
      tolerations: key('tolerations'),
      ingress: key('ingress'),
    },
    more: [
      {
        path: 'charts/headlamp/templates/_helpers.tpl',
        holds: [/define "headlamp\.namespace"/, /define "headlamp\.serviceAccountName"/],
      },
      { path: 'charts/headlamp/templates/extra-manifests.yaml', holds: [/tpl \$manifest/] },
      { path: 'charts/headlamp/values.yaml', holds: [/clusterRoleName: cluster-admin/, /registry: ghcr\.io/] },
    ],
    code: ['addons/headlamp/index.ts', 'addons/headlamp/values.yaml'],
  },
]

/** Whether every path that our values set begins with one of those that were read in the chart. */
const known = (values: unknown, keys: readonly string[], path = ''): readonly string[] =>
  keys.includes(path)
    ? []
    : typeof values === 'object' && values !== null && !Array.isArray(values)
      ? Object.entries(values).flatMap(([name, value]) => known(value, keys, path === '' ? name : `${path}.${name}`))
      : [path]

export const addOnFacts: readonly Fact[] = [
  ...charts.map(({ addOn, folder, repo, commit, note, appVersion, keys, more, fact, code }): Fact => {
    const read = (path: string, holds: readonly RegExp[], lacks: readonly RegExp[] = []): Reading => ({
      repo,
      commit,
      note,
      path,
      holds,
      lacks,
    })
    const { chart, version, repo: address } = addOn.chart
    return {
      id: `chart-${addOn.name}`,
      fact: `Chart ${chart} ${version} (${appVersion}) of ${address}: ${fact} Every key of our values stands in its own.`,
      code,
      read: [
        read(`${folder}/Chart.yaml`, [
          new RegExp(`^version: ${version.replaceAll('.', String.raw`\.`)}$`, 'm'),
          new RegExp(`^appVersion: "?${appVersion.replaceAll('.', String.raw`\.`)}"?$`, 'm'),
          new RegExp(`^name: ${chart}$`, 'm'),
        ]),
        read(`${folder}/values.yaml`, Object.values(keys)),
        ...more.map((one) => read(one.path, one.holds, one.lacks)),
      ],
      assumed: () => {
        if (!note.includes(version)) throw new Error(`${chart} was read at ${note}, and ${version} is pinned`)
        const unread = known(parse(readFileSync(addOn.values, 'utf8')), Object.keys(keys))
        if (unread.length > 0) throw new Error(`not read in the values of ${chart}: ${unread.join(', ')}`)
      },
    }
  }),
  {
    id: 'traefik-of-nginx',
    fact: 'Traefik 3.7 reads most annotations of ingress-nginx, and says which it does not; its `rewrite-target` replaces only what the path takes.',
    code: ['manifests/problems/traefik-ingress.ts'],
    read: [
      {
        repo: 'traefik/traefik',
        commit: 'd0bd2ec198533d760c1abfc74b98033d6d92d039',
        note: 'v3.7.9; the Go module v3.7.11 has the same list',
        path: 'docs/content/reference/routing-configuration/kubernetes/ingress-nginx.md',
        holds: [...unreadByTraefik].map((name) => new RegExp(`nginx\\.ingress\\.kubernetes\\.io/${name}\``)),
      },
      {
        repo: 'traefik/traefik',
        commit: 'd0bd2ec198533d760c1abfc74b98033d6d92d039',
        note: 'v3.7.9; the Go module v3.7.11 does the same',
        path: 'pkg/middlewares/ingressnginx/rewritetarget/rewrite_target.go',
        holds: [/ReplaceAllString\(currentPath, rt\.replacement\)/],
      },
    ],
    assumed: () => {
      expect(unreadByTraefik.size).toBeGreaterThan(30)
      expect(unreadByTraefik.has('rewrite-target')).toBe(false)
    },
  },
  {
    id: 'ingress-nginx-rules',
    fact: 'What the controller of ingress-nginx 1.15.1 leaves out and its webhook refuses: snippets unless allowed, annotations of the wrong form, patterns with another path type than ImplementationSpecific, a few words; it no longer asks nginx itself.',
    code: ['manifests/problems/nginx-ingress.ts', 'manifests/problems/nginx-annotations.ts'],
    read: (
      [
        ['internal/ingress/inspector/inspector.go', [/pathType %s/, /ImplementationSpecific/]],
        [
          'internal/ingress/inspector/rules.go',
          [/\(\?i\)\^\/\[\[:alnum:\]\._\\-\/\]\*\$/, /_by_lua/, /\/var\/run\/secrets/],
        ],
        [
          'internal/ingress/controller/controller.go',
          [/HasSuffix\(key, "-snippet"\)/, /Deactivated to mitigate CVE-2025-1974/],
        ],
        [
          'internal/ingress/controller/config/config.go',
          [/AnnotationsRiskLevel: +"High"/, /StrictValidatePathType: +true/],
        ],
        ['internal/ingress/annotations/snippet/main.go', [/AnnotationRiskCritical/]],
        ['internal/ingress/annotations/proxy/main.go', [/proxy-read-timeout/, /ValidateInt/]],
      ] as const
    ).map(([path, holds]) => ({
      repo: 'kubernetes/ingress-nginx',
      commit: 'dbb11b92ddb77bee9c35e462479129354c84f939',
      note: 'controller-v1.15.1',
      path,
      holds,
    })),
    assumed: () => {
      expect(ingressNginx.chart.version).toBe('4.15.1')
      expect(mistakeIn('proxy-read-timeout', '60s')).toBe('a whole number, without a unit')
      expect(mistakeIn('ssl-redirect', 'T')).toBeUndefined()
      const values = parse(readFileSync(join(import.meta.dirname, '../../../addons/ingress-nginx/values.yaml'), 'utf8'))
      expect(values).toMatchObject({ controller: { admissionWebhooks: { enabled: false, failurePolicy: 'Ignore' } } })
    },
  },
  {
    id: 'flux-feature-gates',
    fact: 'The helm controller 1.5.3 knows the feature gates CancelHealthCheckOnNewRevision and DefaultToRetryOnFailure, the kustomize controller 1.8.3 the first of them; all are off by themselves.',
    code: ['addons/flux/index.ts'],
    read: (
      [
        ['helm-controller', '61606cd29a11dc860766a4f7ed32e99d90272707', 'v1.5.3', /DefaultToRetryOnFailure: +false/],
        ['kustomize-controller', '8e935221142a41b7f354c0a233cdfe6eed9bcea0', 'v1.8.3', /CancelHealthCheck/],
      ] as const
    ).map(([name, commit, note, more]) => ({
      repo: `fluxcd/${name}`,
      commit,
      note,
      path: 'internal/features/features.go',
      holds: [/CancelHealthCheckOnNewRevision: +false/, more],
    })),
    assumed: () => {
      const values = flux.fromConfig?.(madeConfig({}), undefined)
      expect(values).toEqual({
        helmController: {
          container: {
            additionalArgs: ['--feature-gates=CancelHealthCheckOnNewRevision=true,DefaultToRetryOnFailure=true'],
          },
        },
        kustomizeController: {
          container: { additionalArgs: ['--feature-gates=CancelHealthCheckOnNewRevision=true'] },
        },
      })
    },
  },
]
