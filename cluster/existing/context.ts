import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'
import { parse } from 'yaml'
import { EnvironmentError, messageOf, systemCode } from '../../core/errors.ts'
import { fieldsAt, mapsAt, textAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { nearest } from '../../core/suggest.ts'
import { kubeconfigFiles } from '../kubeconfig/default-file.ts'

type Env = Readonly<Record<string, string | undefined>>

/** One context of the user's kubeconfig, with the cluster and user that it names: relative paths in them are absolute here. */
export type FoundContext = {
  readonly name: string
  /** Where it stands. */
  readonly file: string
  readonly cluster: Fields
  /** What the kubeconfig calls that cluster. */
  readonly clusterName: string
  readonly user: Fields
}

/** Finds a context as kubectl does: the first of the files that has an entry counts for it. Throws `kubeconfig`, `context-missing`. */
export const findContext = async (name: string, env: Env): Promise<FoundContext> => {
  const files = await Promise.all(kubeconfigFiles(env).map(readConfig))
  const find = (list: string, key: string, called: string | undefined) =>
    files
      .flatMap(({ file, config }) =>
        mapsAt(config, list)
          .filter((one) => one['name'] === called && isRecord(one[key]))
          .map((one) => ({ file, entry: fieldsAt(one, key) })),
      )
      .at(0)
  const context = find('contexts', 'context', name)
  if (!context) {
    const all = [
      ...new Set(files.flatMap(({ config }) => mapsAt(config, 'contexts').flatMap((one) => textAt(one, 'name') ?? []))),
    ]
    throw missing(
      name,
      all,
      files.map(({ file }) => file),
    )
  }
  const clusterName = textAt(context.entry, 'cluster') ?? ''
  const cluster = find('clusters', 'cluster', clusterName)
  if (!cluster || textAt(cluster.entry, 'server') === undefined)
    throw new EnvironmentError(
      'kubeconfig',
      `Context ${name} of ${context.file} names the cluster ${JSON.stringify(clusterName)}, and no kubeconfig has a server for that.`,
      {
        hints: ['kubectl config get-clusters'],
      },
    )
  const user = find('users', 'user', textAt(context.entry, 'user'))
  return {
    name,
    file: context.file,
    clusterName,
    cluster: absolute(cluster.entry, ['certificate-authority'], cluster.file),
    user: user
      ? withLogin(absolute(user.entry, ['client-certificate', 'client-key', 'tokenFile'], user.file), user.file)
      : {},
  }
}

const missing = (name: string, all: readonly string[], files: readonly string[]): EnvironmentError => {
  const near = nearest(name, all)
  return new EnvironmentError('context-missing', `There is no context ${name} in ${files.join(' or ')}.`, {
    hints: [
      ...(near === undefined ? [] : [`Did you mean ${near}?`]),
      all.length > 0 ? `There are: ${all.join(', ')}` : 'kubectl config get-contexts',
    ],
  })
}

const readConfig = async (file: string): Promise<{ readonly file: string; readonly config: unknown }> => {
  try {
    return { file, config: parse(await readFile(file, 'utf8'), { logLevel: 'error' }) as unknown }
  } catch (error) {
    // kubectl goes on without a file that is not there.
    if (systemCode(error) === 'ENOENT') return { file, config: {} }
    throw new EnvironmentError('kubeconfig', `The kubeconfig ${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

const absolute = (entry: Fields, keys: readonly string[], file: string): Fields => ({
  ...entry,
  ...Object.fromEntries(
    keys.flatMap((key) => {
      const path = entry[key]
      return typeof path === 'string' && path !== '' && !isAbsolute(path) ? [[key, resolve(dirname(file), path)]] : []
    }),
  ),
})

/** A login program whose name is a path is found from the file that names it. */
const withLogin = (user: Fields, file: string): Fields => {
  const command = textAt(user, 'exec', 'command')
  return command !== undefined && /[/\\]/.test(command) && !isAbsolute(command) && isRecord(user['exec'])
    ? { ...user, exec: { ...user['exec'], command: resolve(dirname(file), command) } }
    : user
}

/** A kubeconfig with that context alone, which is not the current one. JSON is YAML. */
export const asKubeconfig = ({ name, cluster, user }: FoundContext): string =>
  `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  })}\n`
