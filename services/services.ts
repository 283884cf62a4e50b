import { identified, idOf, type Identity } from '../core/identity.ts'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ResolvedImage } from '../cluster/images/images.ts'
import type { Config, DeployConfig, HookConfig, ServiceConfig } from '../config/config.ts'
import { ConfigError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import { credentialFacts } from './credentials.ts'
import type { Deployable, Hook, Hooks, Source, ValuesLayer } from '../manifests/deployable.ts'
import { fillIn, placeholdersOf, unfilled, type PlaceholderValues } from './fill.ts'
import { isPattern } from '../core/glob.ts'
import { isAddress } from '../core/address.ts'
import { deliveryOf, gitopsNeeds } from './delivery-of.ts'
import { knownSecrets } from './hooks/known-secrets.ts'

type Instance = {
  readonly id: string
  readonly of: Identity
  readonly service: ServiceConfig
  readonly environment: string | undefined
  readonly values: PlaceholderValues
  readonly problems: Problem[]
  /** The user's own: what its secrets say, no program may print. */
  readonly env: Readonly<Record<string, string | undefined>>
}

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
    (environment === undefined
      ? service.namespace
      : config.environments.find(({ name }) => name === environment)?.namespace) ?? 'default'
  const hooks = hooksOf(config, instance, namespace)
  const facts = credentialFacts(
    // A password may hold braces of its own.
    service.credentials.map((one) => (one.url === undefined ? one : { ...one, url: fillIn(one.url, values) })),
    namespace,
  )
  return {
    id,
    of,
    title: environment === undefined ? service.name : `${service.name} in ${environment}`,
    namespace,
    source: sourceOf(config, instance, service.deploy),
    needs: [...service.needs.flatMap((need) => needOf(config, instance, need) ?? []), ...gitopsNeeds(service)],
    ...(service.placement ? { placement: service.placement } : {}),
    placementBy: 'objects',
    ...deliveryOf(config, service, environment),
    patches: service.deploy.patches,
    skip: service.deploy.skip,
    ...(service.roll ? {} : { roll: false }),
    provides: [],
    hosts: fillIn(service.hosts, values),
    expose: fillIn(service.expose, values),
    smoke: fillIn(service.smoke, values),
    apiServices: [],
    revision: 1,
    at: config.at(['services', service.name]),
    ...(hooks ? { hooks } : {}),
    ...(facts ? { facts } : {}),
  }
}

const sourceOf = (config: Config, instance: Instance, deploy: DeployConfig): Source => {
  const path = (text: string, key: readonly (string | number)[], what: string): string => {
    const full = resolve(config.folder, fill(config, instance, text, ['deploy', ...key]))
    if (!existsSync(full) && !/^(?:https?|git|ssh):|^git@/.test(text))
      instance.problems.push(
        problem(config, instance, ['deploy', ...key], `There is no ${what} ${full}${saidAs(text, full)}.`),
      )
    return full
  }
  if (deploy.kind === 'kustomize') {
    const { folder, loadRestrictor, helm } = deploy
    return {
      kind: 'kustomize',
      folder: path(folder, ['kustomize'], 'folder'),
      ...(loadRestrictor === undefined ? {} : { loadRestrictor }),
      ...(helm === undefined ? {} : { helm }),
    }
  }
  if (deploy.kind === 'manifests')
    return {
      kind: 'manifests',
      paths: deploy.paths.map((one, index) => {
        const key = ['manifests', index]
        const meant = fillIn(one, instance.values)
        if (isAddress(meant)) return fill(config, instance, one, ['deploy', ...key])
        const full = resolve(config.folder, meant)
        return isPattern(full) ? full : path(one, key, 'file or folder')
      }),
    }
  const { chart } = deploy
  if (chart.chart.startsWith('/') && !existsSync(chart.chart))
    instance.problems.push(problem(config, instance, ['deploy', 'helm', 'chart'], `There is no chart ${chart.chart}.`))
  return {
    kind: 'helm',
    chart,
    release: fill(config, instance, deploy.release, ['deploy', 'helm', 'release']),
    values: [
      ...deploy.values.map((one, index): ValuesLayer => {
        const key = ['helm', 'values', index]
        return {
          file: path(one, key, 'values file'),
          at: config.at(['services', instance.service.name, 'deploy', ...key]),
        }
      }),
      ...setLayer(config, instance, deploy.set),
    ],
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

const setLayer = (
  config: Config,
  instance: Instance,
  set: Extract<DeployConfig, { kind: 'helm' }>['set'],
): readonly ValuesLayer[] => {
  const ours = config.images.some(({ key }) => key === instance.service.name)
  const entries = Object.entries(set).flatMap(([path, value]) => {
    // An override that is empty leaves the chart its own image: what would set it says nothing then.
    const empty =
      ours &&
      typeof value === 'string' &&
      unfilled(fillIn(value, instance.values)).some((name) => name.startsWith('image'))
    if (empty) return []
    return [
      [
        path,
        typeof value === 'string' ? fill(config, instance, value, ['deploy', 'helm', 'set', path]) : value,
      ] as const,
    ]
  })
  return entries.length > 0 ? [{ set: Object.fromEntries(entries) }] : []
}

const fill = (config: Config, instance: Instance, text: string, key: readonly (string | number)[]): string => {
  const result = fillIn(text, instance.values)
  for (const name of unfilled(result))
    instance.problems.push(
      problem(
        config,
        instance,
        key,
        name === 'env'
          ? `\`{env}\` stands here, and ${instance.service.name} is deployed without an environment.`
          : `\`{${name}}\` stands here, and ${instance.service.name} has no image of its own.`,
        name === 'env'
          ? 'Give the file `environments:`, or write the name itself.'
          : `Give the service an \`image:\`, or \`images:\` an entry \`${instance.service.name}\`.`,
      ),
    )
  return result
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

const saidAs = (text: string, full: string): string =>
  full.endsWith(text.replace(/^\.\//, '')) ? '' : ` (from \`${text}\`)`

const problem = (
  config: Config,
  { id, service }: Instance,
  key: readonly (string | number)[],
  message: string,
  hint?: string,
): Problem => ({
  severity: 'error',
  step: id,
  message,
  at: config.at(['services', service.name, ...key]),
  ...(hint === undefined ? {} : { hint }),
})
