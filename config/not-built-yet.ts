import type { Path } from './path.ts'
import type { FileConfig } from './schema/file.ts'

type Refusal = { readonly path: Path; readonly what: string; readonly instead?: string }

/** What the schema describes and nobody carries out yet: said with its line, never ignored. Each entry goes when its part is built. */
export const notBuiltYet = (file: FileConfig): readonly Refusal[] =>
  Object.entries(file.services ?? {}).flatMap(([name, { gitops, deploy }]) => {
    const path = ['services', name, 'gitops']
    const source = typeof gitops === 'object' ? gitops.source : undefined
    const remote = source === 'remote' && deploy.applications === undefined
    return [
      ...(deploy.flux === undefined ? [] : [flux(name)]),
      ...(remote
        ? [
            {
              path: [...path, 'source'],
              what: 'deploying what a remote repository holds is',
              instead:
                'source: worktree deploys the files as they are here; Applications (deploy.applications) can come from their remotes.',
            },
          ]
        : []),
    ]
  })

const flux = (name: string): Refusal => ({
  path: ['services', name, 'deploy', 'flux'],
  what: "adopting Flux's own objects is",
  instead: 'Name what they deploy as helm, kustomize or manifests: gitops: flux hands that to Flux.',
})
