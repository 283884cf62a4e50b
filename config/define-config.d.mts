// Generated from config/schema by `npm run generate`.

export type AddonConfig = {
  /**
   * A chart folder or archive (a path that begins with `./`, `../` or `/`), `oci://…`, or a name in `repo`.
   * @example "./charts/x"
   */
  readonly chart?: string | undefined
  /**
   * The chart repository that `chart` is a name in.
   * @example "https://charts.example.org"
   */
  readonly repo?: string | undefined
  /**
   * Version of the chart, in quotes.
   * @example "10.1.1"
   */
  readonly version?: string | undefined
  /**
   * The namespace it lives in; created if missing. The add-on's name if left out.
   * @example "monitoring"
   */
  readonly namespace?: string | undefined
  /**
   * Name of the helm release. The add-on's name if left out.
   * @example "my-release"
   */
  readonly release?: string | undefined
  /**
   * Labels of the nodes that it runs on.
   * @example {"tier":"backstage"}
   */
  readonly placement?: { readonly [key: string]: string | undefined } | undefined
  /**
   * Host name that its user interface answers at.
   * @example "argocd.example.localhost"
   */
  readonly host?: string | undefined
  /**
   * Values files, the later win. They win over the built-in values.
   * @example ["./argocd.yaml"]
   */
  readonly values?: readonly string[] | undefined
  /**
   * Single values by their dotted path. They win over `values`.
   * @example {"server.replicas":1}
   */
  readonly set?: { readonly [key: string]: string | number | boolean | null | undefined } | undefined
  /**
   * Step ids that must be ready first.
   * @example ["addon/ingress-nginx"]
   */
  readonly needs?: readonly string[] | undefined
}

export type ImageConfig = {
  /**
   * What to build it from: a folder with a Dockerfile, or the details.
   * @example "./web"
   */
  readonly build?:
    | string
    | {
        /**
         * Folder that the build sees.
         * @example "./web"
         */
        readonly context: string
        /**
         * The Dockerfile. `Dockerfile` in the context if left out.
         * @example "./web/Dockerfile.dev"
         */
        readonly file?: string | undefined
        /**
         * Stage to build.
         * @example "production"
         */
        readonly target?: string | undefined
        /**
         * Platform to build for. The cluster's own if left out.
         * @example "linux/amd64"
         */
        readonly platform?: string | undefined
        /**
         * Build arguments.
         * @example {"NODE_ENV":"development"}
         */
        readonly args?: { readonly [key: string]: string | undefined } | undefined
        /**
         * What `RUN --mount=type=secret,id=…` reads: a file, or a variable of the environment. It is in no layer, no argument and no hash.
         * @example {"npmrc":"~/.npmrc","token":{"env":"NPM_TOKEN"}}
         */
        readonly secrets?:
          | {
              readonly [key: string]:
                | string
                | {
                    /**
                     * A variable of the environment that holds it.
                     * @example "NPM_TOKEN"
                     */
                    readonly env: string
                  }
                | undefined
            }
          | undefined
        /**
         * Lets `RUN --mount=type=ssh` use the keys of the ssh agent.
         * @default false
         */
        readonly ssh?: boolean | undefined
      }
    | undefined
  /**
   * The repository as it stands in the manifests: every container that names it runs this image. The key (or the service’s name) if left out.
   * @example "reg.example/team/web"
   */
  readonly name?: string | undefined
  /**
   * `git` (the commit, with a hash of the content when something is not committed), `version` (from `version.txt`), `hash` (of all that it is built from), or the tag itself.
   * @default "hash"
   */
  readonly tag?: string | undefined
  /**
   * An image to run instead. Empty, as a variable may leave it: what `build` makes or, without `build`, the manifests' own.
   * @example "${UI_DOCKER_IMAGE:-}"
   */
  readonly ref?: string | undefined
}

/** What a kindup.yaml says. Relative paths start at the folder of the file. */
export type KindupConfig = {
  /**
   * Name of the cluster; the kube context is `kind-<name>`, unless `cluster.context` names another.
   * @example "offerfit"
   */
  readonly name: string
  /**
   * Files that this one is laid over, in this order, as helm lays values: maps are merged, everything else takes the place of what was there, `null` takes a key away. Relative paths start at the folder of the file they stand in. A file of a git repository is named by its address; a commit pins it, and what it could run here is trusted for each commit.
   * @example ["./base.yaml","../shop/kindup.yaml","github.com/org/repo//base.yaml@v1.2"]
   */
  readonly include?: readonly string[] | undefined
  /**
   * Parts that `--profile NAME` lays over the file.
   * @example {"ci":{"cluster":{"workers":1}}}
   */
  readonly profiles?: { readonly [key: string]: { readonly [key: string]: unknown } | undefined } | undefined
  /**
   * The kind cluster.
   * @example {"workers":2}
   */
  readonly cluster?:
    | {
        /**
         * A context of your kubeconfig: the cluster that it leads to is used, and none is made. Never the current one by itself. Keys of a cluster that is made (`nodes`, `kubernetes`, `registry` …) do not go with it.
         * @example "k3d-dev"
         * @example "staging"
         */
        readonly context?: string | undefined
        /**
         * Kubernetes version: a minor version, a full version, or a node image reference. In quotes. kind's own default if left out.
         * @example "1.36"
         * @example "1.36.4"
         */
        readonly kubernetes?: string | undefined
        /**
         * The container engine that runs the nodes; `auto` takes the first that answers.
         * @default "auto"
         */
        readonly engine?: 'auto' | 'docker' | 'podman' | 'nerdctl' | undefined
        /**
         * The nodes, at least one of them a control plane. One control plane if left out.
         * @example [{"role":"control-plane"},{"role":"worker","labels":{"tier":"backend"}}]
         */
        readonly nodes?:
          | readonly {
              /**
               * What the node is.
               * @example "control-plane"
               * @example "worker"
               */
              readonly role: 'control-plane' | 'worker'
              /**
               * Kubernetes labels of the node; `placement` chooses nodes by them.
               * @example {"tier":"backend"}
               */
              readonly labels?: { readonly [key: string]: string | undefined } | undefined
              /**
               * Taints, as `key=value:Effect` or `key:Effect`; the effect is NoSchedule, PreferNoSchedule or NoExecute.
               * @example ["dedicated=infra:NoSchedule"]
               */
              readonly taints?: readonly string[] | undefined
              /**
               * Ports of this machine that lead to ports of the node, as `[address:]host:node[/protocol]`, or ranges of the same length: `3000-3005:3000-3005`. The address is 127.0.0.1 unless said; host port 0 takes any free one.
               * @example ["80:80","443:443","3002:30432"]
               */
              readonly ports?: readonly string[] | undefined
              /**
               * Folders and files of this machine that the node sees, as `host:node[:ro]`.
               * @example ["./data:/data:ro"]
               */
              readonly mounts?: readonly string[] | undefined
            }[]
          | undefined
        /**
         * Short for a control plane and this many workers; instead of `nodes`.
         * @example 2
         */
        readonly workers?: number | undefined
        /**
         * What to do when a host port is taken: stop, or take another one and say which.
         * @default "fail"
         */
        readonly onPortConflict?: 'fail' | 'fallback' | undefined
        /**
         * A registry beside the cluster, `localhost:PORT` on this machine and on the nodes.
         * @default false
         */
        readonly registry?:
          | boolean
          | {
              /**
               * Port of this machine that the registry answers on.
               * @example 5001
               */
              readonly port?: number | undefined
              /**
               * Leave the registry and its images when the cluster goes.
               * @default false
               */
              readonly keep?: boolean | undefined
            }
          | undefined
        /**
         * Pull-through caches of registries that outlive clusters: `true` for the usual public ones, or a list. One with a username and password is a cache of this cluster alone and goes with it.
         * @default false
         * @example ["docker.io","quay.io"]
         */
        readonly mirrors?:
          | boolean
          | readonly (
              | string
              | {
                  /**
                   * Host of the registry that is cached; `http://` stands before one that speaks no TLS.
                   * @example "ghcr.io"
                   */
                  readonly upstream: string
                  /**
                   * Who asks the upstream.
                   * @example "${GHCR_USER}"
                   */
                  readonly username?: string | undefined
                  /**
                   * The password or token.
                   * @example "${GHCR_TOKEN}"
                   */
                  readonly password?: string | undefined
                }
            )[]
          | undefined
        /**
         * Raw keys of a kind v1alpha4 Cluster, merged last: maps merge, lists are appended.
         * @example {"networking":{"ipFamily":"dual"}}
         */
        readonly kind?: { readonly [key: string]: unknown } | undefined
      }
    | undefined
  /**
   * Where the external programs come from.
   * @example {"helm":"path"}
   */
  readonly tools?:
    | {
        /**
         * `auto` takes the one on PATH if it is recent enough and downloads one otherwise; `path`; `download`; or an exact version.
         * @default "auto"
         * @example "1.2.3"
         */
        readonly kind?: string | undefined
        /**
         * `auto` takes the one on PATH if it is recent enough and downloads one otherwise; `path`; `download`; or an exact version.
         * @default "auto"
         * @example "1.2.3"
         */
        readonly kubectl?: string | undefined
        /**
         * `auto` takes the one on PATH if it is recent enough and downloads one otherwise; `path`; `download`; or an exact version.
         * @default "auto"
         * @example "1.2.3"
         */
        readonly helm?: string | undefined
      }
    | undefined
  /**
   * What is installed beside your services: `true`, `false`, or a section.
   * @example {"ingress-nginx":true}
   */
  readonly addons?:
    | {
        /**
         * Traefik, an ingress controller. It serves Ingresses of the classes `traefik`, `nginx` (with the annotations of ingress-nginx) and of none, and with `gateway` routes of the Gateway API.
         * @example true
         * @example {"placement":{"tier":"backstage"}}
         */
        readonly traefik?: boolean | AddonConfig | undefined
        /**
         * The NGINX ingress controller: its last release, since the project was retired in March 2026.
         * @example true
         * @example {"placement":{"tier":"backstage"}}
         */
        readonly 'ingress-nginx'?: boolean | AddonConfig | undefined
        /**
         * The Gateway API: its definitions, and Traefik to serve it (unless `traefik: false`), with a Gateway that takes the routes of every namespace.
         * @example true
         * @example {"placement":{"tier":"backstage"}}
         */
        readonly gateway?: boolean | AddonConfig | undefined
        /**
         * Metrics of nodes and pods, for `kubectl top` and autoscalers.
         * @example true
         * @example {"placement":{"tier":"backstage"}}
         */
        readonly 'metrics-server'?: boolean | AddonConfig | undefined
        /**
         * Argo CD.
         * @example true
         * @example {"placement":{"tier":"backstage"}}
         */
        readonly argocd?: boolean | AddonConfig | undefined
        /**
         * The Flux controllers.
         * @example true
         * @example {"placement":{"tier":"backstage"}}
         */
        readonly flux?: boolean | AddonConfig | undefined
        /**
         * Headlamp, a web interface for the cluster.
         * @example true
         * @example {"placement":{"tier":"backstage"}}
         */
        readonly headlamp?: boolean | AddonConfig | undefined
        readonly [key: string]: boolean | AddonConfig | undefined
      }
    | undefined
  /**
   * Files and folders whose CustomResourceDefinitions are established before anything uses them.
   * @example ["./crds"]
   */
  readonly crds?: readonly string[] | undefined
  /**
   * Images that no single service owns.
   * @example {"base":{"build":"./base"}}
   */
  readonly images?: { readonly [key: string]: ImageConfig | undefined } | undefined
  /**
   * Where objects name images beside the containers of pods: what stands there and is an image of the file is replaced. Keys `image` of custom resources need no entry.
   * @example [{"kind":"Connect","path":"spec.image"}]
   */
  readonly imagePaths?:
    | readonly {
        /**
         * The kind of the objects: `KIND` or `KIND.group`.
         * @example "Connect"
         */
        readonly kind: string
        /**
         * The path to the reference, or to a map of `repository` and `tag`. `[]` is every element of a list; a dot that belongs to a key is written `\.`.
         * @example "spec.image"
         * @example "spec.sidecars[].image"
         */
        readonly path: string
      }[]
    | undefined
  /**
   * Secrets that are made or copied.
   * @example {"kafka":{"from":{"envFile":"./creds.env"}}}
   */
  readonly secrets?:
    | {
        readonly [key: string]:
          | {
              /**
               * Where its data comes from.
               * @example {"envFile":"./creds.env"}
               */
              readonly from: {
                /**
                 * Keys and values.
                 * @example {"mode":"local"}
                 */
                readonly literals?: { readonly [key: string]: string | undefined } | undefined
                /**
                 * Files, under their own names or under the keys given.
                 * @example ["./tls.crt","./tls.key"]
                 * @example {"ca.pem":"./certificates/root.pem"}
                 */
                readonly files?: readonly string[] | { readonly [key: string]: string | undefined } | undefined
                /**
                 * A file of `KEY=value` lines.
                 * @example "./creds.env"
                 */
                readonly envFile?: string | undefined
                /**
                 * A file that names the keys `envFile` must have, each with a value; the values in it do not count.
                 * @example "./creds.env.template"
                 */
                readonly template?: string | undefined
                /**
                 * Files encrypted with SOPS (YAML, JSON or dotenv); the program `sops` decrypts their keys.
                 * @example "./secrets.enc.yaml"
                 */
                readonly sops?: string | readonly string[] | undefined
                /**
                 * A copy of `namespace/name`, kept up to date.
                 * @example "shared/kafka"
                 */
                readonly secret?: string | undefined
                /**
                 * Keys and the lengths of their random values.
                 * @example {"PASSWORD":24}
                 */
                readonly random?: { readonly [key: string]: number | undefined } | undefined
              }
              /**
               * Environments or namespaces that get it. All environments if left out; without any, the services' namespaces.
               * @example ["dev"]
               */
              readonly namespaces?: readonly string[] | undefined
              /**
               * Type of the Secret: `Opaque` if left out, or that of the Secret it copies.
               * @example "kubernetes.io/tls"
               */
              readonly type?: string | undefined
              /**
               * Its keys as files in the containers of services.
               * @example {"services":["web"],"path":"/mnt/secrets"}
               */
              readonly mount?:
                | {
                    /**
                     * Services whose pods see it.
                     * @example ["web"]
                     */
                    readonly services: readonly string[]
                    /**
                     * Folder in the containers.
                     * @example "/mnt/secrets"
                     */
                    readonly path: string
                  }
                | undefined
            }
          | undefined
      }
    | undefined
  /**
   * What every service is deployed to, each in a namespace of its own.
   * @example {"dev":{"namespace":"dev-ns"}}
   */
  readonly environments?:
    | {
        readonly [key: string]:
          | {
              /**
               * Its namespace, created if missing. The environment's name if left out.
               * @example "dev-ns"
               */
              readonly namespace?: string | undefined
              /**
               * Placeholders of this environment.
               * @example {"short":"d"}
               */
              readonly vars?: { readonly [key: string]: string | undefined } | undefined
            }
          | undefined
      }
    | undefined
  /**
   * What you are working on.
   * @example {"web":{"deploy":{"manifests":["./k8s"]}}}
   */
  readonly services?:
    | {
        readonly [key: string]:
          | {
              /**
               * Its own image; short for an entry of that name in `images`.
               * @example {"build":"./web"}
               */
              readonly image?: ImageConfig | undefined
              /**
               * How it is deployed.
               * @example {"helm":{"chart":"./charts/app"}}
               */
              readonly deploy: {
                /**
                 * Deployed as a helm release.
                 * @example {"chart":"./charts/app"}
                 */
                readonly helm?:
                  | {
                      /**
                       * A chart folder or archive (a path that begins with `./`, `../` or `/`), `oci://…`, or a name in `repo`.
                       * @example "./charts/app"
                       */
                      readonly chart: string
                      /**
                       * The chart repository that `chart` is a name in.
                       * @example "https://charts.example.org"
                       */
                      readonly repo?: string | undefined
                      /**
                       * Version of the chart, in quotes.
                       * @example "1.2.3"
                       */
                      readonly version?: string | undefined
                      /**
                       * Name of the release. Placeholders are filled in.
                       * @default "{name}"
                       * @example "{short}-{name}"
                       */
                      readonly release?: string | undefined
                      /**
                       * Values files, the later win. Placeholders are filled in.
                       * @example ["./{name}/{env}.yaml"]
                       */
                      readonly values?: readonly string[] | undefined
                      /**
                       * Single values by their dotted path; they win over `values`. Placeholders are filled in.
                       * @example {"image.tag":"{image.tag}"}
                       */
                      readonly set?:
                        | { readonly [key: string]: string | number | boolean | null | undefined }
                        | undefined
                    }
                  | undefined
                /**
                 * Folder of a kustomization, or the details. Placeholders are filled in.
                 * @example "./k8s/overlays/{env}"
                 */
                readonly kustomize?:
                  | string
                  | {
                      /**
                       * Folder of the kustomization. Placeholders are filled in.
                       * @example "./overlays/{env}"
                       */
                      readonly path: string
                      /**
                       * `none` lets it read files outside its own folder, as `--load-restrictor LoadRestrictionsNone` does.
                       * @default "rootOnly"
                       */
                      readonly loadRestrictor?: 'rootOnly' | 'none' | undefined
                      /**
                       * Lets it render `helmCharts`, as `--enable-helm` does.
                       * @default false
                       */
                      readonly helm?: boolean | undefined
                    }
                  | undefined
                /**
                 * Files, folders and globs of plain manifests, and `https://` addresses, best with the `#sha256=…` of what is meant. Placeholders are filled in.
                 * @example ["./a.yaml","./dir","./k8s/**\/*.yaml"]
                 */
                readonly manifests?: readonly string[] | undefined
                /**
                 * Argo CD's Applications and ApplicationSets, by files and globs: what they deploy from this repository comes from the files as they are here. Placeholders are filled in.
                 * @example ["./app/**\/application.yaml"]
                 */
                readonly applications?: readonly string[] | undefined
                /**
                 * A folder with Flux's own objects (GitRepository, OCIRepository, HelmRepository, Kustomization, HelmRelease): what they deploy from this repository comes from the files as they are here. Placeholders are filled in.
                 * @example "./clusters/dev"
                 */
                readonly flux?: string | undefined
                /**
                 * Changes to what was rendered, as in the `patches` of a kustomization.
                 * @example [{"target":{"kind":"Deployment"},"patch":"[{ op: remove, path: /spec/replicas }]"}]
                 */
                readonly patches?:
                  | readonly {
                      /**
                       * A strategic merge patch or a list of JSON 6902 operations, as text or written out. A merge patch without a kind and a name needs a `target`, as operations do.
                       * @example "{ spec: { replicas: 1 } }"
                       */
                      readonly patch?: string | { readonly [key: string]: unknown } | readonly unknown[] | undefined
                      /**
                       * A file that holds the patch.
                       * @example "./patches/replicas.yaml"
                       */
                      readonly path?: string | undefined
                      /**
                       * Which objects it changes.
                       * @example {"kind":"Deployment","name":"web"}
                       */
                      readonly target?:
                        | {
                            /**
                             * The group of the objects.
                             * @example "apps"
                             */
                            readonly group?: string | undefined
                            /**
                             * The version of the objects.
                             * @example "v1"
                             */
                            readonly version?: string | undefined
                            /**
                             * The kind of the objects.
                             * @example "Deployment"
                             */
                            readonly kind?: string | undefined
                            /**
                             * The name of the objects.
                             * @example "web"
                             */
                            readonly name?: string | undefined
                            /**
                             * The namespace of the objects.
                             * @example "dev"
                             */
                            readonly namespace?: string | undefined
                            /**
                             * The labelSelector of the objects.
                             * @example "app=web"
                             */
                            readonly labelSelector?: string | undefined
                            /**
                             * The annotationSelector of the objects.
                             * @example "team=shop"
                             */
                            readonly annotationSelector?: string | undefined
                          }
                        | undefined
                    }[]
                  | undefined
                /**
                 * Kinds that are left out: `Kind`, `Kind.group`, or globs of it.
                 * @example ["*.servicecatalog.k8s.io"]
                 */
                readonly skip?: readonly string[] | undefined
              }
              /**
               * Environments that it is deployed to. All of them if left out.
               * @example ["dev"]
               */
              readonly environments?: readonly string[] | undefined
              /**
               * Its namespace, for a service that belongs to no environment.
               * @default "default"
               */
              readonly namespace?: string | undefined
              /**
               * Labels of the nodes that its pods run on.
               * @example {"tier":"backend"}
               */
              readonly placement?: { readonly [key: string]: string | undefined } | undefined
              /**
               * Its pods are rolled out when a ConfigMap or Secret changes that they read and that a service of the file has: a hash of the data in `kindup.dev/config` of the pod template. `false` leaves the pods as they are, and says what does not follow.
               * @default true
               */
              readonly roll?: boolean | undefined
              /**
               * With `up --watch` and `sync --watch` a saved file of its image goes straight into the running containers, and into the image that the nodes hold: nothing is built until the next `up`. `auto` takes the rules from the COPY lines of the Dockerfile that no RUN follows. What no rule covers is built as ever.
               * @example "auto"
               * @example [{"from":"./web/src","to":"/app/src"}]
               */
              readonly sync?:
                | 'auto'
                | readonly {
                    /**
                     * A folder or a file of the build context.
                     * @example "./web/src"
                     */
                    readonly from: string
                    /**
                     * Where it is in the container: an absolute path.
                     * @example "/app/src"
                     */
                    readonly to: string
                  }[]
                | undefined
              /**
               * Starts its processes again after each `sync`, for programs that do not reload by themselves: its pods are replaced, one after the other, as their workload says.
               * @default false
               */
              readonly restart?: boolean | undefined
              /**
               * Host names beyond those that are rendered. Placeholders are filled in.
               * @example ["{short}.web.localhost"]
               */
              readonly hosts?: readonly string[] | undefined
              /**
               * Makes Kubernetes Services reachable from this machine.
               * @example [{"service":"web","port":80,"host":"web.localhost"}]
               */
              readonly expose?:
                | readonly {
                    /**
                     * Name of the Kubernetes Service. Placeholders are filled in.
                     * @example "web"
                     */
                    readonly service: string
                    /**
                     * Its port, by number or name.
                     * @example 80
                     */
                    readonly port: number | string
                    /**
                     * Host name that leads to it through the Ingress. Placeholders are filled in.
                     * @example "web.localhost"
                     */
                    readonly host?: string | undefined
                    /**
                     * Port of this machine that leads to it; 0 takes any free one. It is mapped by itself where no node maps it. Instead of `host`.
                     * @example 8000
                     */
                    readonly hostPort?: number | undefined
                  }[]
                | undefined
              /**
               * What must be ready first: services (of the same environment) or step ids.
               * @example ["db"]
               */
              readonly needs?: readonly string[] | undefined
              /**
               * Programs that are run around its deployment.
               * @example {"before":[{"name":"unit tests","run":["npm","test"]}]}
               */
              readonly hooks?:
                | {
                    /**
                     * Run before it is deployed, in this order; the first that fails ends it.
                     * @example [{"name":"unit tests","run":["npm","test"],"in":"./web"}]
                     */
                    readonly before?:
                      | readonly {
                          /**
                           * What it does, as it is shown.
                           * @example "unit tests"
                           */
                          readonly name: string
                          /**
                           * The program and its arguments. Placeholders are filled in.
                           * @example ["npm","test"]
                           */
                          readonly run: readonly string[]
                          /**
                           * Folder to run it in. The file's own if left out.
                           * @example "./web"
                           */
                          readonly in?: string | undefined
                          /**
                           * It talks to the cluster: it is run once all that the service needs is ready, and KUBECONFIG, KINDUP_NAMESPACE and KINDUP_ENV lead there. Otherwise it begins at once, while the cluster starts. Hooks after a deployment always do.
                           * @default false
                           */
                          readonly cluster?: boolean | undefined
                          /**
                           * Variables beside those of the shell. Placeholders are filled in.
                           * @example {"STAGE":"{env}"}
                           */
                          readonly env?: { readonly [key: string]: string | undefined } | undefined
                        }[]
                      | undefined
                    /**
                     * Run once it is ready, before its smoke tests. KUBECONFIG leads to the cluster.
                     * @example [{"name":"migrate","run":["./migrate.sh"]}]
                     */
                    readonly after?:
                      | readonly {
                          /**
                           * What it does, as it is shown.
                           * @example "unit tests"
                           */
                          readonly name: string
                          /**
                           * The program and its arguments. Placeholders are filled in.
                           * @example ["npm","test"]
                           */
                          readonly run: readonly string[]
                          /**
                           * Folder to run it in. The file's own if left out.
                           * @example "./web"
                           */
                          readonly in?: string | undefined
                          /**
                           * It talks to the cluster: it is run once all that the service needs is ready, and KUBECONFIG, KINDUP_NAMESPACE and KINDUP_ENV lead there. Otherwise it begins at once, while the cluster starts. Hooks after a deployment always do.
                           * @default false
                           */
                          readonly cluster?: boolean | undefined
                          /**
                           * Variables beside those of the shell. Placeholders are filled in.
                           * @example {"STAGE":"{env}"}
                           */
                          readonly env?: { readonly [key: string]: string | undefined } | undefined
                        }[]
                      | undefined
                  }
                | undefined
              /**
               * Hands what `deploy` says to a GitOps controller in the cluster, uncommitted changes included. `argocd` is short for `{ tool: argocd, source: worktree }`, and `flux` likewise. The add-on and `cluster.registry` come along where the file has none.
               * @example "argocd"
               * @example "flux"
               */
              readonly gitops?:
                | 'argocd'
                | 'flux'
                | {
                    /**
                     * Who deploys it.
                     * @example "argocd"
                     * @example "flux"
                     */
                    readonly tool: 'argocd' | 'flux'
                    /**
                     * What is deployed: the files as they are here (`worktree`), or what this repository’s git remote holds of them (`remote`).
                     * @default "worktree"
                     */
                    readonly source?: 'worktree' | 'remote' | undefined
                    /**
                     * Folder that everything it is deployed from has to lie in; a chart, an overlay or a file outside is a mistake. Anywhere if left out.
                     * @example "./deploy"
                     */
                    readonly root?: string | undefined
                  }
                | undefined
              /**
               * Logins to show.
               * @example [{"name":"db","secret":"db-login"}]
               */
              readonly credentials?:
                | readonly {
                    /**
                     * What it is for, as it is shown.
                     * @example "db"
                     */
                    readonly name: string
                    /**
                     * A Secret with keys url, username, password: `namespace/name`, or `name` in the service's namespace.
                     * @example "db-login"
                     * @example "dev/db-login"
                     */
                    readonly secret?: string | undefined
                    /**
                     * The user name itself.
                     * @example "admin"
                     */
                    readonly username?: string | undefined
                    /**
                     * The password itself.
                     * @example "${DB_PASSWORD:-local}"
                     */
                    readonly password?: string | undefined
                    /**
                     * Where to log in.
                     * @example "http://web.localhost/login"
                     */
                    readonly url?: string | undefined
                  }[]
                | undefined
              /**
               * Requests that must be answered as said after each change.
               * @example [{"path":"/health","status":200}]
               */
              readonly smoke?:
                | readonly {
                    /**
                     * Path to ask for at the service's host. Placeholders are filled in.
                     * @example "/health"
                     */
                    readonly path?: string | undefined
                    /**
                     * A whole address to ask for. Placeholders are filled in.
                     * @example "http://web.localhost/health"
                     */
                    readonly url?: string | undefined
                    /**
                     * Port of this machine that must accept connections.
                     * @example 5432
                     */
                    readonly tcp?: number | undefined
                    /**
                     * A Kubernetes Service to ask inside the cluster, past the Ingress. Alone: it accepts connections. Placeholders are filled in.
                     * @example "web"
                     */
                    readonly service?: string | undefined
                    /**
                     * Host name to ask, where the service has several.
                     * @example "api.localhost"
                     */
                    readonly host?: string | undefined
                    /**
                     * Port of this machine to ask, or of the `service`.
                     * @example 8000
                     */
                    readonly port?: number | undefined
                    /**
                     * HTTP method. POST when there is a body.
                     * @default "GET"
                     */
                    readonly method?: string | undefined
                    /**
                     * Headers to send.
                     * @example {"accept":"application/json"}
                     */
                    readonly headers?: { readonly [key: string]: string | undefined } | undefined
                    /**
                     * Body to send: text, or a map or list that is sent as JSON.
                     * @example {"name":"test"}
                     * @example "a=b"
                     */
                    readonly body?: string | { readonly [key: string]: unknown } | readonly unknown[] | undefined
                    /**
                     * Status that the answer must have.
                     * @example 200
                     */
                    readonly status?: number | undefined
                    /**
                     * What the answer, read as JSON, must hold; it may have more keys.
                     * @example {"Status":"Success"}
                     */
                    readonly json?: unknown
                    /**
                     * What the answer must contain.
                     * @example "Welcome"
                     */
                    readonly text?: string | undefined
                    /**
                     * How long the right answer may take to come.
                     * @default "30s"
                     * @example "30s"
                     * @example "2m"
                     */
                    readonly timeout?: string | undefined
                  }[]
                | undefined
            }
          | undefined
      }
    | undefined
  /**
   * Host names on this machine.
   * @example {"extra":["shop.test"]}
   */
  readonly hosts?:
    | {
        /**
         * Whether host names are written to the hosts file.
         * @default "file"
         */
        readonly mode?: 'file' | 'none' | undefined
        /**
         * The hosts file. The platform's own if left out.
         * @example "/etc/hosts"
         * @example "./hosts"
         */
        readonly file?: string | undefined
        /**
         * Where the names lead, with `cluster.context`: the address of the Ingress. Found by itself where the cluster tells it.
         * @example "192.0.2.10"
         */
        readonly address?: string | undefined
        /**
         * Names beyond those that are found, and public names that may be written.
         * @default []
         */
        readonly extra?: readonly string[] | undefined
      }
    | undefined
  /**
   * HTTPS for all hosts of the ingress, with certificates of an authority of your own: `kindup trust` makes this machine know it.
   * @example true
   * @example {"domains":["demo.localhost"]}
   */
  readonly tls?:
    | boolean
    | {
        /**
         * Domains whose names are all certified, beside the hosts that are found: `*.demo.localhost`.
         * @default []
         * @example ["demo.localhost"]
         */
        readonly domains?: readonly string[] | undefined
        /**
         * Whether namespaces of services get a ConfigMap `kindup-ca` with the authority's certificate (`ca.crt`), for pods to mount.
         * @default false
         */
        readonly pods?: boolean | undefined
      }
    | undefined
}

type Later = Promise<KindupConfig> | (() => KindupConfig | Promise<KindupConfig>)

/** What a kindup.config.ts may export as its default. */
export type KindupConfigExport = KindupConfig | Later

/** Gives the file its types: `export default defineConfig({ … })` in a kindup.config.ts. */
export declare function defineConfig(config: Later): KindupConfigExport
// Last, so that what is wrong with an object is told by its own type. A function has a `name` too, and is none.
export declare function defineConfig(config: KindupConfig & { readonly apply?: never }): KindupConfigExport
