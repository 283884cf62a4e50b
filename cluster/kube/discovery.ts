import { jsonAnswer } from './answers.ts'
import { mapsAt, textAt, textListAt } from '../../core/fields.ts'
import type { Rest } from './rest.ts'
import type { ServedKind } from './kube.ts'

export type Discovery = {
  /** What an apiVersion serves; empty when it serves nothing. */
  served(apiVersion: string): Promise<readonly ServedKind[]>
  /** One kind. What is not known is asked for again: a CustomResourceDefinition may have come since. */
  find(apiVersion: string, kind: string): Promise<ServedKind | undefined>
  /** Forgets an apiVersion: what it was said to serve is gone. */
  forget(apiVersion: string): void
}

/** Asks the server once per apiVersion what it serves, however many ask at the same time. */
export const makeDiscovery = (rest: Rest): Discovery => {
  const known = new Map<string, Promise<readonly ServedKind[]>>()
  const served = (apiVersion: string): Promise<readonly ServedKind[]> => {
    const asked = known.get(apiVersion) ?? askServed(rest, apiVersion)
    known.set(apiVersion, asked)
    const drop = (): void => {
      if (known.get(apiVersion) === asked) known.delete(apiVersion)
    }
    asked.then((kinds) => kinds.length === 0 && drop(), drop)
    return asked
  }
  const pick = async (apiVersion: string, kind: string): Promise<ServedKind | undefined> =>
    (await served(apiVersion)).find((one) => one.kind === kind)
  return {
    served,
    async find(apiVersion, kind) {
      const cached = known.has(apiVersion)
      const found = await pick(apiVersion, kind)
      if (found || !cached) return found
      known.delete(apiVersion)
      return pick(apiVersion, kind)
    },
    forget: (apiVersion) => void known.delete(apiVersion),
  }
}

/** Asks the server what an apiVersion serves. */
export const askServed = async (rest: Rest, apiVersion: string): Promise<readonly ServedKind[]> => {
  const doing = `tell what ${apiVersion} serves`
  const { status, text } = await rest.ask({
    method: 'GET',
    path: groupPath(apiVersion),
    doing,
    okStatuses: [404],
  })
  if (status === 404) return []
  return mapsAt(jsonAnswer(text, doing), 'resources').flatMap((resource) => {
    const [plural, kind] = [textAt(resource, 'name'), textAt(resource, 'kind')]
    if (plural === undefined || kind === undefined || plural.includes('/')) return []
    return [
      { apiVersion, kind, plural, namespaced: resource['namespaced'] === true, verbs: textListAt(resource, 'verbs') },
    ]
  })
}

/** `/api/v1` for the core group, `/apis/<group>/<version>` for the others. */
export const groupPath = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion.split('/').map(encodeURIComponent).join('/')}` : `/api/${apiVersion}`
