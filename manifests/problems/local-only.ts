import type { Cluster } from '../../cluster/cluster.ts'
import { heldAnywhere } from '../../cluster/load/held-anywhere.ts'
import { partsOf } from '../../cluster/reference.ts'
import type { Problem } from '../../core/problem.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { containersOf, podTemplateOf } from '../transform/pod-templates.ts'

/** An image that no registry brings. */
export type LocalOnly = {
  readonly image: string
  /** What is wrong when nobody here holds it either. */
  readonly problem: Problem
  /** The same where nobody could be asked who holds it. */
  readonly doubt: Problem
}

/** The images that may not be pulled (imagePullPolicy: Never), or that no registry has (`localhost/…`), and that are not built here. */
export const localOnly = (
  { id }: Deployable,
  documents: readonly RenderedObject[],
  isBuilt: (image: string) => boolean,
): readonly LocalOnly[] =>
  documents.flatMap(({ object, at }) =>
    containersOf(podTemplateOf(object)).flatMap(({ name, image, imagePullPolicy }): LocalOnly[] => {
      if (image === undefined || isBuilt(image)) return []
      const why = imagePullPolicy === 'Never' ? ' with imagePullPolicy Never' : isOfThisMachine(image) ? '' : undefined
      if (why === undefined) return []
      const runs = `Container ${name} of ${object.kind} ${object.metadata.name} runs ${image}${why}`
      const message = `${runs}, and nothing puts that image into the nodes: it is not under \`images:\`, and neither the engine nor a node holds it.`
      const unasked = `${runs}, which is not under \`images:\`; no engine could be asked whether it holds that image. \`up\` will.`
      const hint =
        why === ''
          ? 'Name it under `images:` (with `build:` or `ref:`), or build it with the engine that the cluster runs in.'
          : 'Name it under `images:` (with `build:` or `ref:`), build it with the engine that the cluster runs in, or leave imagePullPolicy out.'
      const problem: Problem = { severity: 'error', message, at, step: id, hint }
      return [{ image, problem, doubt: { ...problem, severity: 'warning', message: unasked } }]
    }),
  )

/** Of those that nobody holds. The engine is asked only where there is something to ask for; without one they are in doubt. */
export const lackingProblems = async (
  wanted: readonly LocalOnly[],
  cluster: Pick<Cluster, 'engine' | 'nodes'>,
): Promise<readonly Problem[]> => {
  const held = await heldAnywhere([...new Set(wanted.map(({ image }) => image))], cluster)
  if (!held) return wanted.map(({ doubt }) => doubt)
  return wanted.filter(({ image }) => !held.has(image)).map(({ problem }) => problem)
}

/** podman names so what it builds; with a port it is a registry. */
const isOfThisMachine = (image: string): boolean => partsOf(image).repository.startsWith('localhost/')
