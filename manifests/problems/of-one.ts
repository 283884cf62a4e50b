import type { KubeObject } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import type { Problem } from '../../core/problem.ts'
import { nearest } from '../../core/suggest.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { groupKind, groupOf } from '../kinds/kind.ts'
import { servedBy } from '../kinds/served.ts'
import { isBuiltIn, isBuiltInGroup } from '../kinds/built-in.ts'
import { minorOf } from '../kinds/minor.ts'
import { ingressClassOf, isUnserved, type IngressClasses } from './ingress-classes.ts'
import { removedApi } from '../kinds/removed-apis.ts'

export type CheckDependencies = {
  /** `1.36.4`; undefined where it is not known. */
  readonly kubernetes: string | undefined
  /** `group/Kind`s that definitions and add-ons of the plan bring. */
  readonly provided: ReadonlySet<string>
  readonly classes: IngressClasses
  /** Whether something that is not rendered yet may bring kinds of this group: an add-on whose chart is not here. */
  mayBring(group: string): boolean
}

/** What is wrong with single objects of a deployable, before anything is applied. */
export const objectProblems = (
  deployable: Deployable,
  documents: readonly RenderedObject[],
  dependencies: CheckDependencies,
): readonly Problem[] => {
  const minor = minorOf(dependencies.kubernetes)
  return documents.flatMap(({ object, at }) => {
    const found: Found = (severity, message, hint, more) => ({
      severity,
      message,
      at,
      step: deployable.id,
      ...(hint === undefined ? {} : { hint }),
      ...more,
    })
    return [...served(object, minor, dependencies, found), ...foreignNamespace(deployable, object, found)]
  })
}

const ingress = 'networking.k8s.io/Ingress'

type Found = (
  severity: Problem['severity'],
  message: string,
  hint?: string,
  more?: Pick<Problem, 'root' | 'awaits'>,
) => Problem

const served = (
  object: KubeObject,
  minor: number | undefined,
  dependencies: CheckDependencies,
  found: Found,
): readonly Problem[] => {
  const { apiVersion, kind } = object
  const removed = minor === undefined ? undefined : removedApi(object, minor)
  if (removed)
    return [
      found(
        'error',
        `${kind} ${object.metadata.name} is written as ${apiVersion}, which Kubernetes ${removed.since} and later do not serve (this cluster is ${dependencies.kubernetes}).`,
        `Write \`apiVersion: ${removed.instead}\`.`,
      ),
    ]
  if (groupKind(object) === ingress && !dependencies.provided.has(ingress))
    return [
      found(
        'warning',
        `Nothing in the plan answers for Ingress ${object.metadata.name}: its hosts will lead nowhere.`,
        'Add `traefik: true` under `addons:`.',
        { root: 'no Ingress controller' },
      ),
    ]
  if (isUnserved(object, dependencies.classes)) {
    const has = [...(dependencies.classes ?? [])]
    return [
      found(
        'warning',
        `Ingress ${object.metadata.name} names the class ${ingressClassOf(object)}, which nothing in the plan serves${has.length > 0 ? ` (it has ${has.join(', ')})` : ''}: its hosts are left out unless the cluster has it.`,
        has.length > 0
          ? `Write \`ingressClassName: ${has[0]}\`, or add what serves ${ingressClassOf(object)} under \`addons:\`.`
          : `Add what serves ${ingressClassOf(object)} under \`addons:\`.`,
        { root: `Ingress class ${ingressClassOf(object)}` },
      ),
    ]
  }
  if (isBuiltIn(object) || dependencies.provided.has(groupKind(object))) return []
  if (isBuiltInGroup(apiVersion)) return [notThere(object, dependencies.kubernetes, found)]
  const where = `Nothing in the plan serves ${kind} of ${apiVersion}`
  return [
    found(
      dependencies.mayBring(groupOf(apiVersion)) ? 'warning' : 'error',
      `${where} (${object.metadata.name}).`,
      `${broughtBy[groupKind(object)] ?? 'Add what brings it (an add-on, or its definition under `crds:`)'}, or leave the kind out: \`skip: ["${kind}.${apiVersion.split('/')[0]}"]\`.`,
      {
        root: `unserved ${apiVersion} ${kind}`,
        ...(dependencies.mayBring(groupOf(apiVersion)) ? { awaits: { apiVersion, kind } } : {}),
      },
    ),
  ]
}

/** What add-ons bring only when they are asked for it. */
const broughtBy: Readonly<Record<string, string>> = {
  'source.extensions.fluxcd.io/ArtifactGenerator':
    'Add `set: { sourceWatcher.create: true }` to the add-on flux, whose source watcher brings it',
}

/** A kind that Kubernetes has in another group, or nearly by that name. */
const notThere = (
  { apiVersion, kind, metadata }: KubeObject,
  kubernetes: string | undefined,
  found: Found,
): Problem => {
  const kinds = servedBy(kubernetes ?? '').filter((one) => /\/[A-Z]/.test(one))
  const named = (name: string) =>
    kinds.filter((one) => one.endsWith(`/${name}`)).map((one) => one.slice(0, -name.length - 1))
  const meant = nearest(
    kind,
    kinds.map((one) => one.split('/').at(-1) ?? ''),
  )
  const [elsewhere] = named(kind)
  const hint =
    elsewhere !== undefined
      ? `Write \`apiVersion: ${elsewhere}\`.`
      : meant === undefined
        ? `Leave the kind out: \`skip: ["${kind}.${apiVersion.split('/')[0]}"]\`.`
        : `Did you mean \`kind: ${meant}\` of ${named(meant)[0]}?`
  return found('error', `Kubernetes has no ${kind} in ${apiVersion} (${metadata.name}).`, hint)
}

/**
 * Published charts of add-ons know why they put a RoleBinding into kube-system, and objects of Flux live where they read from;
 * a service's own chart mostly forgot.
 */
const foreignNamespace = (deployable: Deployable, object: KubeObject, found: Found): readonly Problem[] => {
  const { namespace } = object.metadata
  const { of, source } = deployable
  if (namespace === undefined || namespace === deployable.namespace || of.kind === 'addon' || source.kind === 'flux')
    return []
  const message = `${showRef(refOf(object))} says its namespace itself; ${deployable.id} is deployed to ${deployable.namespace}.`
  // Where there are no environments nothing is written twice: what brings objects of many namespaces is meant so.
  return of.environment === undefined
    ? [found('warning', message, undefined, { root: `namespaces of ${deployable.id}` })]
    : [found('warning', message, 'Leave `namespace:` out of it, or two environments will write the same object.')]
}
