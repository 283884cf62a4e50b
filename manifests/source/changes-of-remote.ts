import { readFileSync } from 'node:fs'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { textAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Problem } from '../../core/problem.ts'
import type { Changes, Remote } from '../../gitops/remote.ts'
import type { Deployable } from '../deployable.ts'
import { jsonDiff, type Operation } from '../flux/json-diff.ts'
import { deletion, imagesOf, targetOf } from '../flux/led-to-worktree.ts'
import { scopeOf } from '../kinds/built-in.ts'
import { matchesKind } from '../kinds/glob.ts'
import { kustomizationFile } from '../kustomize/files.ts'
import { asKustomizeReads } from '../kustomize/patch-text.ts'
import { podTemplateOf } from '../transform/pod-templates.ts'
import type { Rules } from '../transform/rules.ts'
import { transform } from '../transform/transform.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import type { RenderedDocument } from '../yaml/outlined.ts'

type Found = { readonly changes: Changes; readonly problems: readonly Problem[] }

/**
 * What a controller has to do to what the remote holds, so that it is what kindup would deploy: the difference between the files as
 * they are rendered and what the transform pipeline makes of them. What its way cannot carry is a problem.
 */
export const changesOfRemote = (
  deployable: Deployable,
  remote: Remote,
  documents: readonly RenderedDocument[],
  rules: Rules,
): Found => {
  const { id, at, gitopsAt = at, patches, namespace, delivery } = deployable
  const problems: Problem[] = []
  const refuse = (message: string, hint: string): void =>
    void problems.push({ severity: 'error', message: `${id}: ${message}`, at: gitopsAt, step: id, hint })
  const tool = delivery?.tool === 'flux' ? 'Flux' : 'Argo CD'
  const isPatched = delivery?.tool === 'flux' || remote.of.kind === 'kustomization'
  const what = remote.of.kind === 'chart' ? 'a chart' : 'plain manifests'
  if (patches.length > 0 && !isPatched)
    refuse(`${tool} deploys ${what} of the remote as they are, without \`patches\`.`, elsewhere)
  const affixes = affixesOf(deployable)
  if (patches.length > 0 && affixes.length > 0)
    refuse(`its patches are of names that its kustomization changes (${affixes.join(', ')}).`, elsewhere)
  const named = withNames(affixes)
  const carried = documents.flatMap(({ object }): readonly object[] => {
    const after = changed(object, rules)
    const target = { ...targetOf(object), ...named(object) }
    const operations = after && jsonDiff(object, after)
    if (isPatched) {
      if (!operations) return [deletion(target)]
      return operations.length > 0 ? [{ target, patch: JSON.stringify(operations) }] : []
    }
    const lost = operations?.filter((one) => !isMark(one))
    if (!lost)
      refuse(
        `${tool} deploys ${what} of the remote as they are, with ${object.kind} ${object.metadata.name}, which \`skip\` names.`,
        elsewhere,
      )
    else if (lost.length > 0)
      refuse(
        `${tool} deploys ${what} of the remote as they are, and here ${object.kind} ${object.metadata.name} gets another ${lost.slice(0, 3).map(shown).join(', ')}.`,
        remote.of.kind === 'chart'
          ? `deploy.helm.set: { image.tag: "{image.tag}" } says an image by the values of the chart; \`gitops: flux\`, or \`source: worktree\`, carries anything.`
          : elsewhere,
      )
    return []
  })
  const images = isPatched
    ? imagesOf(
        documents.map(({ object }) => object),
        rules.images,
      )
    : []
  const home =
    delivery?.tool === 'flux' && remote.of.kind !== 'chart' ? homeOf(documents, namespace, refuse) : undefined
  return {
    changes: {
      patches: [
        ...(isPatched ? patches.map((one) => ({ ...one, patch: asKustomizeReads(one) })) : []),
        ...carried.map((one) => ({ ...one })),
      ],
      images,
      ...(home === undefined ? {} : { namespace: home }),
    },
    problems,
  }
}

const elsewhere = 'A kustomization, or `tool: flux`, carries it; `source: worktree` deploys the files as they are here.'

/** As kindup would deploy it; undefined where it is left out. What it has no part in gets its labels alone: it may be encrypted. */
const changed = (object: KubeObject, { namespace: _namespace, ...rules }: Rules): KubeObject | undefined => {
  const [after] = transform([object], rules)
  if (!after) return undefined
  const isOurs =
    podTemplateOf(object) !== undefined ||
    object.kind === 'Service' ||
    (rules.imagePaths ?? []).some(({ kind }) => matchesKind(kind, object))
  if (isOurs) return after
  const { labels } = after.metadata
  return { ...object, metadata: { ...object.metadata, ...(labels ? { labels } : {}) } }
}

/** It says whose the object is, and changes nothing that runs. */
const isMark = ({ path, value }: Operation): boolean =>
  leavesOf(path, value).every((leaf) => /\/(?:labels|annotations)\/kindup\.dev~1[^/]+$/.test(leaf))

const leavesOf = (path: string, value: unknown): readonly string[] =>
  isRecord(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, inner]) =>
        leavesOf(`${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, inner),
      )
    : [path]

const shown = ({ path }: Operation): string => path.slice(1).replaceAll('/', '.').replaceAll('~1', '/')

/** What the kustomization itself puts before and after names: patches beside it are of the names without. */
const affixesOf = ({ source }: Deployable): readonly string[] => {
  const file = source.kind === 'kustomize' ? kustomizationFile(source.folder) : undefined
  if (file === undefined) return []
  const content = readValue(readFileSync(file, 'utf8'), 'go3')
  return ['namePrefix', 'nameSuffix'].flatMap((key) => textAt(content, key) ?? [])
}

const withNames =
  (affixes: readonly string[]) =>
  ({ metadata: { name } }: KubeObject): object => {
    if (affixes.length === 0) return {}
    const plain = affixes.reduce(
      (text, affix) =>
        text.startsWith(affix) ? text.slice(affix.length) : text.endsWith(affix) ? text.slice(0, -affix.length) : text,
      name,
    )
    return { name: plain.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&') }
  }

/** The namespace that Flux is to put all of it into; it would put it over those that objects name. */
const homeOf = (
  documents: readonly RenderedDocument[],
  home: string,
  refuse: (message: string, hint: string) => void,
): string | undefined => {
  const own = documents.map(({ object }) => object).filter((object) => scopeOf(object) !== 'cluster')
  const other = own.find(({ metadata }) => metadata.namespace !== undefined && metadata.namespace !== home)
  if (!other) return home
  const bare = own.find(({ metadata }) => metadata.namespace === undefined)
  if (bare)
    refuse(
      `Flux puts all of it into one namespace, and ${other.kind} ${other.metadata.name} names ${other.metadata.namespace}, ${bare.kind} ${bare.metadata.name} none.`,
      `Write namespace: ${home} where none is; or \`source: worktree\`.`,
    )
  return undefined
}
