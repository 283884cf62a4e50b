import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { SecretConfig } from '../../config/config.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { didYouMean } from '../../core/suggest.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { containersOf, podTemplateOf } from '../transform/pod-templates.ts'
import type { SecretRule } from '../transform/rules.ts'
import { secretReferences, type SecretReference } from '../transform/secret-references.ts'
import { readFileSync } from 'node:fs'

/** A secret as the rest of the plan sees it. */
export type KnownSecret = Pick<SecretConfig, 'key' | 'namespaces' | 'mount'> & {
  readonly at: Place
  /** The keys it will have; undefined where what it copies is not of the file. */
  readonly keys: ReadonlySet<string> | undefined
}

export type KnownSecrets = { readonly known: readonly KnownSecret[] }

/** A Secret of the file that a deployable reads, and where. */
export type SecretUse = { readonly key: string; readonly namespace: string }

/** The secrets of the file as the transform pipeline needs them for a deployable. */
export const secretRules = (deployable: Deployable, known: readonly KnownSecret[]): readonly SecretRule[] =>
  known.map(({ key, namespaces, mount }) => ({
    name: key,
    namespaces,
    ...(mount?.services.includes(serviceOf(deployable)) ? { path: mount.path } : {}),
  }))

/** `web` of `service/web@dev`; empty for an add-on, which nothing is mounted into. */
const serviceOf = ({ of: { kind, name = '' } }: Deployable): string => (kind === 'service' ? name : '')

/** The secrets of the file that a deployable's objects read. Without documents: those it is known to mount, and all it could read. */
export const secretUses = (
  deployable: Deployable,
  documents: readonly RenderedObject[] | undefined,
  known: readonly KnownSecret[],
): readonly SecretUse[] => {
  const { namespace } = deployable
  const found = documents
    ? documents.flatMap(({ object }) =>
        referencesOf(object, deployable).map(({ at, secret }) => ({ key: secret, namespace: at })),
      )
    : known.map(({ key }) => ({ key, namespace }))
  const ours = found.filter((use) => known.some((one) => one.key === use.key && one.namespaces.includes(use.namespace)))
  return [...new Map(ours.map((use) => [`${use.namespace}/${use.key}`, use])).values()]
}

type Reference = SecretReference & { /** The namespace. */ readonly at: string }

const referencesOf = (object: KubeObject, { namespace }: Deployable): readonly Reference[] =>
  secretReferences(podTemplateOf(object)).map((reference) => ({
    ...reference,
    at: object.metadata.namespace ?? namespace,
  }))

/** Keys and Secrets that workloads name and that will not be there, and paths that are mounted twice. `documents` are as they were rendered. */
export const useProblems = (
  deployable: Deployable,
  documents: readonly RenderedObject[],
  known: readonly KnownSecret[],
): readonly Problem[] =>
  documents.flatMap((document) => [
    ...referencesOf(document.object, deployable).flatMap((reference) =>
      problemOf(reference, document, deployable, known),
    ),
    ...takenPaths(document, deployable, known),
  ])

const problemOf = (
  { secret, key, optional, by, at: namespace }: Reference,
  { object, at }: RenderedObject,
  { id }: Deployable,
  known: readonly KnownSecret[],
): readonly Problem[] => {
  const one = known.find((other) => other.key === secret)
  if (!one || optional) return []
  const who = `${by.charAt(0).toUpperCase()}${by.slice(1)} of ${object.kind} ${object.metadata.name}`
  if (!one.namespaces.includes(namespace))
    // It may be there all the same, made by somebody's hand.
    return [
      {
        severity: 'warning',
        step: id,
        at,
        message: `${who} reads the Secret ${secret} in ${namespace}, and the file makes it in ${one.namespaces.join(', ')} only.`,
        hint: `Add it: secrets: { ${secret}: { namespaces: [${[...one.namespaces, namespace].join(', ')}] } }`,
      },
    ]
  if (key === undefined || one.keys === undefined || one.keys.has(key)) return []
  return [
    {
      severity: 'error',
      step: id,
      at: lineOfKey(at, key),
      message: `${who} reads the key ${key} of the Secret ${secret}, which does not have it.`,
      hint: didYouMean(key, [...one.keys], `It has ${[...one.keys].toSorted().join(', ')}.`),
    },
  ]
}

const takenPaths = (
  { object, at }: RenderedObject,
  deployable: Deployable,
  known: readonly KnownSecret[],
): readonly Problem[] => {
  const namespace = object.metadata.namespace ?? deployable.namespace
  const containers = containersOf(podTemplateOf(object), ['initContainers', 'containers'])
  return secretRules(deployable, known)
    .filter(({ path, namespaces }) => path !== undefined && namespaces.includes(namespace))
    .flatMap(({ name, path = '' }) =>
      containers
        .filter(({ written }) =>
          mapsAt(written, 'volumeMounts').some(
            (mount) => textAt(mount, 'mountPath')?.replace(/\/+$/, '') === path.replace(/\/+$/, ''),
          ),
        )
        .map((container): Problem => ({
          severity: 'error',
          step: deployable.id,
          at,
          message: `Container ${container.name} of ${object.kind} ${object.metadata.name} mounts something at ${path} already, where the secret ${name} is to be.`,
          hint: `Choose another path: secrets: { ${name}: { mount: { path: … } } }`,
        })),
    )
}

/** The line that names a key of a Secret, from the first line of its object on; the object's own where it is written otherwise. */
const lineOfKey = (at: Place, key: string): Place => {
  const { file, line } = at
  if (line === undefined) return at
  try {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .slice(line - 1)
    const end = lines.findIndex((text, index) => index > 0 && text.startsWith('---'))
    const escaped = key.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    const found = lines
      .slice(0, end === -1 ? undefined : end)
      .findIndex((text) => new RegExp(String.raw`\bkey["']?:\s*["']?${escaped}["']?\s*(?:[,}#]|$)`).test(text))
    return found === -1 ? at : { file, line: line + found }
  } catch {
    return at
  }
}
