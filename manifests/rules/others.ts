import { quantity } from '../../cluster/ready/quantity.ts'
import { isIP } from 'node:net'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, listAt, mapsAt, textAt, valueAt, indexedTexts } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { groupKind } from '../kinds/kind.ts'
import type { Finding } from '../schema/check.ts'
import { whatItIs, type Path } from '../schema/words.ts'
import { refused } from './finding.ts'
import { indexed } from './pod-at.ts'

/** What the API refuses in claims, network policies, roles and bindings. */
export const otherFindings = (object: KubeObject): readonly Finding[] => {
  switch (groupKind(object)) {
    case 'PersistentVolumeClaim':
      return claimFindings(fieldsAt(object, 'spec'), ['spec'])
    case 'apps/StatefulSet':
      return indexed(valueAt(object, 'spec', 'volumeClaimTemplates')).flatMap(([index, claim]) =>
        claimFindings(fieldsAt(claim, 'spec'), ['spec', 'volumeClaimTemplates', index, 'spec']),
      )
    case 'networking.k8s.io/NetworkPolicy':
      return ['ingress', 'egress'].flatMap((way) =>
        indexed(valueAt(object, 'spec', way)).flatMap(([index, rule]) =>
          ['from', 'to'].flatMap((side) => peers(rule[side], ['spec', way, index, side])),
        ),
      )
    case 'rbac.authorization.k8s.io/Role':
    case 'rbac.authorization.k8s.io/ClusterRole':
      return ruleFindings(object)
    case 'rbac.authorization.k8s.io/RoleBinding':
    case 'rbac.authorization.k8s.io/ClusterRoleBinding':
      return subjectFindings(object)
    default:
      return []
  }
}

const claimFindings = (spec: Readonly<Record<string, unknown>>, path: Path): readonly Finding[] => {
  const storage = valueAt(spec, 'resources', 'requests', 'storage')
  const amount = quantity(storage)
  return [
    ...(listAt(spec, 'accessModes').length === 0
      ? [refused([...path, 'accessModes'], 'is missing', 'Write `accessModes: [ReadWriteOnce]`.')]
      : []),
    ...(storage === undefined || storage === null
      ? [refused([...path, 'resources', 'requests', 'storage'], 'is missing: how much it asks for')]
      : amount !== undefined && amount <= 0
        ? [refused([...path, 'resources', 'requests', 'storage'], `is ${whatItIs(storage)}: it asks for nothing`)]
        : []),
  ]
}

const peers = (value: unknown, path: Path): readonly Finding[] =>
  indexed(value).flatMap(([index, peer]): readonly Finding[] => {
    const at = [...path, index]
    const block = peer['ipBlock']
    if (!isRecord(block))
      return isRecord(peer['podSelector']) || isRecord(peer['namespaceSelector'])
        ? []
        : [refused(at, 'names nobody: podSelector, namespaceSelector or ipBlock')]
    const except = indexedTexts(block['except'])
    return [
      ...(isRecord(peer['podSelector']) || isRecord(peer['namespaceSelector'])
        ? [refused([...at, 'ipBlock'], 'stands beside a selector: a peer has one of the two')]
        : []),
      ...[
        ['cidr', textAt(block, 'cidr') ?? ''] as const,
        ...except.map(([one, text]) => [`except[${one}]`, text] as const),
      ].flatMap(([field, cidr]) =>
        cidr === '' || isCidr(cidr)
          ? []
          : [
              refused(
                [...at, 'ipBlock', field],
                `is ${whatItIs(cidr)} where a block of addresses belongs`,
                'They are written as 10.0.0.0/8.',
              ),
            ],
      ),
    ]
  })

const isCidr = (text: string): boolean => {
  const [address = '', bits = '', ...more] = text.split('/')
  const version = isIP(address)
  return more.length === 0 && version !== 0 && /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)
}

const ruleFindings = (object: KubeObject): readonly Finding[] =>
  indexed(object['rules']).flatMap(([index, rule]): readonly Finding[] => {
    const at = ['rules', index]
    const urls = listAt(rule, 'nonResourceURLs').length > 0
    const resources = listAt(rule, 'resources').length > 0
    if (urls && object.kind === 'Role')
      return [refused([...at, 'nonResourceURLs'], 'is for a ClusterRole: a Role has a namespace, and these have none')]
    if (urls) return resources ? [refused(at, 'names resources and nonResourceURLs: a rule has one of the two')] : []
    return [
      ...(listAt(rule, 'apiGroups').length === 0
        ? [refused([...at, 'apiGroups'], 'is missing', 'The core group is written as `apiGroups: [""]`.')]
        : []),
      ...(resources ? [] : [refused([...at, 'resources'], 'is missing')]),
    ]
  })

const subjectFindings = (object: KubeObject): readonly Finding[] => [
  ...(textAt(object, 'roleRef', 'kind') === 'Role' && object.kind === 'ClusterRoleBinding'
    ? [refused(['roleRef', 'kind'], 'is Role, and a ClusterRoleBinding takes a ClusterRole')]
    : []),
  ...mapsAt(object, 'subjects').flatMap((subject, index) =>
    object.kind === 'ClusterRoleBinding' && subject['kind'] === 'ServiceAccount' && !textAt(subject, 'namespace')
      ? [refused(['subjects', index, 'namespace'], 'is missing: a ServiceAccount has one')]
      : [],
  ),
]
