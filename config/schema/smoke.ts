import { z } from 'zod'
import { port } from './text.ts'

/** One smoke test of a service: one of `path`, `url`, `tcp`, or `service` with at most one of `path` and `tcp`. */
export const smoke = z
  .strictObject({
    path: z
      .string()
      .regex(/^[/{]/, 'begin it with /')
      .meta({
        description: "Path to ask for at the service's host. Placeholders are filled in.",
        examples: ['/health'],
      })
      .exactOptional(),
    url: z
      .string()
      .regex(/^(https?:\/\/|\{)/, 'begin it with http:// or https://')
      .meta({
        description: 'A whole address to ask for. Placeholders are filled in.',
        examples: ['http://web.localhost/health'],
      })
      .exactOptional(),
    tcp: port()
      .meta({ description: 'Port of this machine that must accept connections.', examples: [5432] })
      .exactOptional(),
    service: z
      .string()
      .min(1)
      .meta({
        description:
          'A Kubernetes Service to ask inside the cluster, past the Ingress. Alone: it accepts connections. Placeholders are filled in.',
        examples: ['web'],
      })
      .exactOptional(),
    host: z
      .string()
      .min(1)
      .meta({ description: 'Host name to ask, where the service has several.', examples: ['api.localhost'] })
      .exactOptional(),
    port: port()
      .meta({ description: 'Port of this machine to ask, or of the `service`.', examples: [8000] })
      .exactOptional(),
    method: z
      .string()
      .regex(/^[A-Z]+$/, 'write it in capitals')
      .meta({ description: 'HTTP method. POST when there is a body.', default: 'GET' })
      .exactOptional(),
    headers: z
      .record(z.string().min(1), z.string().meta({ writeOnly: true }))
      .meta({ description: 'Headers to send.', examples: [{ accept: 'application/json' }] })
      .exactOptional(),
    body: z
      .union([z.string(), z.record(z.string(), z.unknown()), z.array(z.unknown())])
      .meta({
        description: 'Body to send: text, or a map or list that is sent as JSON.',
        examples: [{ name: 'test' }, 'a=b'],
      })
      .exactOptional(),
    status: z
      .int()
      .min(100)
      .max(599)
      .meta({ description: 'Status that the answer must have.', examples: [200] })
      .exactOptional(),
    json: z
      .unknown()
      .meta({
        description: 'What the answer, read as JSON, must hold; it may have more keys.',
        examples: [{ Status: 'Success' }],
      })
      .optional(),
    text: z
      .string()
      .min(1)
      .meta({ description: 'What the answer must contain.', examples: ['Welcome'] })
      .exactOptional(),
    timeout: z
      .string()
      .regex(/^(\d+(\.\d+)?(ms|s|m|h))+$/, 'write a number and a unit: 500ms, 30s, 2m, 1m30s')
      .meta({ description: 'How long the right answer may take to come.', default: '30s', examples: ['30s', '2m'] })
      .exactOptional(),
  })
  .meta({ anyOf: [{ required: ['path'] }, { required: ['url'] }, { required: ['tcp'] }, { required: ['service'] }] })
