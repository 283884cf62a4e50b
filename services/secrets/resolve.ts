import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { Context } from '../../core/step.ts'
import { poll, waitFor } from '../../core/wait.ts'
import { dataOf, typeOf, type Data } from './data.ts'
import type { Hidden } from './hidden.ts'
import type { Mac } from './mac.ts'
import { randomText } from './random-text.ts'
import type { SecretSource } from './source.ts'
import { decrypt } from './sops.ts'
import { isOurs, secretRef, type SecretUndo } from './undo.ts'
import { secretId } from './id.ts'

/** A secret as it is to be in each of its namespaces. */
export type Resolved = {
  readonly data: Data
  readonly type: string
  readonly random: Readonly<Record<string, string>>
  /** Key → a mark of its value. */
  readonly wrote: Readonly<Record<string, string>>
}

type ResolveDeps = {
  readonly kube: Kube
  readonly mac: Mac
  readonly hidden: Hidden
  /** What an earlier run wrote. */
  readonly previous: SecretUndo
  /** What sops decrypted, in the order of the files. */
  readonly decrypted: readonly Data[]
  /** Those of its namespaces that it is about to be written to. */
  readonly namespaces: readonly string[]
}

/** On a Secret: its keys whose values were generated, for the case that the record is lost. */
export const randomAnnotation = 'kindup.dev/random'

/** Puts together what a secret is to hold. Waits a while for the Secret it copies; throws `secret-missing`, `not-ours`. */
export const resolveSecret = async (source: SecretSource, deps: ResolveDeps, ctx: Context): Promise<Resolved> => {
  const { kube, mac, hidden, previous, decrypted, namespaces } = deps
  const { secret, envFile, files, literals } = source
  const there = await Promise.all(secret.namespaces.map((namespace) => kube.get(secretRef(namespace, secret.key))))
  for (const [index, live] of there.entries())
    if (live && !isOurs(live, secret.key) && namespaces.includes(secret.namespaces[index] ?? '')) throw foreign(live)
  const copied = secret.from.secret === undefined ? undefined : await copySource(secret.from.secret, kube, ctx)
  const ours = there.filter((live) => live && isOurs(live, secret.key))
  const random = randomValues(source, previous, ours, ctx)
  const data: Data = new Map([
    ...(copied ? dataOf(copied) : []),
    ...Object.entries(random).map(([key, value]): [string, Buffer] => [key, Buffer.from(value)]),
    ...envFile,
    ...decrypted.flatMap((one) => [...one]),
    ...files,
    ...literals,
  ])
  hidden.add(data)
  const wrote = [...data].map(([key, value]) => [key, mac(new Map([[key, value]])) ?? ''])
  return {
    data,
    type: secret.type ?? (copied ? typeOf(copied) : 'Opaque'),
    random,
    wrote: Object.fromEntries(wrote),
  }
}

/** The values of the encrypted files, in their order. */
export const decryptAll = async (
  source: SecretSource,
  run: Run,
  hidden: Hidden,
  ctx: Context,
): Promise<readonly Data[]> => {
  const all = await Promise.all(source.sops.map((file) => decrypt(file, run, ctx)))
  for (const data of all) hidden.add(data)
  return all
}

/** Values that are there stay: what was set up with them (a database) does not follow. */
const randomValues = (
  { secret: { key, from } }: SecretSource,
  previous: SecretUndo,
  there: readonly (KubeObject | undefined)[],
  ctx: Context,
): Readonly<Record<string, string>> => {
  const kept = new Map(Object.entries(previous.random))
  for (const live of there) {
    const names = live?.metadata.annotations?.[randomAnnotation]?.split(',') ?? []
    for (const [name, value] of live ? dataOf(live) : [])
      if (names.includes(name) && !kept.has(name)) kept.set(name, value.toString())
  }
  return Object.fromEntries(
    Object.entries(from.random).map(([name, length]) => {
      const value = kept.get(name)
      if (value !== undefined && value.length !== length)
        ctx.warn(
          `${name} of the secret ${key} keeps its value of ${value.length} characters; the file asks for ${length}. For a new one, take the key out of the file, run \`kindup up\`, and put it back.`,
        )
      return [name, value ?? randomText(length)]
    }),
  )
}

/** What makes it is mostly a step that this one needs; an operator may take a little longer. */
const patienceMs = 60_000

const copySource = async (reference: string, kube: Kube, ctx: Context): Promise<KubeObject> => {
  const [namespace = '', name = ''] = reference.split('/')
  const ask = async () => {
    const found = await kube.get(secretRef(namespace, name))
    return found ? { done: found } : { waiting: `there is no Secret ${reference}` }
  }
  try {
    return await waitFor(`The Secret ${reference}`, poll(ask, 500), {
      timeoutMs: Math.min(ctx.timeoutMs, patienceMs),
      fixed: patienceMs <= ctx.timeoutMs,
      signal: ctx.signal,
      report: ctx.report,
    })
  } catch (error) {
    if (!(error instanceof EnvironmentError) || error.code !== 'timed-out') throw error
    throw new EnvironmentError(
      'secret-missing',
      `There is no Secret ${reference} to copy, and none came within a minute.`,
      {
        hints: [
          `What makes it? A service or an add-on of the file that is deployed to ${namespace} is waited for by itself.`,
          `kubectl get secrets --namespace ${namespace}`,
        ],
        cause: error,
      },
    )
  }
}

/** A Secret of that name that somebody else made. */
export const foreign = ({ metadata: { name, namespace } }: KubeObject): EnvironmentError =>
  new EnvironmentError(
    'not-ours',
    `There is a Secret ${namespace}/${name} that ${secretId(name)} did not make: it stays as it is.`,
    {
      hints: [
        `Delete it if nothing needs it: kubectl delete secret --namespace ${namespace} ${name}`,
        'Or give the secret of the file another name.',
      ],
    },
  )
