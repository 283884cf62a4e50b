import { existsSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import { isPath } from '../parse/chart-path.ts'
import { isHolder } from '../value-at.ts'

const partsOf = (pattern: string): readonly string[] => pattern.replaceAll('[]', '.[]').split('.')

/** Where the file names other files and folders: `*` is any key, `[]` any item of a list. */
const image = (at: string): readonly string[] => [`${at}.build`, `${at}.build.context`, `${at}.build.secrets.*`]
const deploy = 'services.*.deploy'
const written = [
  'crds[]',
  ...image('images.*'),
  ...image('services.*.image'),
  'secrets.*.from.envFile',
  'secrets.*.from.template',
  'secrets.*.from.sops',
  'secrets.*.from.sops[]',
  'secrets.*.from.files[]',
  'secrets.*.from.files.*',
  'addons.*.chart',
  'addons.*.values[]',
  `${deploy}.helm.chart`,
  `${deploy}.helm.values[]`,
  `${deploy}.kustomize`,
  `${deploy}.kustomize.path`,
  `${deploy}.manifests[]`,
  `${deploy}.applications[]`,
  `${deploy}.flux`,
  `${deploy}.patches[].path`,
  'services.*.sync[].from',
  'services.*.hooks.before[].in',
  'services.*.hooks.after[].in',
  'services.*.gitops.root',
  'cluster.nodes[].mounts[]',
  'cluster.kind.nodes[].extraMounts[].hostPath',
  'hosts.file',
]
const patterns = written.map(partsOf)

/** Dockerfiles: beside the file, or in the context. */
const writtenDockerfiles = ['images.*.build.file', 'services.*.image.build.file']
const dockerfiles = writtenDockerfiles.map(partsOf)
/** Every key that names a file or folder, as it is written above. */
export const pathPatterns: readonly string[] = [...written, ...writtenDockerfiles]
const hooks = ['services.*.hooks.before.[]', 'services.*.hooks.after.[]'].map((pattern) => pattern.split('.'))

/**
 * What a file of another folder says, with its relative paths as they are seen from `folder`: they start where it stands.
 * Names in chart repositories, addresses and `~` stay. Changes `root`.
 */
export const rebase = (root: Record<string, unknown>, from: string, folder: string): void => {
  if (from === folder) return
  const moved = (text: string): string => {
    if (text === '' || isAbsolute(text) || /^(?:[a-z][\w+.-]*:\/\/|~)/i.test(text)) return text
    const near = relative(folder, resolve(from, text))
    return near.startsWith('..') ? near : `./${near}`
  }
  for (const pattern of patterns)
    visit(root, pattern, (text) => {
      if (typeof text !== 'string') return text
      const isChart = pattern.at(-1) === 'chart'
      if (isChart && !isPath(text)) return text
      if (pattern.at(-2) !== 'mounts') return moved(text)
      const [, host = '', rest = ''] = /^(.+?)(:\/.*)?$/s.exec(text) ?? []
      return `${moved(host)}${rest}`
    })
  for (const pattern of dockerfiles)
    visit(root, pattern, (text) => (typeof text === 'string' && existsSync(resolve(from, text)) ? moved(text) : text))
  // The folder of the file, where a hook names none.
  for (const pattern of hooks)
    visit(root, pattern, (hook) =>
      typeof hook === 'object' && hook !== null && !('in' in hook) ? { ...hook, in: moved('.') } : hook,
    )
}

/** Every text of a file that names another file or folder, with where it stands. */
export const pathsIn = (
  root: Readonly<Record<string, unknown>>,
): readonly { readonly path: readonly (string | number)[]; readonly text: string }[] =>
  [...patterns, ...dockerfiles].flatMap((pattern) => found(root, pattern, []))

const found = (
  value: unknown,
  [part, ...rest]: readonly string[],
  path: readonly (string | number)[],
): readonly { readonly path: readonly (string | number)[]; readonly text: string }[] => {
  if (part === undefined) return typeof value === 'string' && value !== '' ? [{ path, text: value }] : []
  if (Array.isArray(value))
    return part === '[]' ? value.flatMap((item: unknown, index) => found(item, rest, [...path, index])) : []
  if (!isHolder(value) || part === '[]') return []
  return (part === '*' ? Object.keys(value) : [part]).flatMap((key) =>
    Object.hasOwn(value, key) ? found(value[key], rest, [...path, key]) : [],
  )
}

const visit = (value: unknown, [part, ...rest]: readonly string[], change: (value: unknown) => unknown): void => {
  if (!isHolder(value) || part === undefined || (part === '[]') !== Array.isArray(value)) return
  for (const key of part === '*' || part === '[]' ? Object.keys(value) : [part]) {
    if (!Object.hasOwn(value, key)) continue
    if (rest.length > 0) visit(value[key], rest, change)
    else value[key] = change(value[key])
  }
}
