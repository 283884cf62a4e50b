import type { StepHead } from '../../core/lazy-step.ts'
import { identified } from '../../core/identity.ts'
import { filesOf, inputsHash } from './inputs.ts'
import type { SecretSource } from './source.ts'

/** Where the copies of a secret are, without namespaces that this walk keeps its hands off. */
export const namespacesOf = ({ secret }: SecretSource, leaves: ReadonlySet<string> | undefined): readonly string[] =>
  secret.namespaces.filter((namespace) => !leaves?.has(namespace))

/** What a plan shows of the step of a secret. `needs`: steps that make what it copies. */
export const secretHead = (
  source: SecretSource,
  { needs, leaves }: { readonly needs: readonly string[]; readonly leaves: ReadonlySet<string> | undefined },
): StepHead => {
  const { key, from } = source.secret
  return {
    ...identified({ kind: 'secret', name: key }),
    title: `Secret ${key} in ${new Intl.ListFormat('en').format(namespacesOf(source, leaves))}`,
    dies: 'with-cluster',
    needs: ['cluster/api', ...needs],
    inputs: { hash: inputsHash(source), files: filesOf(source).map((path) => ({ path })) },
    prepares: from.sops.length > 0,
  }
}
