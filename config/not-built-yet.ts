import type { Path } from './path.ts'
import type { FileConfig } from './schema/file.ts'

type Refusal = { readonly path: Path; readonly what: string; readonly instead?: string }

/** What the schema describes and nobody carries out yet: said with its line, never ignored. Each entry goes when its part is built. */
export const notBuiltYet = (file: FileConfig): readonly Refusal[] =>
  Object.entries(file.services ?? {}).flatMap(([name, { gitops, deploy }]) => {
    const path = ['services', name, 'gitops']
    const source = typeof gitops === 'object' ? gitops.source : undefined
    const remote = source === 'remote' && deploy.applications === undefined && deploy.flux === undefined
    return remote
      ? [
          {
            path: [...path, 'source'],
            what: 'deploying what a remote repository holds is',
            instead:
              'source: worktree deploys the files as they are here; Applications (deploy.applications) and objects of Flux (deploy.flux) can come from their remotes.',
          },
        ]
      : []
  })
