import { idOf } from '../../core/identity.ts'
import type { ResolvedImage } from '../../cluster/images/images.ts'
import type { Problem } from '../../core/problem.ts'
import type { Rendered } from './rendered.ts'
import type { LocalOnly } from '../problems/local-only.ts'

/** Images that are built here, whose steps a walk leaves out, and that what it takes runs: nothing brings them unless they are there. */
export const skippedImages = (
  images: readonly ResolvedImage[],
  sources: ReadonlyMap<string, Pick<Rendered, 'needs'>>,
  isTaken: (id: string) => boolean,
): readonly LocalOnly[] =>
  images.flatMap(({ key, ref, build, at }): LocalOnly[] => {
    if (ref === undefined || !build || isTaken(idOf({ kind: 'image', name: key }))) return []
    const users = [...sources].flatMap(([id, { needs }]) =>
      isTaken(id) && needs.includes(idOf({ kind: 'image', name: key })) ? [id] : [],
    )
    const [first] = users
    if (first === undefined) return []
    const runs = `${users.join(', ')} ${users.length > 1 ? 'run' : 'runs'} ${ref}, which is built here, and image/${key} is left out`
    const problem: Problem = {
      severity: 'error',
      step: first,
      at,
      message: `${runs}: neither the engine nor a node holds it.`,
      hint: `Do not leave image/${key} out, leave ${users.join(', ')} out too, or run another image: --image ${key}=REF`,
    }
    return [
      {
        image: ref,
        problem,
        doubt: { ...problem, severity: 'warning', message: `${runs}; no engine could be asked whether it is there.` },
      },
    ]
  })
