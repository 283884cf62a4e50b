import type { Kube } from '../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { hashOf, type Fingerprint } from '../../core/fingerprint.ts'
import type { Context } from '../../core/step.ts'
import type { SecretRule } from '../../manifests/transform/rules.ts'
import { dataOf, renderedData, typeOf, type Data } from './data.ts'
import { inputsHash } from './inputs.ts'
import { madeBy } from './known-keys.ts'
import { macOf, type Mac } from './mac.ts'
import type { SecretSource } from './source.ts'
import type { SecretUse } from '../../manifests/problems/secret-uses.ts'
import type { RenderedObject } from '../../manifests/deployable.ts'

/** kindup's own revision of what it makes of a secret. */
const revision = '1'

const secretRef = (namespace: string, name: string) => ({ apiVersion: 'v1', kind: 'Secret', namespace, name })

/** What tells whether secrets changed. All of it is safe to be written anywhere. */
export type SecretDigests = {
  /** What a secret is made from (wherever it is), by the words that name what changed. Throws `secret-missing` where what it copies is gone. */
  inputs(source: SecretSource, ctx: Context): Promise<Fingerprint>
  /** One hash of what the secrets in use are made from, and of what they hold now. Undefined where none is in use. */
  inUse(uses: readonly SecretUse[], ctx: Context): Promise<string | undefined>
  /** One hash of what they are made from on this disk. Of this process alone: it is compared and written nowhere. */
  here(uses: readonly SecretUse[]): string
  /** The rules with a mark of the data of each Secret in use, as it is in the cluster now. */
  stamped(rules: readonly SecretRule[], uses: readonly SecretUse[], ctx: Context): Promise<readonly SecretRule[]>
}

type SecretDigestsDeps = {
  readonly sources: readonly SecretSource[]
  readonly kube: (ctx: Context) => Promise<Kube>
  /** Objects of the file's services and add-ons, among which a Secret to copy may be. */
  readonly rendered: () => readonly RenderedObject[]
}

/** The type and the data of a Secret as it is now. */
const live = async (kube: Kube, mac: Mac, namespace: string, name: string): Promise<string> => {
  const secret = await kube.get(secretRef(namespace, name))
  return secret ? `${typeOf(secret)} ${mac(dataOf(secret)) ?? 'unmarked'}` : 'absent'
}

export const makeSecretDigests = ({ sources, kube: kubeOf, rendered }: SecretDigestsDeps): SecretDigests => {
  const inputs = async (
    source: SecretSource,
    kube: Kube,
    mac: Mac,
    passed: readonly string[],
  ): Promise<Fingerprint> => {
    const { secret, envFile, files, literals, sops } = source
    const { from, key } = secret
    const marked = (name: string, data: Data) => (data.size > 0 ? { [name]: mac(data) ?? 'unmarked' } : {})
    return {
      ...(from.secret === undefined
        ? {}
        : { [`Secret ${from.secret}`]: await original(from.secret, kube, mac, [...passed, key]) }),
      ...(Object.keys(from.random).length > 0 ? { 'random keys': hashOf(from.random) } : {}),
      ...marked('env file', envFile),
      ...(sops.length > 0 ? { 'encrypted files': hashOf(sops.map(({ hash }) => hash)) } : {}),
      ...marked('files', files),
      ...marked('literals', literals),
      type: hashOf(secret.type ?? ''),
      revision,
    }
  }
  /** Of a copy: what its source is now, and what it will be after this run, where the file makes it. */
  const original = async (reference: string, kube: Kube, mac: Mac, passed: readonly string[]): Promise<string> => {
    const [namespace = '', name = ''] = reference.split('/')
    const ours = madeBy(reference, sources)
    const drawn = rendered().find(
      ({ object: { kind, metadata } }) =>
        kind === 'Secret' && metadata.name === name && metadata.namespace === namespace,
    )
    const now = await live(kube, mac, namespace, name)
    if (now === 'absent')
      throw new EnvironmentError('secret-missing', `Secret ${reference}, which is to be copied, is not there.`)
    return hashOf([
      now,
      ours && !passed.includes(ours.secret.key) ? await inputs(ours, kube, mac, passed) : {},
      drawn ? (mac(renderedData(drawn.object)) ?? '') : '',
    ])
  }
  return {
    async inputs(source, ctx) {
      const kube = await kubeOf(ctx)
      return inputs(source, kube, await macOf(kube, false), [])
    },
    async inUse(uses, ctx) {
      if (uses.length === 0) return undefined
      const kube = await kubeOf(ctx)
      const mac = await macOf(kube, false)
      const each = uses.map(async ({ key, namespace }) => {
        const source = sources.find(({ secret }) => secret.key === key)
        const made = source && (await inputs(source, kube, mac, []).catch(ofMissing))
        return [key, namespace, { ...made }, await live(kube, mac, namespace, key)]
      })
      return hashOf(await Promise.all(each))
    },
    here: (uses) => hashOf(sources.filter(({ secret }) => uses.some(({ key }) => key === secret.key)).map(inputsHash)),
    async stamped(rules, uses, ctx) {
      if (uses.length === 0) return rules
      const kube = await kubeOf(ctx)
      const mac = await macOf(kube, false)
      return Promise.all(
        rules.map(async (rule) => {
          const here = uses.filter(({ key }) => key === rule.name)
          const stamps = await Promise.all(
            here.map(async ({ namespace }) => {
              const secret = await kube.get(secretRef(namespace, rule.name))
              const stamp = secret && mac(dataOf(secret))
              return stamp === undefined ? [] : [[namespace, stamp] as const]
            }),
          )
          return { ...rule, stamps: Object.fromEntries(stamps.flat()) }
        }),
      )
    },
  }
}

const ofMissing = (error: unknown): Fingerprint => {
  if (error instanceof EnvironmentError && error.code === 'secret-missing') return {}
  throw error
}
