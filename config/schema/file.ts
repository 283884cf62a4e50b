import { z } from 'zod'
import { addons } from './addons.ts'
import { cluster, tools } from './cluster.ts'
import { image, imagePath } from './images.ts'
import { secret } from './secrets.ts'
import { service } from './services.ts'
import { label, texts } from './text.ts'

const environment = z.strictObject({
  namespace: label()
    .meta({
      description: "Its namespace, created if missing. The environment's name if left out.",
      examples: ['dev-ns'],
    })
    .exactOptional(),
  vars: z
    .record(
      z.string().regex(/^[A-Za-z_][\w.-]*$/, 'begin it with a letter and go on with letters, digits, dots and dashes'),
      z.string(),
    )
    .meta({ description: 'Placeholders of this environment.', examples: [{ short: 'd' }] })
    .exactOptional(),
})

const hosts = z.strictObject({
  mode: z
    .enum(['file', 'none'])
    .meta({ description: 'Whether host names are written to the hosts file.', default: 'file' })
    .exactOptional(),
  file: z
    .string()
    .min(1)
    .meta({ description: "The hosts file. The platform's own if left out.", examples: ['/etc/hosts', './hosts'] })
    .exactOptional(),
  address: z
    .union([z.ipv4(), z.ipv6()])
    .meta({
      description:
        'Where the names lead, with `cluster.context`: the address of the Ingress. Found by itself where the cluster tells it.',
      examples: ['192.0.2.10'],
    })
    .exactOptional(),
  extra: texts()
    .meta({ description: 'Names beyond those that are found, and public names that may be written.', default: [] })
    .exactOptional(),
})

const tls = z.strictObject({
  domains: texts()
    .meta({
      description: 'Domains whose names are all certified, beside the hosts that are found: `*.demo.localhost`.',
      examples: [['demo.localhost']],
      default: [],
    })
    .exactOptional(),
  pods: z
    .boolean()
    .meta({
      description:
        "Whether namespaces of services get a ConfigMap `kindup-ca` with the authority's certificate (`ca.crt`), for pods to mount.",
      default: false,
    })
    .exactOptional(),
})

/** The whole file, as it is written: the one source of what is accepted, of the JSON Schema and of the reference. */
export const fileSchema = z.strictObject({
  name: label().meta({
    description: 'Name of the cluster; the kube context is `kind-<name>`, unless `cluster.context` names another.',
    examples: ['offerfit'],
  }),
  include: texts()
    .meta({
      description:
        'Files that this one is laid over, in this order, as helm lays values: maps are merged, everything else takes the place of what was there, `null` takes a key away. Relative paths start at the folder of the file they stand in. A file of a git repository is named by its address; a commit pins it, and what it could run here is trusted for each commit.',
      examples: [['./base.yaml', '../shop/kindup.yaml', 'github.com/org/repo//base.yaml@v1.2']],
    })
    .exactOptional(),
  profiles: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .meta({
      description: 'Parts that `--profile NAME` lays over the file.',
      examples: [{ ci: { cluster: { workers: 1 } } }],
    })
    .exactOptional(),
  cluster: cluster.meta({ description: 'The kind cluster.', examples: [{ workers: 2 }] }).exactOptional(),
  tools: tools
    .meta({ description: 'Where the external programs come from.', examples: [{ helm: 'path' }] })
    .exactOptional(),
  addons: addons
    .meta({
      description: 'What is installed beside your services: `true`, `false`, or a section.',
      examples: [{ 'ingress-nginx': true }],
    })
    .exactOptional(),
  crds: texts()
    .meta({
      description: 'Files and folders whose CustomResourceDefinitions are established before anything uses them.',
      examples: [['./crds']],
    })
    .exactOptional(),
  images: z
    .record(label(), image)
    .meta({ description: 'Images that no single service owns.', examples: [{ base: { build: './base' } }] })
    .exactOptional(),
  imagePaths: z
    .array(imagePath)
    .meta({
      description:
        'Where objects name images beside the containers of pods: what stands there and is an image of the file is replaced. Keys `image` of custom resources need no entry.',
      examples: [[{ kind: 'Connect', path: 'spec.image' }]],
    })
    .exactOptional(),
  secrets: z
    .record(label(), secret)
    .meta({
      description: 'Secrets that are made or copied.',
      examples: [{ kafka: { from: { envFile: './creds.env' } } }],
    })
    .exactOptional(),
  environments: z
    .record(label(), environment)
    .meta({
      description: 'What every service is deployed to, each in a namespace of its own.',
      examples: [{ dev: { namespace: 'dev-ns' } }],
    })
    .exactOptional(),
  services: z
    .record(label(), service)
    .meta({ description: 'What you are working on.', examples: [{ web: { deploy: { manifests: ['./k8s'] } } }] })
    .exactOptional(),
  hosts: hosts
    .meta({ description: 'Host names on this machine.', examples: [{ extra: ['shop.test'] }] })
    .exactOptional(),
  tls: z
    .union([z.boolean(), tls])
    .meta({
      description:
        'HTTPS for all hosts of the ingress, with certificates of an authority of your own: `kindup trust` makes this machine know it.',
      examples: [true, { domains: ['demo.localhost'] }],
    })
    .exactOptional(),
})

/** The file after it was read and checked for its shape: short forms are not written out yet. */
export type FileConfig = z.infer<typeof fileSchema>
export type FileCluster = NonNullable<FileConfig['cluster']>
export type FileImage = z.infer<typeof image>
export type FileService = z.infer<typeof service>
export type FileDeploy = FileService['deploy']
export type FileSmoke = NonNullable<FileService['smoke']>[number]
export type FileAddons = NonNullable<FileConfig['addons']>
