import { mapsAt, textAt } from '../../core/fields.ts'
import type { Problem } from '../../core/problem.ts'
import { showPlace } from '../../core/problem.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { groupKind } from '../kinds/kind.ts'

type Route = { readonly host: string; readonly path: string; readonly key: string }
type Owner = { readonly id: string; readonly document: RenderedObject }

/** Two Ingresses that ask for the same host and path: the controller refuses the later one, or takes either. */
export const routeProblems = (
  rendered: readonly { readonly deployable: Deployable; readonly documents: readonly RenderedObject[] }[],
): readonly Problem[] => {
  const owners = new Map<string, Owner>()
  return rendered.flatMap(({ deployable: { id }, documents }) =>
    documents.flatMap((document) =>
      routesOf(document).flatMap(({ host, path, key }): readonly Problem[] => {
        const owner = owners.get(key)
        if (!owner) owners.set(key, { id, document })
        // Two rules of one Ingress are its own affair.
        if (!owner || owner.document === document) return []
        return [
          {
            severity: 'error',
            message: `${host}${path} leads to Ingress ${document.object.metadata.name} of ${id}, and to ${owner.document.object.metadata.name} of ${owner.id} already (${showPlace(owner.document.at)}).`,
            at: document.at,
            step: id,
            root: `route ${key}`,
            hint: 'Give each its own host; `{env}` and the vars of an environment make hosts differ.',
          },
        ]
      }),
    ),
  )
}

const routesOf = ({ object }: RenderedObject): readonly Route[] => {
  if (groupKind(object) !== 'networking.k8s.io/Ingress' || isShared(object.metadata.annotations ?? {})) return []
  const controller =
    textAt(object, 'spec', 'ingressClassName') ?? object.metadata.annotations?.['kubernetes.io/ingress.class'] ?? ''
  return mapsAt(object, 'spec', 'rules').flatMap((rule) => {
    const host = textAt(rule, 'host')
    // A rule without a host is for what no other rule takes.
    if (host === undefined || host === '') return []
    return mapsAt(rule, 'http', 'paths').map((one) => {
      const path = textAt(one, 'path') ?? '/'
      return { host, path, key: JSON.stringify([controller, host, path]) }
    })
  })
}

/** A canary, or the minion of a mergeable Ingress, shares its route on purpose. */
const isShared = (annotations: Readonly<Record<string, string>>): boolean =>
  annotations['nginx.ingress.kubernetes.io/canary'] === 'true' ||
  annotations['nginx.org/mergeable-ingress-type'] !== undefined
