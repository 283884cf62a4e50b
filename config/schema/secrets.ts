import { z } from 'zod'
import { label, texts } from './text.ts'

const from = z.strictObject({
  literals: z
    .record(z.string(), z.string().meta({ writeOnly: true }))
    .meta({ description: 'Keys and values.', examples: [{ mode: 'local' }] })
    .exactOptional(),
  files: z
    .union([texts(), z.record(z.string(), z.string())])
    .meta({
      description: 'Files, under their own names or under the keys given.',
      examples: [['./tls.crt', './tls.key'], { 'ca.pem': './certificates/root.pem' }],
    })
    .exactOptional(),
  envFile: z
    .string()
    .min(1)
    .meta({ description: 'A file of `KEY=value` lines.', examples: ['./creds.env'] })
    .exactOptional(),
  template: z
    .string()
    .min(1)
    .meta({
      description: 'A file that names the keys `envFile` must have, each with a value; the values in it do not count.',
      examples: ['./creds.env.template'],
    })
    .exactOptional(),
  sops: z
    .union([z.string().min(1), texts().min(1)])
    .meta({
      description: 'Files encrypted with SOPS (YAML, JSON or dotenv); the program `sops` decrypts their keys.',
      examples: ['./secrets.enc.yaml'],
    })
    .exactOptional(),
  secret: z
    .string()
    .min(1)
    .meta({ description: 'A copy of `namespace/name`, kept up to date.', examples: ['shared/kafka'] })
    .exactOptional(),
  random: z
    .record(z.string(), z.int().min(1))
    .meta({ description: 'Keys and the lengths of their random values.', examples: [{ PASSWORD: 24 }] })
    .exactOptional(),
})

/** One of `secrets`. */
export const secret = z.strictObject({
  from: from.meta({ description: 'Where its data comes from.', examples: [{ envFile: './creds.env' }] }),
  namespaces: texts()
    .meta({
      description:
        "Environments or namespaces that get it. All environments if left out; without any, the services' namespaces.",
      examples: [['dev']],
    })
    .exactOptional(),
  type: z
    .string()
    .min(1)
    .meta({
      description: 'Type of the Secret: `Opaque` if left out, or that of the Secret it copies.',
      examples: ['kubernetes.io/tls'],
    })
    .exactOptional(),
  mount: z
    .strictObject({
      services: z.array(label()).meta({ description: 'Services whose pods see it.', examples: [['web']] }),
      path: z
        .string()
        .min(1)
        .meta({ description: 'Folder in the containers.', examples: ['/mnt/secrets'] }),
    })
    .meta({
      description: 'Its keys as files in the containers of services.',
      examples: [{ services: ['web'], path: '/mnt/secrets' }],
    })
    .exactOptional(),
})
