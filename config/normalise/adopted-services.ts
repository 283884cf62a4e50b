import { resolve } from 'node:path'
import { showPlace } from '../../core/problem.ts'
import { fillPlaceholders } from '../../core/placeholders.ts'
import type { Adopted } from '../adopted.ts'
import { ownRepository } from '../adopt/own-repository.ts'
import { readApplications } from '../adopt/read-applications.ts'
import type { EnvironmentConfig, ServiceConfig } from '../config.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { FileService } from '../schema/file.ts'
import type { Scope } from './scope.ts'

type Found = { readonly environment: string; readonly adopted: Adopted }

/** The services that Applications make, and the files that say so. */
export type AdoptedServices = { readonly services: readonly ServiceConfig[]; readonly files: readonly string[] }

/**
 * A service that adopts Applications: one for each environment are that service; several are a service each, by their own
 * names. Without a placeholder of the environment in its path, an Application belongs to the one whose namespace it deploys to.
 */
export const adoptedServices = async (
  service: ServiceConfig,
  written: FileService,
  environments: readonly EnvironmentConfig[],
  scope: Scope,
): Promise<AdoptedServices> => {
  const base: Path = ['services', service.name, 'deploy', 'applications']
  const { found, files } = await everyApplication(service, written.deploy.applications ?? [], environments, scope)
  const byEnvironment = Map.groupBy(found, ({ environment }) => environment)
  const isOneEach = [...byEnvironment.values()].every((some) => some.length === 1)
  if (isOneEach) {
    const of = Object.fromEntries(found.map(({ environment, adopted }) => [environment, adopted]))
    const own = service.environments.filter((name) => byEnvironment.has(name))
    if (service.environments.length > 0 && own.length === 0) return { services: [], files }
    return {
      services: [
        {
          ...service,
          deploy: { ...service.deploy, kind: 'applications', of },
          environments: own,
          ...(service.environments.length === 0 && found[0] ? { namespace: found[0].adopted.namespace } : {}),
        },
      ],
      files,
    }
  }
  sayWhatIsOfOne(service, written, found.length, scope)
  const byName = Map.groupBy(found, ({ adopted }) => adopted.name)
  const services = [...byName].flatMap(([name, some]) => {
    const twice = some.find(
      ({ environment }, index) => some.findIndex((one) => one.environment === environment) < index,
    )
    if (twice)
      scope.findings.error({
        path: base,
        message: `Application ${name} is there twice: also ${showPlace((some[0] ?? twice).adopted.at)}.`,
        at: twice.adopted.at,
      })
    const [first] = some
    if (!first) return []
    return [
      {
        ...service,
        name: name.replaceAll('.', '-'),
        origin: service.name,
        deploy: {
          ...service.deploy,
          kind: 'applications' as const,
          of: Object.fromEntries(some.map(({ environment, adopted }) => [environment, adopted])),
        },
        environments: service.environments.filter((one) => some.some(({ environment }) => environment === one)),
        ...(service.environments.length === 0 ? { namespace: first.adopted.namespace } : {}),
      },
    ]
  })
  return { services, files }
}

const everyApplication = async (
  service: ServiceConfig,
  patterns: readonly string[],
  environments: readonly EnvironmentConfig[],
  { folder, findings }: Scope,
): Promise<{ readonly found: readonly Found[]; readonly files: readonly string[] }> => {
  const repository = ownRepository(folder)
  const own = environments.filter(({ name }) => service.environments.includes(name))
  const found: Found[] = []
  const files: string[] = []
  for (const [index, pattern] of patterns.entries()) {
    const path: Path = ['services', service.name, 'deploy', 'applications', index]
    const forms =
      own.length === 0
        ? [{ environment: undefined, text: fillPlaceholders(pattern, { name: service.name }) }]
        : own.map((environment) => ({
            environment,
            text: fillPlaceholders(pattern, { ...environment.vars, name: service.name, env: environment.name }),
          }))
    const isOfOne = new Set(forms.map(({ text }) => text)).size === forms.length && own.length > 1
    for (const { environment, text } of isOfOne || own.length === 0 ? forms : forms.slice(0, 1)) {
      const read = await readApplications(resolve(folder, text), repository, {
        remote: service.gitops?.source === 'remote',
      })
      files.push(...read.files)
      for (const { severity, ...finding } of read.findings)
        findings[severity === 'error' ? 'error' : 'warn']({ path, ...finding })
      if (read.files.length === 0)
        findings.error({
          path,
          message: `${showPath(path)}: nothing is at ${text}.`,
          hint: '`*` is any text within one name, `**` any number of folders.',
        })
      for (const adopted of read.adopted) {
        const home = isOfOne ? environment : own.find(({ namespace }) => namespace === adopted.namespace)
        if (own.length > 0 && (home === undefined || home.namespace !== adopted.namespace) && adopted.application)
          findings.error({
            path,
            message: `Application ${adopted.name} deploys to the namespace ${adopted.namespace}, ${home ? `and ${home.name} is ${home.namespace}` : 'which no environment of the service has'}.`,
            at: adopted.at,
            hint: `environments: { ${home?.name ?? adopted.namespace}: { namespace: ${adopted.namespace} } }`,
          })
        else found.push({ environment: home?.name ?? own[0]?.name ?? '', adopted })
      }
    }
  }
  return { found, files }
}

/** Keys that say something of one deployment, where several come of it. */
const ofOne = ['image', 'smoke', 'hosts', 'expose', 'credentials', 'hooks'] as const

const sayWhatIsOfOne = ({ name }: ServiceConfig, written: FileService, count: number, { findings }: Scope): void => {
  for (const key of ofOne)
    if (written[key] !== undefined)
      findings.error({
        path: ['services', name, key],
        key: true,
        message: `services.${name}.${key} belongs to one Application, and there are ${count} of them.`,
        hint: 'Give that Application a service of its own, with its file as deploy.applications.',
      })
}
