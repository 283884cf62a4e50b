import { existsSync } from 'node:fs'
import type { Config } from '../../config/config.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { Problem } from '../../core/problem.ts'
import type { Input } from '../../core/watch/inputs.ts'
import { hashFiles } from '../helm/chart-files.ts'
import { groupKind } from '../kinds/kind.ts'
import { manifestFiles } from '../plain/manifest-files.ts'
import type { Rendered } from './rendered.ts'
import type { DefinedKind } from '../kinds/built-in.ts'
import { definedKinds } from './defined-kinds.ts'
import type { Definitions } from './definitions.ts'
import { defines, type Bringer } from './plan-context.ts'

export const crdsId = 'crds'

type Crds = {
  readonly rendered: readonly (readonly [string, Rendered])[]
  readonly kinds: readonly DefinedKind[]
  readonly bringers: readonly Bringer[]
}

/** What the file's `crds:` bring to the plan; all empty where it names none. */
export const definitionsOf = async (config: Config): Promise<Crds> => {
  if (config.crds.length === 0) return { rendered: [], kinds: [], bringers: [] }
  const madeFrom = config.crds.map((path) => ({ path }))
  const missing = missingPaths(config)
  if (missing.length > 0)
    return { rendered: [[crdsId, renderedOf([], missing, '', madeFrom)]], kinds: [], bringers: [] }
  const { readDefinitions } = await import('./definitions.ts')
  const found = await readDefinitions(config.crds, true)
  const files = await hashFiles(await manifestFiles(config.crds))
  const problems = [...found.problems, ...leftOut(found)].map((problem) => ({ ...problem, step: crdsId }))
  return {
    rendered: [[crdsId, renderedOf(found.documents, problems, files, madeFrom)]],
    kinds: definedKinds(found.documents),
    bringers: [{ id: crdsId, kinds: defines(found.documents) }],
  }
}

const missingPaths = (config: Config): readonly Problem[] =>
  config.crds.flatMap((path, index) =>
    existsSync(path)
      ? []
      : [
          {
            severity: 'error' as const,
            message: `There is no file or folder ${path}.`,
            at: config.at(['crds', index]),
            step: crdsId,
          },
        ],
  )

const leftOut = ({ left }: Definitions): readonly Problem[] =>
  left.map(({ object, at }) => ({
    severity: 'warning',
    message: `${object.kind} ${object.metadata.name} is no CustomResourceDefinition: \`crds:\` leaves it out.`,
    at,
    hint: 'Deploy it as a service, with `deploy: { manifests: … }`.',
  }))

const renderedOf = (
  documents: Definitions['documents'],
  problems: readonly Problem[],
  files: string,
  madeFrom: readonly Input[],
): Rendered => ({
  objects: documents,
  exposed: [],
  hosts: [],
  images: [],
  replaced: [],
  kinds: [...new Set(documents.map(({ object }) => groupKind(object)))],
  defines: defines(documents),
  needs: [],
  problems,
  fingerprint: { files, revision: hashOf(1) },
  madeFrom,
})
