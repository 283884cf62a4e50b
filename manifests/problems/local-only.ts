import type { Cluster } from '../../cluster/cluster.ts'
import { heldAnywhere } from '../../cluster/load/held-anywhere.ts'
import { partsOf } from '../../cluster/reference.ts'
import type { Place, Problem } from '../../core/problem.ts'
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

type Runner = {
  readonly image: string
  readonly who: string
  readonly isNever: boolean
  readonly at: Place | undefined
}

/**
 * The images that may not be pulled (imagePullPolicy: Never), or that no registry has (`localhost/…`), and that are not
 * built here: each once, with all that runs it.
 */
export const localOnly = (
  { id }: Deployable,
  documents: readonly RenderedObject[],
  isBuilt: (image: string) => boolean,
): readonly LocalOnly[] => {
  const runners = documents.flatMap(({ object, at }) =>
    containersOf(podTemplateOf(object)).flatMap(({ name, image, imagePullPolicy }): Runner[] => {
      if (image === undefined || isBuilt(image)) return []
      const isNever = imagePullPolicy === 'Never'
      const who = `container ${name} of ${object.kind} ${object.metadata.name}`
      return isNever || isOfThisMachine(image) ? [{ image, who, isNever, at }] : []
    }),
  )
  return [...Map.groupBy(runners, ({ image }) => image)].map(([image, group]): LocalOnly => {
    const isNever = group.some((one) => one.isNever)
    const who = [...new Set(group.map((one) => one.who))]
    const runs = `${capital(list.format(who))} ${who.length === 1 ? 'runs' : 'run'} ${image}${isNever ? ' with imagePullPolicy Never' : ''}`
    const message = `${runs}, and nothing puts that image into the nodes: it is not under \`images:\`, and neither the engine nor a node holds it.`
    const unasked = `${runs}, which is not under \`images:\`; no engine could be asked whether it holds that image. \`up\` will.`
    const at = group[0]?.at
    const problem: Problem = {
      severity: 'error',
      message,
      step: id,
      hint: hintFor(image, isNever),
      ...(at ? { at } : {}),
    }
    return { image, problem, doubt: { ...problem, severity: 'warning', message: unasked } }
  })
}

const list = new Intl.ListFormat('en', { type: 'conjunction' })

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const hintFor = (image: string, isNever: boolean): string => {
  const { repository } = partsOf(image)
  const key = repository.slice(repository.lastIndexOf('/') + 1)
  const elsewhere = isOfThisMachine(image) ? image.slice('localhost/'.length) : 'REF'
  const entry = `images: { ${key}: { ref: ${JSON.stringify(elsewhere)}, name: ${repository} } }`
  return isNever
    ? `Name it under \`images:\`, with \`build:\` or as ${entry}, build it with the engine that the cluster runs in, or leave imagePullPolicy out.`
    : `Name it under \`images:\`, with \`build:\` or as ${entry}, or build it with the engine that the cluster runs in.`
}

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
