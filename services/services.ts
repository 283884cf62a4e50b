import { identified, idOf, type Identity } from '../core/identity.ts'
import type { ResolvedImage } from '../cluster/images/images.ts'
import type { Adopted } from '../config/adopted.ts'
import type { Config, HookConfig, ServiceConfig } from '../config/config.ts'
import { hashOf } from '../core/fingerprint.ts'
import { ConfigError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import { credentialFacts } from './credentials.ts'
import type { Deployable, Hook, Hooks } from '../manifests/deployable.ts'
import { fillIn, placeholdersOf } from './fill.ts'
import { fill, problem, type Instance } from './instance.ts'
import { remoteOf } from './remote-of.ts'
import { sourceOf } from './source-of.ts'
import { adoptedIn, deliveryOf, gitopsNeeds, homeOf, isAsItIs } from './delivery-of.ts'
import { knownSecrets } from './hooks/known-secrets.ts'

/**
 * Every service in every environment it is deployed to, or in the named ones, placeholders filled.
 * Throws ConfigError with all problems: placeholders without a value, files and folders that are not there, needs that lead nowhere.
 */
export const serviceDeployables = (
  config: Config,
  images: readonly ResolvedImage[],
  environments?: readonly string[],
  env: Instance['env'] = process.env,
): Deployable[] => {
  const problems: Problem[] = []
  const deployables = config.services.flatMap((service) =>
    environmentsOf(service, environments).map((environment) =>
      deployableOf(config, {
        ...identified(identityOf(service.name, environment)),
        service,
        environment,
        values: placeholdersOf(config, service, environment, images),
        problems,
        env,
      }),
    ),
  )
  if (problems.length > 0) throw new ConfigError('The services cannot be deployed as the file says.', { problems })
  return deployables
}

const identityOf = (name: string, environment: string | undefined): Identity => ({
  kind: 'service',
  name,
  ...(environment !== undefined && { environment }),
})

/** `[undefined]` for a service without environments: it has no `--env` and is not narrowed by one. */
const environmentsOf = (
  { environments }: ServiceConfig,
  wanted: readonly string[] | undefined,
): readonly (string | undefined)[] =>
  environments.length === 0 ? [undefined] : environments.filter((name) => wanted === undefined || wanted.includes(name))

const deployableOf = (config: Config, instance: Instance): Deployable => {
  const { id, of, service, environment, values } = instance
  const namespace =
    // An Application that stays as it is lives with its controller.
    (isAsItIs(adoptedIn(service, environment)) ? homeOf(config, 'argocd') : undefined) ??
    (environment === undefined
      ? service.namespace
      : config.environments.find(({ name }) => name === environment)?.namespace) ??
    'default'
  const hooks = hooksOf(config, instance, namespace)
  const facts = credentialFacts(
    // A password may hold braces of its own.
    service.credentials.map((one) => (one.url === undefined ? one : { ...one, url: fillIn(one.url, values) })),
    namespace,
  )
  const source = sourceOf(config, instance, service.deploy)
  const remote = remoteOf(config, instance, source)
  const { delivery } = deliveryOf(config, service, environment)
  return {
    id,
    of,
    title: environment === undefined ? service.name : `${service.name} in ${environment}`,
    namespace,
    source,
    needs: [...service.needs.flatMap((need) => needsOf(config, instance, need)), ...gitopsNeeds(service, environment)],
    ...(service.placement ? { placement: service.placement } : {}),
    placementBy: 'objects',
    ...madeOf(config, adoptedIn(service, environment)),
    ...(delivery ? { delivery: { ...delivery, ...(remote ? { remote } : {}) } } : {}),
    patches: service.deploy.patches,
    skip: service.deploy.skip,
    ...(service.roll ? {} : { roll: false }),
    provides: [],
    hosts: fillIn(service.hosts, values),
    expose: fillIn(service.expose, values),
    smoke: fillIn(service.smoke, values),
    ...(service.smoke.length > 0 ? { testedBy: hashOf(fillIn(service.smoke, withoutPorts(values))) } : {}),
    apiServices: [],
    revision: 1,
    at: config.at(['services', service.name]),
    ...(service.gitops ? { gitopsAt: config.at(['services', service.origin ?? service.name, 'gitops']) } : {}),
    ...verifyOf(config, instance),
    ...(hooks ? { hooks } : {}),
    ...(facts ? { facts } : {}),
  }
}

const madeOf = (config: Config, adopted: Adopted | undefined): Pick<Deployable, 'makes' | 'creates'> => ({
  ...(adopted?.makes ? { makes: adopted.makes.map((one) => ({ home: homeOf(config, 'argocd'), ...one })) } : {}),
  ...(adopted?.creates && isAsItIs(adopted) ? { creates: adopted.creates } : {}),
})

/** Ports of this machine may be any free ones, which nobody knows before the cluster is there. */
const withoutPorts = (values: Instance['values']): Instance['values'] =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith('port:')))

/** An Application that stays as it is has done nothing yet when it is applied. */
const verifyOf = (
  config: Config,
  { id, service, environment, env }: Pick<Instance, 'id' | 'service' | 'environment' | 'env'>,
): Pick<Deployable, 'verify'> => {
  const adopted = adoptedIn(service, environment)
  if (!adopted || !isAsItIs(adopted) || adopted.source.kind !== 'manifests') return {}
  const { only } = adopted.source
  if (!only) return {}
  const { name, at } = adopted
  const home = homeOf(config, 'argocd')
  return {
    verify: async (cluster, ctx) => {
      const { awaitLeft } = await import('./deploy/await-left.ts')
      await awaitLeft(cluster, { id, only, left: { home, name, at }, env }, ctx)
    },
  }
}

const hooksOf = (config: Config, instance: Instance, namespace: string): Hooks | undefined => {
  const { service, environment } = instance
  const { before, after } = service.hooks
  if (before.length + after.length === 0) return undefined
  const filled =
    (when: 'before' | 'after') =>
    (hook: HookConfig, index: number): Hook => {
      const key = ['hooks', when, index]
      return {
        ...hook,
        run: hook.run.map((word, position) => fill(config, instance, word, [...key, 'run', position])),
        env: Object.fromEntries(
          Object.entries(hook.env).map(([name, text]) => [name, fill(config, instance, text, [...key, 'env', name])]),
        ),
        at: config.at(['services', service.name, ...key]),
      }
    }
  const hooks = { before: before.map(filled('before')), after: after.map(filled('after')) }
  return {
    ...hooks,
    variables: {
      KINDUP_NAMESPACE: namespace,
      ...(environment === undefined ? {} : { KINDUP_ENV: environment }),
    },
    secrets: knownSecrets(config, [instance.env, ...[...hooks.before, ...hooks.after].map((hook) => hook.env)]),
  }
}

/** Who needs what several Applications came of needs those of its own environment. */
const needsOf = (config: Config, instance: Instance, need: string): readonly string[] => {
  const several = config.services.filter(({ origin }) => origin === need)
  if (several.length === 0) return [needOf(config, instance, need) ?? []].flat()
  return several.flatMap(({ name, environments }) =>
    environments.length === 0
      ? [idOf(identityOf(name, undefined))]
      : environments
          .filter((environment) => instance.environment === undefined || environment === instance.environment)
          .map((environment) => idOf(identityOf(name, environment))),
  )
}

const needOf = (config: Config, instance: Instance, need: string): string | undefined => {
  if (need.includes('/') || ['crds', 'registry', 'hosts'].includes(need)) return need
  const other = config.services.find(({ name }) => name === need)
  if (!other) return config.addons.some(({ name }) => name === need) ? idOf({ kind: 'addon', name: need }) : need
  if (other.environments.length === 0) return idOf(identityOf(need, undefined))
  const { environment, service } = instance
  if (environment !== undefined && other.environments.includes(environment)) return idOf(identityOf(need, environment))
  const where = other.environments.join(', ')
  const from = environment === undefined ? 'has no environment' : `is deployed to ${environment}`
  const text = `${service.name} ${from} and needs ${need}, which is deployed to ${where} only.`
  instance.problems.push({
    ...problem(config, instance, [], text),
    at: config.at(['services', service.name, 'needs', service.needs.indexOf(need)]),
  })
  return undefined
}
