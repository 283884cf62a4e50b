import { z } from 'zod'
import { setValues, texts } from './text.ts'

const helm = z.strictObject({
  chart: z
    .string()
    .min(1)
    .meta({
      description:
        'A chart folder or archive (a path that begins with `./`, `../` or `/`), `oci://…`, or a name in `repo`.',
      examples: ['./charts/app'],
    }),
  repo: z
    .string()
    .min(1)
    .meta({ description: 'The chart repository that `chart` is a name in.', examples: ['https://charts.example.org'] })
    .exactOptional(),
  version: z
    .string()
    .min(1)
    .meta({ description: 'Version of the chart, in quotes.', examples: ['1.2.3'] })
    .exactOptional(),
  release: z
    .string()
    .min(1)
    .meta({
      description: 'Name of the release. Placeholders are filled in.',
      default: '{name}',
      examples: ['{short}-{name}'],
    })
    .exactOptional(),
  values: texts()
    .meta({
      description: 'Values files, the later win. Placeholders are filled in.',
      examples: [['./{name}/{env}.yaml']],
    })
    .exactOptional(),
  set: setValues()
    .meta({
      description: 'Single values by their dotted path; they win over `values`. Placeholders are filled in.',
      examples: [{ 'image.tag': '{image.tag}' }],
    })
    .exactOptional(),
})

const selectors = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  name: 'web',
  namespace: 'dev',
  labelSelector: 'app=web',
  annotationSelector: 'team=shop',
} as const

const target = z.strictObject(
  Object.fromEntries(
    Object.entries(selectors).map(([key, example]) => [
      key,
      z
        .string()
        .min(1)
        .meta({ description: `The ${key} of the objects.`, examples: [example] })
        .exactOptional(),
    ]),
  ),
)

const patch = z.strictObject({
  patch: z
    .union([z.string().min(1), z.record(z.string(), z.unknown()), z.array(z.unknown()).min(1)])
    .meta({
      description:
        'A strategic merge patch or a list of JSON 6902 operations, as text or written out. A merge patch without a kind and a name needs a `target`, as operations do.',
      examples: ['{ spec: { replicas: 1 } }'],
    })
    .exactOptional(),
  path: z
    .string()
    .min(1)
    .meta({ description: 'A file that holds the patch.', examples: ['./patches/replicas.yaml'] })
    .exactOptional(),
  target: target
    .meta({ description: 'Which objects it changes.', examples: [{ kind: 'Deployment', name: 'web' }] })
    .exactOptional(),
})

const kustomize = z.strictObject({
  path: z
    .string()
    .min(1)
    .meta({ description: 'Folder of the kustomization. Placeholders are filled in.', examples: ['./overlays/{env}'] }),
  loadRestrictor: z
    .enum(['rootOnly', 'none'])
    .meta({
      description:
        '`none` lets it read files outside its own folder, as `--load-restrictor LoadRestrictionsNone` does.',
      default: 'rootOnly',
    })
    .exactOptional(),
  helm: z
    .boolean()
    .meta({ description: 'Lets it render `helmCharts`, as `--enable-helm` does.', default: false })
    .exactOptional(),
})

/** The `deploy` of a service: exactly one of `helm`, `kustomize`, `manifests`, `applications`, `flux`. */
export const deploy = z
  .strictObject({
    helm: helm
      .meta({ description: 'Deployed as a helm release.', examples: [{ chart: './charts/app' }] })
      .exactOptional(),
    kustomize: z
      .union([z.string().min(1), kustomize])
      .meta({
        description: 'Folder of a kustomization, or the details. Placeholders are filled in.',
        examples: ['./k8s/overlays/{env}'],
      })
      .exactOptional(),
    manifests: texts()
      .min(1)
      .meta({
        description:
          'Files, folders and globs of plain manifests, and `https://` addresses, best with the `#sha256=…` of what is meant. Placeholders are filled in.',
        examples: [['./a.yaml', './dir', './k8s/**/*.yaml']],
      })
      .exactOptional(),
    applications: texts()
      .min(1)
      .meta({
        description:
          "Argo CD's Applications and ApplicationSets, by files and globs: what they deploy from this repository comes from the files as they are here. Placeholders are filled in.",
        examples: [['./app/**/application.yaml']],
      })
      .exactOptional(),
    flux: z
      .string()
      .min(1)
      .meta({
        description:
          "A folder with Flux's own objects (GitRepository, OCIRepository, HelmRepository, Kustomization, HelmRelease): what they deploy from this repository comes from the files as they are here. Placeholders are filled in.",
        examples: ['./clusters/dev'],
      })
      .exactOptional(),
    patches: z
      .array(patch)
      .meta({
        description: 'Changes to what was rendered, as in the `patches` of a kustomization.',
        examples: [[{ target: { kind: 'Deployment' }, patch: '[{ op: remove, path: /spec/replicas }]' }]],
      })
      .exactOptional(),
    skip: texts()
      .meta({
        description: 'Kinds that are left out: `Kind`, `Kind.group`, or globs of it.',
        examples: [['*.servicecatalog.k8s.io']],
      })
      .exactOptional(),
  })
  .meta({
    oneOf: [
      { required: ['helm'] },
      { required: ['kustomize'] },
      { required: ['manifests'] },
      { required: ['applications'] },
      { required: ['flux'] },
    ],
  })
