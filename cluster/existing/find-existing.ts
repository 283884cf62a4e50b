import { unlessRefused } from '../../core/errors.ts'
import type { Engine } from '../engine/engine.ts'
import type { Access } from '../kind/access.ts'
import { findContext } from './context.ts'
import { inspectExisting, type Existing } from './inspect.ts'

type Way = {
  readonly context: string
  readonly access: Access
  readonly env: Readonly<Record<string, string | undefined>>
  engine(): Promise<Engine>
}

/** Finds the cluster of a context, and asks it what it is. Throws `context-missing`, `kubeconfig`, `api-unreachable`. */
export const findExisting = async ({ context, access, env, engine }: Way): Promise<Existing> =>
  inspectExisting({
    context: await findContext(context, env),
    kube: await access.kube(),
    engine: () => unlessRefused(engine, undefined),
  })
