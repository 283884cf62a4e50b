/** Why the publisher of a chart makes no further release of it, and what to write in its place. */
export type Retired = { readonly why: string; readonly instead: string }

type Builtin = {
  /** What the user gets, for the reference. */
  readonly title: string
  /** Brings an ingress controller, which wants node ports 80 and 443 to be reachable. */
  readonly ingress?: true
  readonly retired?: Retired
}

/** The add-ons that kindup has charts and values for. Every other name needs a `chart`. */
export const builtinAddons: Readonly<Record<string, Builtin>> = {
  traefik: {
    title:
      'Traefik, an ingress controller. It serves Ingresses of the classes `traefik`, `nginx` (with the annotations of ingress-nginx) and of none, and with `gateway` routes of the Gateway API.',
    ingress: true,
  },
  'ingress-nginx': {
    title: 'The NGINX ingress controller: its last release, since the project was retired in March 2026.',
    ingress: true,
    retired: {
      why: 'ingress-nginx was retired by its maintainers in March 2026: this is its last release, and no fixes follow.',
      instead:
        'Write `traefik: true` in its place: Ingresses of class nginx, and those without a class, go on working with their annotations.',
    },
  },
  gateway: {
    title:
      'The Gateway API: its definitions, and Traefik to serve it (unless `traefik: false`), with a Gateway that takes the routes of every namespace.',
  },
  'metrics-server': { title: 'Metrics of nodes and pods, for `kubectl top` and autoscalers.' },
  argocd: { title: 'Argo CD.' },
  flux: { title: 'The Flux controllers.' },
  headlamp: { title: 'Headlamp, a web interface for the cluster.' },
}
