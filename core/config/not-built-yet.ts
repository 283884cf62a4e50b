import type { Path } from './path.ts'
import type { FileConfig } from './schema/file.ts'

type Refusal = { readonly path: Path; readonly what: string; readonly instead?: string }

const refuses = (value: unknown): boolean => value !== undefined && value !== false

/** What the schema describes and nobody carries out yet: said with its line, never ignored. Each entry goes when its part is built. */
export const notBuiltYet = (file: FileConfig): readonly Refusal[] => [
  ...(refuses(file.cluster?.registry)
    ? [
        {
          path: ['cluster', 'registry'],
          what: 'the local registry is',
          instead: 'Images are put into the nodes directly; take the key away.',
        },
      ]
    : []),
  ...(refuses(file.cluster?.mirrors)
    ? [{ path: ['cluster', 'mirrors'], what: 'mirrors of registries are', instead: 'Take the key away.' }]
    : []),
  ...Object.keys(file.secrets ?? {}).map((key) => ({
    path: ['secrets', key],
    what: 'making secrets is',
    instead: 'Write it as a manifest of a service.',
  })),
  ...Object.entries(file.services ?? {}).flatMap(([name, service]) => [
    ...(service.gitops === undefined
      ? []
      : [
          {
            path: ['services', name, 'gitops'],
            what: 'deploying by a GitOps controller is',
            instead: 'Take the key away: the service is then deployed directly.',
          },
        ]),
  ]),
]
