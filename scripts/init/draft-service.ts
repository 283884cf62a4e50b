export type DraftSecret = {
  readonly name: string
  readonly envFile?: string
  /** Key → path. */
  readonly files?: Readonly<Record<string, string>>
  /** Variables of the shell, empty where they are not set. */
  readonly shell?: readonly string[]
}

export type DraftImage = {
  readonly name: string | undefined
  readonly tag?: string
  /** Dockerfiles name it, and nothing that is deployed. */
  readonly isBase?: true
  readonly context: string
  readonly file?: string
  readonly target?: string
  readonly args?: Readonly<Record<string, string>>
}

export type DraftService = {
  readonly name: string
  /** Where it was found. */
  readonly from: string
  readonly image?: DraftImage
  readonly deploy:
    | {
        readonly kind: 'helm'
        readonly chart: string
        /** The repository that the chart is a name in. */
        readonly repo?: string
        readonly version?: string
        readonly release?: Release
        readonly values: readonly string[]
        readonly sets: readonly ChartSet[]
        /** Other images that are built here are releases of the chart, too. */
        readonly shared?: true
      }
    /** A folder with objects of Flux. */
    | { readonly kind: 'flux'; readonly path: string }
    /** Files with objects of Argo CD. */
    | { readonly kind: 'applications'; readonly paths: readonly string[] }
    | {
        readonly kind: 'kustomize' | 'manifests'
        readonly paths: readonly string[]
        readonly skip: readonly string[]
        /** A kustomization that renders charts. */
        readonly charts?: true
      }
  /** Environments that it can be deployed to; empty for all. */
  readonly environments: readonly string[]
  /** Of environments, where whatever deploys it today says so. */
  readonly namespaces?: Readonly<Record<string, string>>
  /** The one that its objects name themselves. */
  readonly namespace?: string
  /** Services and ports that want host names of their own. */
  readonly expose?: readonly Exposed[]
  /** Ports of this machine that lead to it. */
  readonly hostPorts?: readonly { readonly service: string; readonly port: number; readonly hostPort: number }[]
  /** Names of services. */
  readonly needs?: readonly string[]
}

/** A port of a Service that a person opens. */
export type Exposed = { readonly service: string; readonly port: number }

/** A value of a chart and what it is set to: `host` is the service's host name, `as` is written as it is. */
export type ChartSet =
  | { readonly path: string; readonly to: 'image.repository' | 'image.tag' | 'host' | 'true' }
  | { readonly path: string; readonly to: 'as'; readonly as: string | number | boolean }

/** With `{env}`, or with `{short}` and what that stands for in each environment. */
export type Release = { readonly text: string; readonly shorts?: Readonly<Record<string, string>> }

/** Tells a service from others that were found at the same place, whatever else is proposed: names depend on that. */
export const keyOf = ({ name, from, image, deploy }: DraftService): string =>
  JSON.stringify([
    from,
    image === undefined ? '' : imageKey(image),
    ...(deploy.kind === 'helm'
      ? [deploy.chart, deploy.release?.text ?? (deploy.shared ? '' : name), ...deploy.values]
      : []),
  ])

/** Tells what an image is built from. */
export const imageKey = ({ context, file, target, args = {} }: DraftImage): string =>
  JSON.stringify([context, file ?? '', target ?? '', args])
