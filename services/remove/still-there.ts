import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { showRef } from '../../cluster/kube/ref.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'

/**
 * A recorded object as it stands; undefined where it is gone, and where nobody can answer for it any more: a name that no
 * object can have, an API whose server is dead. That is said, and stops no removal. Throws when the API itself is away.
 */
export const stillThere = async (kube: Kube, ref: Ref, ctx: Context): Promise<KubeObject | undefined> => {
  try {
    await kube.served(ref.apiVersion)
    return await kube.get(ref)
  } catch (error) {
    if (!(error instanceof EnvironmentError) || /forbidden/i.test(error.message)) throw error
    // The API of this kind alone is away, where the others answer.
    if (error.code !== 'api-refused') await kube.version()
    ctx.warn(`${showRef(ref)} cannot be asked for, and is left where it may be: ${error.message}`)
    return undefined
  }
}
