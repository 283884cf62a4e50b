import { fileURLToPath } from 'node:url'
import type { AddOn } from '../addon.ts'
import { adminCredential } from './admin.ts'

export const argocd: AddOn = {
  name: 'argocd',
  title: 'Argo CD (GitOps with a web page)',
  chart: {
    chart: 'argo-cd',
    repo: 'https://argoproj.github.io/argo-helm',
    version: '10.1.1',
  },
  namespace: 'argocd',
  values: fileURLToPath(new URL('values.yaml', import.meta.url)),
  revision: 1,
  provides: ['argoproj.io/Application', 'argoproj.io/ApplicationSet', 'argoproj.io/AppProject'],
  // An ApplicationSet makes its Applications again; an Application cannot be finalized without its AppProject.
  beforeRemoval: ['argoproj.io/ApplicationSet', 'argoproj.io/Application', 'argoproj.io/AppProject'],
  place: ({ nodeSelector, tolerations }) => ({ global: { nodeSelector, tolerations } }),
  host: (host, url) => ({
    global: { domain: host },
    // The chart would say https:// here, and the links and log-ins that Argo CD makes of it would fail.
    configs: { cm: { url } },
    server: { ingress: { enabled: true, hostname: host } },
  }),
  facts: adminCredential,
}
