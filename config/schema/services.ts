import { z } from 'zod'
import { deploy } from './deploy.ts'
import { image } from './images.ts'
import { smoke } from './smoke.ts'
import { label, labels, texts } from './text.ts'

const expose = z.strictObject({
  service: z
    .string()
    .min(1)
    .meta({ description: 'Name of the Kubernetes Service. Placeholders are filled in.', examples: ['web'] }),
  port: z
    .union([z.int().min(1).max(65_535), z.string().min(1)])
    .meta({ description: 'Its port, by number or name.', examples: [80] }),
  host: z
    .string()
    .min(1)
    .meta({
      description: 'Host name that leads to it through the Ingress. Placeholders are filled in.',
      examples: ['web.localhost'],
    })
    .exactOptional(),
  hostPort: z
    .int()
    .min(0)
    .max(65_535)
    .meta({
      description:
        'Port of this machine that leads to it; 0 takes any free one. It is mapped by itself where no node maps it. Instead of `host`.',
      examples: [8000],
    })
    .exactOptional(),
})

const credential = z.strictObject({
  name: z
    .string()
    .min(1)
    .meta({ description: 'What it is for, as it is shown.', examples: ['db'] }),
  secret: z
    .string()
    .min(1)
    .meta({
      description:
        "A Secret with keys url, username, password: `namespace/name`, or `name` in the service's namespace.",
      examples: ['db-login', 'dev/db-login'],
    })
    .exactOptional(),
  username: z
    .string()
    .meta({ description: 'The user name itself.', examples: ['admin'] })
    .exactOptional(),
  password: z
    .string()
    .meta({ description: 'The password itself.', examples: ['${DB_PASSWORD:-local}'], writeOnly: true })
    .exactOptional(),
  url: z
    .string()
    .min(1)
    .meta({ description: 'Where to log in.', examples: ['http://web.localhost/login'] })
    .exactOptional(),
})

const hook = z.strictObject({
  name: z
    .string()
    .min(1)
    .meta({ description: 'What it does, as it is shown.', examples: ['unit tests'] }),
  run: texts()
    .min(1)
    .meta({ description: 'The program and its arguments. Placeholders are filled in.', examples: [['npm', 'test']] }),
  in: z
    .string()
    .min(1)
    .meta({ description: "Folder to run it in. The file's own if left out.", examples: ['./web'] })
    .exactOptional(),
  cluster: z
    .boolean()
    .meta({
      description:
        'It talks to the cluster: it is run once all that the service needs is ready, and KUBECONFIG, KINDUP_NAMESPACE and KINDUP_ENV lead there. Otherwise it begins at once, while the cluster starts. Hooks after a deployment always do.',
      default: false,
    })
    .exactOptional(),
  env: z
    .record(z.string().min(1), z.string().meta({ writeOnly: true }))
    .meta({
      description: 'Variables beside those of the shell. Placeholders are filled in.',
      examples: [{ STAGE: '{env}' }],
    })
    .exactOptional(),
})

const gitops = z.strictObject({
  tool: z.enum(['argocd', 'flux']).meta({ description: 'Who deploys it.', examples: ['argocd', 'flux'] }),
  source: z
    .enum(['worktree', 'remote'])
    .meta({
      description:
        'What is deployed: the files as they are here (`worktree`), or what this repository’s git remote holds of them (`remote`).',
      default: 'worktree',
    })
    .exactOptional(),
  root: z
    .string()
    .min(1)
    .meta({
      description:
        'Folder that everything it is deployed from has to lie in; a chart, an overlay or a file outside is a mistake. Anywhere if left out.',
      examples: ['./deploy'],
    })
    .exactOptional(),
})

const syncRule = z.strictObject({
  from: z
    .string()
    .min(1)
    .meta({ description: 'A folder or a file of the build context.', examples: ['./web/src'] }),
  to: z
    .string()
    .min(1)
    .meta({ description: 'Where it is in the container: an absolute path.', examples: ['/app/src'] }),
})

/** One of `services`. */
export const service = z.strictObject({
  image: image
    .meta({
      description: 'Its own image; short for an entry of that name in `images`.',
      examples: [{ build: './web' }],
    })
    .exactOptional(),
  deploy: deploy.meta({
    ...deploy.meta(),
    description: 'How it is deployed.',
    examples: [{ helm: { chart: './charts/app' } }],
  }),
  environments: z
    .array(z.string())
    .meta({ description: 'Environments that it is deployed to. All of them if left out.', examples: [['dev']] })
    .exactOptional(),
  namespace: label()
    .meta({ description: 'Its namespace, for a service that belongs to no environment.', default: 'default' })
    .exactOptional(),
  placement: labels()
    .meta({ description: 'Labels of the nodes that its pods run on.', examples: [{ tier: 'backend' }] })
    .exactOptional(),
  roll: z
    .boolean()
    .meta({
      description:
        'Its pods are rolled out when a ConfigMap or Secret changes that they read and that a service of the file has: a hash of the data in `kindup.dev/config` of the pod template. `false` leaves the pods as they are, and says what does not follow.',
      default: true,
    })
    .exactOptional(),
  sync: z
    .union([z.literal('auto'), z.array(syncRule).min(1)])
    .meta({
      description:
        'With `up --watch` and `sync --watch` a saved file of its image goes straight into the running containers, and into the image that the nodes hold: nothing is built until the next `up`. `auto` takes the rules from the COPY lines of the Dockerfile that no RUN follows. What no rule covers is built as ever.',
      examples: ['auto', [{ from: './web/src', to: '/app/src' }]],
    })
    .exactOptional(),
  restart: z
    .boolean()
    .meta({
      description:
        'Starts its processes again after each `sync`, for programs that do not reload by themselves: its pods are replaced, one after the other, as their workload says.',
      default: false,
    })
    .exactOptional(),
  hosts: texts()
    .meta({
      description: 'Host names beyond those that are rendered. Placeholders are filled in.',
      examples: [['{short}.web.localhost']],
    })
    .exactOptional(),
  expose: z
    .array(expose)
    .meta({
      description: 'Makes Kubernetes Services reachable from this machine.',
      examples: [[{ service: 'web', port: 80, host: 'web.localhost' }]],
    })
    .exactOptional(),
  needs: texts()
    .meta({
      description: 'What must be ready first: services (of the same environment) or step ids.',
      examples: [['db']],
    })
    .exactOptional(),
  hooks: z
    .strictObject({
      before: z
        .array(hook)
        .meta({
          description: 'Run before it is deployed, in this order; the first that fails ends it.',
          examples: [[{ name: 'unit tests', run: ['npm', 'test'], in: './web' }]],
        })
        .exactOptional(),
      after: z
        .array(hook)
        .meta({
          description: 'Run once it is ready, before its smoke tests. KUBECONFIG leads to the cluster.',
          examples: [[{ name: 'migrate', run: ['./migrate.sh'] }]],
        })
        .exactOptional(),
    })
    .meta({
      description: 'Programs that are run around its deployment.',
      examples: [{ before: [{ name: 'unit tests', run: ['npm', 'test'] }] }],
    })
    .exactOptional(),
  gitops: z
    .union([z.enum(['argocd', 'flux']), gitops])
    .meta({
      description:
        'Hands what `deploy` says to a GitOps controller in the cluster, uncommitted changes included. `argocd` is short for `{ tool: argocd, source: worktree }`, and `flux` likewise. The add-on and `cluster.registry` come along where the file has none.',
      examples: ['argocd', 'flux'],
    })
    .exactOptional(),
  credentials: z
    .array(credential)
    .meta({ description: 'Logins to show.', examples: [[{ name: 'db', secret: 'db-login' }]] })
    .exactOptional(),
  smoke: z
    .array(smoke)
    .meta({
      description: 'Requests that must be answered as said after each change.',
      examples: [[{ path: '/health', status: 200 }]],
    })
    .exactOptional(),
})
