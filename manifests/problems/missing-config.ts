import { builtinAddons } from '../../config/builtin-addons.ts'
import { type Identity } from '../../core/identity.ts'
import { listAt, mapsAt } from '../../core/fields.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Problem } from '../../core/problem.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { isBuiltIn } from '../kinds/built-in.ts'
import type { PlanObject } from '../rules/plan-objects.ts'
import type { KnownSecret } from './secret-uses.ts'
import { configReferences } from '../transform/config-references.ts'
import { podTemplateOf } from '../transform/pod-templates.ts'

type Rendered = readonly { readonly deployable: Deployable; readonly documents: readonly RenderedObject[] }[]

/** The one that Kubernetes puts into every namespace. */
const given = 'ConfigMap kube-root-ca.crt'

/**
 * ConfigMaps and Secrets that pods of services cannot start without and that nothing in the file makes. A warning, since
 * people make some by hand. Nothing is said where a program could make them: a custom resource in that namespace, or a
 * role anywhere that may create such objects (built-in add-ons make none for others). `more` is made by kindup itself.
 */
export const missingConfig = (
  rendered: Rendered,
  secrets: readonly KnownSecret[],
  more: readonly PlanObject[] = [],
): readonly Problem[] => {
  const all = rendered.flatMap(({ deployable, documents }) =>
    documents.map((document) => ({
      deployable,
      document,
      namespace: document.object.metadata.namespace ?? deployable.namespace,
    })),
  )
  const unclear = unclearIn(rendered)
  if (!unclear) return []
  const made = new Set([
    ...[...all.map(({ document: { object }, namespace }) => ({ object, namespace })), ...more].map(
      ({ object, namespace }) => `${namespace} ${object.kind} ${object.metadata.name}`,
    ),
    ...secrets.flatMap(({ key, namespaces }) => namespaces.map((namespace) => `${namespace} Secret ${key}`)),
  ])
  const lacking = all.flatMap(({ deployable, document, namespace }) => {
    if (deployable.of.kind !== 'service' || unclear.has(namespace)) return []
    return configReferences(podTemplateOf(document.object)).flatMap(({ kind, name, optional }) => {
      const what = `${kind} ${name}`
      return optional === true || what === given || made.has(`${namespace} ${what}`)
        ? []
        : [{ kind, name, namespace, deployable, document }]
    })
  })
  return [
    ...Map.groupBy(lacking, (one) => `${one.deployable.id} ${one.namespace} ${one.kind} ${one.name}`).values(),
  ].flatMap((group): readonly Problem[] => {
    const [first] = group
    if (!first) return []
    const { kind, name, namespace, deployable, document } = first
    const readers = [...new Set(group.map((one) => `${one.document.object.kind} ${one.document.object.metadata.name}`))]
    return [
      {
        severity: 'warning',
        message: `${list.format(readers)} ${readers.length === 1 ? 'reads' : 'read'} ${kind} ${namespace}/${name}, which nothing in this file makes: without it no pod of ${readers.length === 1 ? 'it' : 'them'} starts.`,
        at: document.at,
        step: deployable.id,
        root: `missing ${kind} ${name}`,
        hint:
          kind === 'Secret'
            ? `secrets: { ${name}: { from: { literals: { KEY: VALUE } }, namespaces: [${namespace}] } }; or optional: true where it is read.`
            : 'Add it to the manifests, or write optional: true where it is read.',
      },
    ]
  })
}

/** Namespaces in which custom resources may have Secrets made; undefined where a program may make them anywhere. */
export const unclearIn = (rendered: Rendered): ReadonlySet<string> | undefined => {
  const others = rendered
    .filter(({ deployable: { of } }) => !isOurs(of))
    .flatMap(({ deployable, documents }) => documents.map(({ object }) => ({ object, home: deployable.namespace })))
  if (others.some(({ object }) => mayMakeSome(object))) return undefined
  return new Set(
    others.filter(({ object }) => !isBuiltIn(object)).map(({ object, home }) => object.metadata.namespace ?? home),
  )
}

/** Without those that are said at their line already. */
export const unsaid = (lacking: readonly Problem[], said: readonly Problem[]): readonly Problem[] =>
  lacking.filter(({ step, message }) => !said.some((other) => other.step === step && isSame(other.message, message)))

const isSame = (said: string, lacking: string): boolean => {
  const [, name, kind, namespace] =
    / is (\S+), and nothing in the plan makes a (ConfigMap|Secret) of that name in (\S+)\.$/.exec(said) ?? []
  return name !== undefined && lacking.includes(` ${kind} ${namespace}/${name}, `)
}

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** Add-ons whose roles are known to us: what they make, they make for themselves. */
const isOurs = ({ kind, name = '' }: Identity): boolean => kind === 'addon' && Object.hasOwn(builtinAddons, name)

const mayMakeSome = (object: KubeObject): boolean =>
  (object.kind === 'Role' || object.kind === 'ClusterRole') &&
  mapsAt(object, 'rules').some(
    (rule) =>
      listAt(rule, 'verbs').some((verb) => verb === 'create' || verb === '*') &&
      listAt(rule, 'resources').some((one) => one === 'secrets' || one === 'configmaps' || one === '*'),
  )
