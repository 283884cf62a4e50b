import type { Path } from './path.ts'
import type { FileConfig } from './schema/file.ts'

type Refusal = { readonly path: Path; readonly what: string; readonly instead?: string }

/** What the schema describes and nobody carries out yet: said with its line, never ignored. Each entry goes when its part is built. */
export const notBuiltYet = (file: FileConfig): readonly Refusal[] =>
  Object.entries(file.services ?? {}).flatMap(([name, { gitops }]) =>
    gitops === undefined
      ? []
      : [
          {
            path: ['services', name, 'gitops'],
            what: 'deploying by a GitOps controller is',
            instead: 'Take the key away: the service is then deployed directly.',
          },
        ],
  )
