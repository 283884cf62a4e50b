import { basename, resolve } from 'node:path'
import type { SecretConfig } from '../config.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { FileConfig } from '../schema/file.ts'
import type { Scope } from './scope.ts'

type FileSecret = NonNullable<FileConfig['secrets']>[string]

/** The section `secrets`: paths absolute, the names of environments turned into those of their namespaces. */
export const normaliseSecrets = (file: FileConfig, scope: Scope): readonly SecretConfig[] =>
  Object.entries(file.secrets ?? {}).map(([key, secret]) => {
    const { from, type, mount } = secret
    const path = (text: string): string => resolve(scope.folder, text)
    const names = Array.isArray(from.files)
      ? Object.fromEntries(from.files.map((one) => [basename(one), one]))
      : (from.files ?? {})
    checkFrom(secret, ['secrets', key], scope)
    return {
      key,
      from: {
        ...(from.secret === undefined ? {} : { secret: from.secret }),
        random: from.random ?? {},
        ...(from.envFile === undefined ? {} : { envFile: path(from.envFile) }),
        ...(from.template === undefined ? {} : { template: path(from.template) }),
        sops: (typeof from.sops === 'string' ? [from.sops] : (from.sops ?? [])).map(path),
        files: Object.fromEntries(Object.entries(names).map(([name, one]) => [name, path(one)])),
        literals: from.literals ?? {},
      },
      namespaces: namespacesOf(secret, file),
      ...(type === undefined ? {} : { type }),
      ...(mount === undefined ? {} : { mount }),
    }
  })

const namespacesOf = ({ namespaces }: FileSecret, file: FileConfig): readonly string[] => {
  const environments = Object.entries(file.environments ?? {})
  const named = new Map(environments.map(([name, { namespace }]) => [name, namespace ?? name]))
  if (namespaces !== undefined) return [...new Set(namespaces.map((one) => named.get(one) ?? one))]
  if (named.size > 0) return [...new Set(named.values())]
  const ofServices = Object.values(file.services ?? {}).map(({ namespace }) => namespace ?? 'default')
  return [...new Set(ofServices.length > 0 ? ofServices : ['default'])]
}

const checkFrom = ({ from }: FileSecret, path: Path, { findings }: Scope): void => {
  if (Object.keys(from).length === 0 && findings.intact([...path, 'from']))
    findings.error({
      path: [...path, 'from'],
      message: `${showPath([...path, 'from'])} names nothing that the data comes from.`,
      hint: 'For example: from: { envFile: ./creds.env }',
    })
  const names = Array.isArray(from.files) ? from.files.map((one) => basename(one)) : []
  for (const [index, name] of names.entries())
    if (names.indexOf(name) < index)
      findings.error({
        path: [...path, 'from', 'files', index],
        message: `${showPath([...path, 'from', 'files', index])}: a file before it would be the key ${JSON.stringify(name)} too.`,
        hint: 'Give each a key: files: { KEY: ./path }',
      })
  if (from.template !== undefined && from.envFile === undefined)
    findings.error({
      path: [...path, 'from', 'template'],
      key: true,
      message: `${showPath([...path, 'from', 'template'])} names the keys of an envFile, and there is none.`,
      hint: 'Add it: envFile: ./creds.env',
    })
  if (from.secret !== undefined && !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(from.secret))
    findings.error({
      path: [...path, 'from', 'secret'],
      message: `${showPath([...path, 'from', 'secret'])} is ${JSON.stringify(from.secret)}: write namespace/name.`,
    })
}
