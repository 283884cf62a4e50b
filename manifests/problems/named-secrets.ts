import type { Config } from '../../config/config.ts'
import { idOf } from '../../core/identity.ts'
import type { Problem } from '../../core/problem.ts'
import { nearest } from '../../core/suggest.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import type { PlanObject } from '../rules/plan-objects.ts'
import { unclearIn } from './missing-config.ts'
import type { KnownSecret } from './secret-uses.ts'

type Known = { readonly deployable: Deployable; readonly documents: readonly RenderedObject[] }

/** What Kubernetes itself has. */
const given = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

/**
 * Secrets that `credentials` and `secrets: { from: { secret } }` name and that nothing in the file makes, and `namespaces`
 * of secrets that nothing else is in. Says nothing where objects are not known yet, where a program could make the
 * Secret, of the namespaces of add-ons, and of a cluster that is there: what is in it is not in the file.
 */
export const namedSecrets = (
  deployables: readonly Deployable[],
  known: readonly Known[],
  secrets: readonly KnownSecret[],
  config: Config,
  more: readonly PlanObject[] = [],
): readonly Problem[] => {
  const unclear = unclearIn(known)
  if (config.cluster.context !== undefined) return []
  const isKnown = (namespace: string): boolean =>
    deployables.every((one) => known.some(({ deployable }) => deployable === one) || one.namespace !== namespace)
  const made = [
    ...known.flatMap(({ deployable, documents }) =>
      documents.flatMap(({ object: { kind, metadata } }) =>
        kind === 'Secret' ? [`${metadata.namespace ?? deployable.namespace}/${metadata.name}`] : [],
      ),
    ),
    ...more.flatMap(({ object, namespace }) =>
      object.kind === 'Secret' ? [`${namespace}/${object.metadata.name}`] : [],
    ),
    ...secrets.flatMap(({ key, namespaces }) => namespaces.map((namespace) => `${namespace}/${key}`)),
  ]
  const lacks = (secret: string): boolean => {
    const [namespace = ''] = secret.split('/')
    const isOfAddon =
      given.slice(1).includes(namespace) || config.addons.some((one) => (one.namespace ?? one.name) === namespace)
    return (
      unclear !== undefined && !unclear.has(namespace) && !isOfAddon && isKnown(namespace) && !made.includes(secret)
    )
  }
  const hintFor = (secret: string): { readonly hint?: string } => {
    const near = nearest(secret, made)
    return near === undefined ? {} : { hint: `Did you mean ${near}?` }
  }
  const logins = config.services.flatMap(({ name, credentials }) =>
    credentials.flatMap(({ secret }, index): readonly Problem[] => {
      if (secret === undefined) return []
      const own = deployables.filter(({ of }) => of.kind === 'service' && of.name === name)
      const meant = [...new Set(secret.includes('/') ? [secret] : own.map(({ namespace }) => `${namespace}/${secret}`))]
      const lacking = meant.find(lacks)
      if (lacking === undefined) return []
      const [first] = own
      return [
        {
          severity: 'warning',
          ...(first ? { step: first.id } : {}),
          message: `\`credentials\` of ${name} names the Secret ${lacking}, which nothing in this file makes: there is no login to show until something does.`,
          ...hintFor(lacking),
          at: config.at(['services', name, 'credentials', index, 'secret']),
        },
      ]
    }),
  )
  const copies = config.secrets.flatMap(({ key, from }): readonly Problem[] =>
    from.secret === undefined || !lacks(from.secret)
      ? []
      : [
          {
            severity: 'warning',
            step: idOf({ kind: 'secret', name: key }),
            message: `The secret ${key} is a copy of ${from.secret}, which nothing in this file makes: it waits until something does.`,
            ...hintFor(from.secret),
            at: config.at(['secrets', key, 'from', 'secret']),
          },
        ],
  )
  return [...logins, ...copies, ...lonely(deployables, known, config)]
}

/** A namespace is made for a Secret alone: an environment may have been meant. */
const lonely = (deployables: readonly Deployable[], known: readonly Known[], config: Config): readonly Problem[] => {
  if (
    deployables.some(
      ({ of, ...one }) => of.kind === 'service' && !known.some(({ deployable }) => deployable.id === one.id),
    )
  )
    return []
  const homes = new Set([
    ...given,
    ...config.environments.map(({ namespace }) => namespace),
    ...config.addons.map((one) => one.namespace ?? one.name),
    ...deployables.map(({ namespace }) => namespace),
    ...known.flatMap(({ documents }) =>
      documents.flatMap(({ object: { kind, metadata } }) =>
        kind === 'Namespace' ? metadata.name : (metadata.namespace ?? []),
      ),
    ),
  ])
  return config.secrets.flatMap(({ key, namespaces }) =>
    namespaces.flatMap((namespace): readonly Problem[] => {
      if (homes.has(namespace)) return []
      const near = nearest(namespace, [...config.environments.map(({ name }) => name), ...homes])
      return [
        {
          severity: 'warning',
          step: idOf({ kind: 'secret', name: key }),
          message: `The secret ${key} goes to ${namespace}, which is no environment and no namespace of anything else in the file: the namespace is made for it alone.`,
          ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }),
          at: config.at(['secrets', key, 'namespaces']),
        },
      ]
    }),
  )
}
