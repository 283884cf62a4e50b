import { jsonAnswer } from './answers.ts'
import { mapsAt, textAt, textListAt } from '../../core/fields.ts'
import { shared } from '../../core/bound.ts'
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
  const known = new Map<string, () => Promise<readonly ServedKind[]>>()
  const served = (apiVersion: string): Promise<readonly ServedKind[]> => {
    const before = known.get(apiVersion)
    if (before) return before()
    const asked = shared(async () => {
      let kinds: readonly ServedKind[] = []
      try {
        kinds = await askServed(rest, apiVersion)
      } finally {
        if (kinds.length === 0 && known.get(apiVersion) === asked) known.delete(apiVersion)
      }
      return kinds
    })
    known.set(apiVersion, asked)
    return asked()
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
