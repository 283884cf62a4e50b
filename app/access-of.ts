import { existingAccess } from '../cluster/existing/access.ts'
import { makeAccess, type Access } from '../cluster/kind/access.ts'
import type { Engine } from '../cluster/engine/engine.ts'
import { clusterPaths } from '../cluster/paths.ts'
import type { Subject } from '../config/subject.ts'
import type { App } from './app.ts'

/** The way to a cluster of which no more is known than its name, and its context where it was there before. */
export const accessOf = (
  app: Pick<App, 'env'>,
  { name, context }: Subject & { readonly name: string },
  engine: () => Promise<Engine>,
  signal: AbortSignal,
): Access => {
  const paths = clusterPaths(name, app.env, context)
  return context === undefined
    ? makeAccess({ name, context: `kind-${name}`, paths, engine, signal })
    : existingAccess({ context, paths, env: app.env, signal })
}
