import { takenBy } from '../../../cluster/images/taken-by.ts'
import { isWithin, nameOf } from '../paths.ts'

type Built = {
  readonly dockerfile: string
  readonly args: Readonly<Record<string, string>>
  readonly target?: string
}

/** What package managers read before there is any code. */
const dependencies =
  /^(?:package(?:-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|requirements.*\.txt|pyproject\.toml|poetry\.lock|Pipfile(?:\.lock)?|go\.(?:mod|sum)|Gemfile(?:\.lock)?|composer\.(?:json|lock)|Cargo\.(?:toml|lock))$/

const isCode = (path: string): boolean => !dependencies.test(nameOf(path))

/**
 * The stage to build where folders of the context are mounted over the image: a stage for development may have no code of
 * its own, and nothing is mounted in a cluster. `stage`: the last stage has what the one that was asked for has not; `all`: none has any.
 */
export const withCode = (
  { dockerfile, args, target }: Built,
  /** Files that are mounted. */
  files: readonly string[],
  context: string,
): { readonly target?: string; readonly mounted?: 'stage' | 'all' } => {
  const asked = target === undefined ? {} : { target }
  if (files.length === 0) return asked
  const own = files
    .filter((path) => isWithin(path, context))
    .map((path) => (context === '.' ? path : path.slice(context.length + 1)))
  const whole = own.filter(takenBy(dockerfile, args)).filter(isCode)
  const some = own.filter(takenBy(dockerfile, args, target)).filter(isCode)
  if (some.length > 0 || own.length === 0) return asked
  return whole.length > 0 ? { mounted: 'stage' } : { ...asked, mounted: 'all' }
}
