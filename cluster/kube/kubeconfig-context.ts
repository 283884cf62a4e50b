import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import { isRecord } from '../../core/is-record.ts'
import { shown } from '../../core/shown-command.ts'

type Fields = Readonly<Record<string, unknown>>

/** One context of a kubeconfig file with its cluster and user: as they stand there, with the content of the files that they name. */
export type KubeconfigContext = {
  readonly file: string
  readonly name: string
  readonly server: URL
  readonly cluster: Fields
  readonly user: Fields
}

/** Reads one context of a kubeconfig file. What the file has beside it may be wrong. Throws EnvironmentError `kubeconfig`. */
export const readContext = async (file: string, name: string): Promise<KubeconfigContext> => {
  const config = await reading(file, async () => {
    const parsed: unknown = parse(await readFile(file, 'utf8'), { logLevel: 'error' })
    return isRecord(parsed) ? parsed : {}
  })
  const context = entry(config, 'contexts', name, 'context')
  const cluster = context && entry(config, 'clusters', context['cluster'], 'cluster')
  const user = context && (entry(config, 'users', context['user'], 'user') ?? {})
  const address = cluster?.['server']
  if (!cluster || !user || typeof address !== 'string')
    throw new EnvironmentError('kubeconfig', `The kubeconfig ${file} has no context ${name} with a cluster.`, {
      hints: [shown('kubectl', ['config', 'get-contexts', '--kubeconfig', file])],
    })
  const server = URL.parse(address)
  if (!server || !/^https?:$/.test(server.protocol))
    throw new EnvironmentError(
      'kubeconfig',
      `The kubeconfig ${file} has no address of a server in context ${name}: ${address}`,
    )
  return reading(file, async () => ({
    file,
    name,
    server,
    cluster: await withContent(cluster, ['certificate-authority'], file),
    user: await withContent(user, ['client-certificate', 'client-key'], file),
  }))
}

const reading = async <T>(file: string, read: () => Promise<T>): Promise<T> => {
  try {
    return await read()
  } catch (error) {
    throw new EnvironmentError('kubeconfig', `The kubeconfig ${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

const entry = (config: Fields, list: string, name: unknown, key: string): Fields | undefined => {
  const all = config[list]
  const found = Array.isArray(all) ? all.filter(isRecord).find((one) => one['name'] === name)?.[key] : undefined
  return isRecord(found) ? found : undefined
}

/** The content of the files that `keys` name, where the kubeconfig does not hold it itself: kubectl prefers that. */
const withContent = async (part: Fields, keys: readonly string[], file: string): Promise<Fields> => {
  const all = { ...part }
  for (const key of keys) {
    const path = part[key]
    if (typeof path === 'string' && path !== '' && !part[`${key}-data`])
      all[`${key}-data`] = (await readFile(resolve(dirname(file), path))).toString('base64')
    delete all[key]
  }
  return all
}

/** The same as a kubeconfig of its own, in the form in which the library reads all that kubectl reads. */
export const forLibrary = (context: KubeconfigContext): string => {
  const { name, server, cluster, user } = context
  // It refuses plain HTTP without this, which kubectl takes (`kubectl proxy`).
  const plain = server.protocol === 'http:' ? { 'insecure-skip-tls-verify': true } : {}
  return JSON.stringify({
    clusters: [{ name, cluster: { ...cluster, ...plain } }],
    users: [{ name, user: { ...user, ...tokenFile(context), ...loginProgram(context) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  })
}

/** It reads a token's file only where a provider of its own names it. kubectl prefers the file to a token. */
const tokenFile = ({ file, user }: KubeconfigContext): Fields => {
  const path = user['tokenFile']
  if (typeof path !== 'string' || path === '') return {}
  return {
    token: undefined,
    'auth-provider': { name: 'tokenFile', config: { tokenFile: resolve(dirname(file), path) } },
  }
}

/** The path of a login program begins at the file, and the program is told who asks, and for which cluster. */
const loginProgram = ({ file, cluster, user }: KubeconfigContext): Fields => {
  const { exec } = user
  if (!isRecord(exec)) return {}
  const { apiVersion, command, env, provideClusterInfo } = exec
  const told = provideClusterInfo === true ? { cluster } : {}
  const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false, ...told } }
  return {
    exec: {
      ...exec,
      ...(typeof command === 'string' && /[/\\]/.test(command) && { command: resolve(dirname(file), command) }),
      env: [...(Array.isArray(env) ? env : []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }],
    },
  }
}
