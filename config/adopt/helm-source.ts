import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fieldsAt, listAt, mapsAt, textAt, textListAt, type Fields } from '../../core/fields.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import { isInside } from '../../core/paths.ts'
import type { AdoptedSource } from '../adopted.ts'
import type { ValuesLayer } from '../chart-config.ts'
import type { SetValue } from '../chart-config.ts'
import type { Around, Key } from './application-source.ts'

/** What a source with a chart deploys; `folder` is that of a chart of this repository. */
export const helmOf = (dependencies: Around, folder: string | undefined): AdoptedSource => {
  const { fields, key, name, namespace, at, refuse } = dependencies
  const helm = fieldsAt(fields, 'helm')
  const own: Key = [...key, 'helm']
  const notBuilt = ['fileParameters', 'kubeVersion', 'apiVersions'].find(
    (one) => listAt(helm, one).length > 0 || typeof helm[one] === 'string',
  )
  if (notBuilt !== undefined) refuse([...own, notBuilt], `helm.${notBuilt} is not built yet.`)
  const other = textAt(helm, 'namespace')
  if (other !== undefined && other !== namespace)
    refuse([...own, 'namespace'], `helm.namespace ${other} beside the destination ${namespace} is not built yet.`)
  const substituted = (text: string): string =>
    text
      .replaceAll(/\$(\{ARGOCD_APP_NAME\}|ARGOCD_APP_NAME\b)/g, name)
      .replaceAll(/\$(\{ARGOCD_APP_NAMESPACE\}|ARGOCD_APP_NAMESPACE\b)/g, namespace)
  const files = textListAt(helm, 'valueFiles').flatMap((text, index): readonly ValuesLayer[] => {
    const where: Key = [...own, 'valueFiles', index]
    const file = valuesFile(substituted(text), where, folder, dependencies)
    if (file !== undefined && existsSync(file)) return [{ file, at: at(where) }]
    if (file === undefined || helm['ignoreMissingValueFiles'] === true) return []
    return refuse(
      where,
      `there is no values file ${text} in this repository.`,
      'helm.ignoreMissingValueFiles: true passes over it.',
    )
  })
  const inline = inlineValues(helm, own, refuse)
  const set = Object.fromEntries(
    mapsAt(helm, 'parameters').map((one): [string, SetValue] => {
      const { value } = one
      const text = substituted(
        typeof value === 'number' || typeof value === 'boolean' ? String(value) : (textAt(one, 'value') ?? ''),
      )
      return [textAt(one, 'name') ?? '', one['forceString'] === true ? text : typed(text)]
    }),
  )
  const version = textAt(fields, 'targetRevision')
  return {
    kind: 'helm',
    chart: folder === undefined ? published(fields, version) : { chart: folder },
    release: textAt(helm, 'releaseName') ?? name,
    values: [
      ...files,
      ...(inline === undefined ? [] : [{ values: inline }]),
      ...(Object.keys(set).length > 0 ? [{ set }] : []),
    ],
  }
}

/** Where a values file lies: from the root, from the root of a source with `ref`, or from the chart. Undefined: it is in the chart anyway. */
const valuesFile = (
  text: string,
  key: Key,
  folder: string | undefined,
  { all, repository: { root }, refuse }: Around,
): string | undefined => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return refuse(key, `a values file by address (${text.split('?')[0]}) is not built yet.`)
  const [, ref, below = ''] = /^\$([^/]+)\/(.*)$/.exec(text) ?? []
  if (ref !== undefined) {
    const source = all.find(({ fields }) => textAt(fields, 'ref') === ref)
    if (!source) return refuse(key, `no source has the ref ${ref}.`)
    if (!source.isOwn) return refuse(key, `${text} lies in another repository: only the controller could read it.`)
    return inside(join(root, below), text, key, root, refuse)
  }
  if (text.startsWith('/')) {
    // Of a published chart the root is the chart's own.
    if (folder !== undefined) return inside(join(root, text), text, key, root, refuse)
  } else if (folder !== undefined) return inside(resolve(folder, text), text, key, root, refuse)
  if (text.replace(/^\.?\//, '') === 'values.yaml') return undefined
  return refuse(
    key,
    `${text} lies in a published chart: that is not built yet.`,
    'Values of this repository: a source with `ref`, and $REF/path.',
  )
}

const inside = (file: string, text: string, key: Key, root: string, refuse: Around['refuse']): string =>
  isInside(file, root) ? file : refuse(key, `${text} leads out of the repository.`)

/** `valuesObject` wins over `values`, as for Argo CD. */
const inlineValues = (helm: Fields, key: Key, refuse: Around['refuse']): Fields | undefined => {
  const object = fieldsAt(helm, 'valuesObject')
  if (Object.keys(object).length > 0) return object
  const text = textAt(helm, 'values')
  if (text === undefined || text.trim() === '') return undefined
  try {
    return fieldsAt(readValue(text, 'go2'))
  } catch (error) {
    return refuse(
      [...key, 'values'],
      `helm.values is no YAML (${error instanceof Error ? error.message.split('\n')[0] : ''}).`,
    )
  }
}

/** As `helm --set` reads it. */
const typed = (text: string): SetValue => {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  return /^(0|-?[1-9]\d{0,15})$/.test(text) ? Number(text) : text
}

const published = (fields: Fields, version: string | undefined) => {
  const repo = textAt(fields, 'repoURL') ?? ''
  const chart = textAt(fields, 'chart') ?? ''
  const pinned = version === undefined ? {} : { version }
  if (/^https?:\/\//.test(repo)) return { chart, repo, ...pinned }
  return { chart: `oci://${repo.replace(/^oci:\/\//, '').replace(/\/$/, '')}/${chart}`, ...pinned }
}
