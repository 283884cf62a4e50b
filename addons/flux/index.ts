import { fileURLToPath } from 'node:url'
import type { AddOn } from '../addon.ts'

// Every controller has its own; `cli` is the hook that checks the cluster before the install.
const placed = [
  'cli',
  'helmController',
  'imageAutomationController',
  'imageReflectionController',
  'kustomizeController',
  'notificationController',
  'sourceController',
  'sourceWatcher',
]

const appliers = ['kustomize.toolkit.fluxcd.io/Kustomization', 'helm.toolkit.fluxcd.io/HelmRelease']

const sources = ['GitRepository', 'OCIRepository', 'HelmChart', 'HelmRepository', 'Bucket', 'ExternalArtifact'].map(
  (kind) => `source.toolkit.fluxcd.io/${kind}`,
)

const notifications = ['Alert', 'Provider', 'Receiver'].map((kind) => `notification.toolkit.fluxcd.io/${kind}`)

// What waits for pods that never get ready is ended by files that mend it, and tried again: otherwise that takes five minutes.
const gated = (...gates: readonly string[]) => ({
  container: { additionalArgs: [`--feature-gates=${gates.map((gate) => `${gate}=true`).join(',')}`] },
})
const withGates = {
  helmController: gated('CancelHealthCheckOnNewRevision', 'DefaultToRetryOnFailure'),
  kustomizeController: gated('CancelHealthCheckOnNewRevision'),
}

export const flux: AddOn = {
  name: 'flux',
  title: 'Flux (GitOps controllers)',
  chart: {
    chart: 'flux2',
    repo: 'https://fluxcd-community.github.io/helm-charts',
    version: '2.18.3',
  },
  namespace: 'flux-system',
  values: fileURLToPath(new URL('values.yaml', import.meta.url)),
  revision: 1,
  provides: [...appliers, ...sources, ...notifications],
  // The chart's CRDs are templates: uninstalling removes them and all that is made of them, and an object with a
  // finalizer whose controller is gone hangs for ever. What applies goes before what it reads.
  beforeRemoval: [...appliers, ...sources, ...notifications],
  fromConfig: ({ addons }) => {
    const { chart, version } = addons.find(({ name }) => name === 'flux') ?? {}
    // A controller ends at once on a gate that it does not know.
    return chart === undefined && version === undefined ? withGates : {}
  },
  place: (placement) => Object.fromEntries(placed.map((part) => [part, { ...placement }])),
}
