import { mapsAt, textAt, type Fields } from '../../../core/fields.ts'
import type { KubeObject } from '../../kube/kube.ts'
import { ofKind, type Evidence } from '../evidence.ts'
import { aboutObject, type Finding } from '../finding.ts'
import { routeKinds } from '../route-kinds.ts'

/** Gateways and routes of the Gateway API that their controller does not take, or not as they are: it says why in their status. */
export const routeCauses = (evidence: Evidence): readonly Finding[] => [
  ...ofKind(evidence, 'Gateway').flatMap((gateway) => [
    ...refusals(gateway, mapsAt(gateway, 'status', 'conditions'), 'the Gateway is not as it says'),
    ...mapsAt(gateway, 'status', 'listeners').flatMap((listener) =>
      refusals(gateway, mapsAt(listener, 'conditions'), `its listener ${textAt(listener, 'name') ?? ''} takes nothing`),
    ),
  ]),
  ...routeKinds
    .flatMap((kind) => ofKind(evidence, kind))
    .flatMap((route) => [
      ...mapsAt(route, 'status', 'parents').flatMap((parent) =>
        refusals(
          route,
          mapsAt(parent, 'conditions'),
          `Gateway ${textAt(parent, 'parentRef', 'name') ?? ''} does not serve it as it says`,
        ),
      ),
      // Every controller writes of those that it takes.
      ...(mapsAt(route, 'status', 'parents').length === 0 && !ofMesh(route)
        ? [
            {
              ...aboutObject(route),
              cause:
                'no controller has taken it up: what it names as its parent is not there, or of a class that nothing serves',
              evidence: [`its parents are ${mapsAt(route, 'spec', 'parentRefs').map(shownParent).join(', ')}`],
              hints: ['kubectl get gatewayclasses,gateways --all-namespaces'],
              depth: 'way' as const,
            },
          ]
        : []),
    ]),
]

const ofMesh = (route: KubeObject): boolean =>
  mapsAt(route, 'spec', 'parentRefs').every((ref) => textAt(ref, 'kind') === 'Service')

const shownParent = (ref: Fields): string =>
  [textAt(ref, 'namespace'), textAt(ref, 'name')].filter((part) => part !== undefined).join('/')

/** `Conflicted` and the like are wrong when they are true; these are when they are false. */
const good = new Set(['Accepted', 'Programmed', 'ResolvedRefs'])

const refusals = (object: KubeObject, conditions: readonly Fields[], what: string): readonly Finding[] => {
  const bad = conditions.filter((one) => good.has(textAt(one, 'type') ?? '') && textAt(one, 'status') === 'False')
  const [first] = bad.toSorted((a, b) => (textAt(b, 'message') ?? '').length - (textAt(a, 'message') ?? '').length)
  if (!first) return []
  return [
    {
      ...aboutObject(object),
      cause: `${what}: ${(textAt(first, 'message') || textAt(first, 'reason') || '').replace(/\.$/, '')}`,
      evidence: bad.map((one) => `${textAt(one, 'type')}: ${textAt(one, 'reason') ?? ''}`),
      hints: [],
      depth: 'way',
    },
  ]
}
