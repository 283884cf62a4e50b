import { z } from 'zod'
import { builtinAddons } from '../builtin-addons.ts'
import { label, labels, setValues, texts } from './text.ts'

const section = z
  .strictObject({
    chart: z
      .string()
      .min(1)
      .meta({
        description:
          'A chart folder or archive (a path that begins with `./`, `../` or `/`), `oci://…`, or a name in `repo`.',
        examples: ['./charts/x'],
      })
      .exactOptional(),
    repo: z
      .string()
      .min(1)
      .meta({
        description: 'The chart repository that `chart` is a name in.',
        examples: ['https://charts.example.org'],
      })
      .exactOptional(),
    version: z
      .string()
      .min(1)
      .meta({ description: 'Version of the chart, in quotes.', examples: ['10.1.1'] })
      .exactOptional(),
    namespace: label()
      .meta({
        description: "The namespace it lives in; created if missing. The add-on's name if left out.",
        examples: ['monitoring'],
      })
      .exactOptional(),
    release: z
      .string()
      .min(1)
      .meta({ description: "Name of the helm release. The add-on's name if left out.", examples: ['my-release'] })
      .exactOptional(),
    placement: labels()
      .meta({ description: 'Labels of the nodes that it runs on.', examples: [{ tier: 'backstage' }] })
      .exactOptional(),
    host: z
      .string()
      .min(1)
      .meta({ description: 'Host name that its user interface answers at.', examples: ['argocd.example.localhost'] })
      .exactOptional(),
    values: texts()
      .meta({
        description: 'Values files, the later win. They win over the built-in values.',
        examples: [['./argocd.yaml']],
      })
      .exactOptional(),
    set: setValues()
      .meta({
        description: 'Single values by their dotted path. They win over `values`.',
        examples: [{ 'server.replicas': 1 }],
      })
      .exactOptional(),
    needs: texts()
      .meta({ description: 'Step ids that must be ready first.', examples: [['addon/ingress-nginx']] })
      .exactOptional(),
  })
  .meta({ id: 'addon' })

const addon = (description: string) =>
  z
    .union([z.boolean(), section])
    .meta({ description, examples: [true, { placement: { tier: 'backstage' } }] })
    .exactOptional()

/** The section `addons`. A name that is not built in needs a `chart`. */
export const addons = z
  .object(Object.fromEntries(Object.entries(builtinAddons).map(([name, { title }]) => [name, addon(title)])))
  .catchall(
    z.union([z.boolean(), section]).meta({
      description: 'Any other chart, under a name of your own.',
      examples: [{ chart: './charts/x', namespace: 'x' }],
    }),
  )
