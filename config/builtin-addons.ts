type Builtin = {
  /** What the user gets, for the reference. */
  readonly title: string
  /** Brings an ingress controller, which wants node ports 80 and 443 to be reachable. */
  readonly ingress?: true
}

/** The add-ons that kindup has charts and values for. Every other name needs a `chart`. */
export const builtinAddons: Readonly<Record<string, Builtin>> = {
  'ingress-nginx': {
    title: 'The NGINX ingress controller: its last release, since the project was retired in March 2026.',
    ingress: true,
  },
  'metrics-server': { title: 'Metrics of nodes and pods, for `kubectl top` and autoscalers.' },
  argocd: { title: 'Argo CD.' },
  flux: { title: 'The Flux controllers.' },
  headlamp: { title: 'Headlamp, a web interface for the cluster.' },
}
