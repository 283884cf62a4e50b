import { resolve } from 'node:path'
import type {
  CredentialConfig,
  EnvironmentConfig,
  ExposeConfig,
  GitOpsConfig,
  HookConfig,
  ServiceConfig,
} from '../config.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { FileConfig, FileService } from '../schema/file.ts'
import { hasPlaceholder } from '../../core/placeholders.ts'
import { adoptedServices, type AdoptedServices } from './adopted-services.ts'
import { normaliseDeploy } from './deploy.ts'
import type { Scope } from './scope.ts'
import { normaliseSmoke } from './smoke.ts'
import { normaliseSync } from './sync.ts'

/** The services, in the order of the file. Reads the files of `patches` and the Applications that are adopted. */
export const normaliseServices = async (
  file: FileConfig,
  environments: readonly EnvironmentConfig[],
  scope: Scope,
): Promise<AdoptedServices> => {
  const all = environments.map(({ name }) => name)
  const made = await Promise.all(
    Object.entries(file.services ?? {}).map(async ([name, written]): Promise<AdoptedServices> => {
      const service = await normaliseService(name, written, all, scope)
      return service.deploy.kind === 'applications'
        ? adoptedServices(service, written, environments, scope)
        : { services: [service], files: [] }
    }),
  )
  const services = made.flatMap((one) => one.services)
  sayTwice(services, scope)
  return { services, files: made.flatMap(({ files }) => files) }
}

const sayTwice = (services: readonly ServiceConfig[], { findings }: Scope): void => {
  for (const [index, { name, origin, deploy }] of services.entries()) {
    if (origin === undefined || !services.some((one, other) => other !== index && one.name === name)) continue
    const [adopted] = deploy.kind === 'applications' ? Object.values(deploy.of) : []
    findings.error({
      path: ['services', origin, 'deploy', 'applications'],
      message: `Application ${name} has the name of another service.`,
      ...(adopted ? { at: adopted.at } : {}),
    })
  }
}

const normaliseService = async (
  name: string,
  service: FileService,
  all: readonly string[],
  scope: Scope,
): Promise<ServiceConfig> => {
  const path: Path = ['services', name]
  if (service.namespace !== undefined && (service.environments?.length ?? 0) > 0) {
    scope.findings.error({
      path: [...path, 'namespace'],
      key: true,
      message: `${showPath(path)} has both a namespace and environments, and each environment has a namespace of its own.`,
      hint: `Take one away, or write the namespace at environments.${service.environments?.[0] ?? 'dev'}.namespace`,
    })
  }
  // A namespace of its own takes a service out of the environments: a database that all of them share.
  const environments = service.environments ?? (service.namespace === undefined ? all : [])
  const { placement, hosts, expose, needs, credentials, smoke } = service
  return {
    name,
    deploy: await normaliseDeploy(service.deploy, [...path, 'deploy'], scope),
    environments,
    ...(environments.length === 0 ? { namespace: service.namespace ?? 'default' } : {}),
    ...(placement === undefined ? {} : { placement }),
    ...gitopsOf(name, service, scope),
    roll: service.roll ?? true,
    ...normaliseSync(service, path, scope),
    hosts: hosts ?? [],
    expose: (expose ?? []).map((one, index) => checkExpose(one, [...path, 'expose', index], scope)),
    needs: needs ?? [],
    hooks: {
      before: (service.hooks?.before ?? []).map((hook) => normaliseHook(hook, scope)),
      after: (service.hooks?.after ?? []).map((hook) => normaliseHook(hook, scope)),
    },
    credentials: (credentials ?? []).map((one, index) => checkCredential(one, [...path, 'credentials', index], scope)),
    smoke: (smoke ?? []).map((one, index) => normaliseSmoke(one, [...path, 'smoke', index], scope)),
  }
}

/** Objects of a GitOps tool are deployed by that tool, whether the file says so or not. */
const gitopsOf = (name: string, { gitops, deploy }: FileService, scope: Scope): Pick<ServiceConfig, 'gitops'> => {
  const own = deploy.applications !== undefined ? 'argocd' : deploy.flux !== undefined ? 'flux' : undefined
  if (gitops === undefined) return own === undefined ? {} : { gitops: { tool: own } }
  const said = normaliseGitOps(gitops, scope)
  if (own !== undefined && said.tool !== own)
    scope.findings.error({
      path: ['services', name, 'gitops'],
      message: `services.${name}.gitops is ${said.tool}, and ${own === 'argocd' ? 'Applications are Argo CD’s' : 'the objects of deploy.flux are Flux’s'}.`,
      hint: `Leave gitops out, or write ${own}.`,
    })
  return { gitops: said }
}

const normaliseGitOps = (written: NonNullable<FileService['gitops']>, { folder }: Scope): GitOpsConfig => {
  if (typeof written === 'string') return { tool: written }
  const { tool, root, source } = written
  return {
    tool,
    ...(source === 'remote' ? { source } : {}),
    ...(root === undefined ? {} : { root: resolve(folder, root) }),
  }
}

type FileHook = NonNullable<NonNullable<FileService['hooks']>['before']>[number]

const normaliseHook = ({ name, run, cluster = false, env = {}, ...rest }: FileHook, { folder }: Scope): HookConfig => ({
  name,
  run,
  in: resolve(folder, rest.in ?? '.'),
  cluster,
  env,
})

const checkExpose = (expose: ExposeConfig, path: Path, { findings }: Scope): ExposeConfig => {
  const given = [expose.host, expose.hostPort].filter((value) => value !== undefined)
  if (given.length > 1 || (given.length === 0 && findings.intact(path))) {
    findings.error({
      path,
      message: `${showPath(path)} needs exactly one of host and hostPort, and has ${given.length === 0 ? 'neither' : 'both'}.`,
      hint: 'host: web.localhost leads there through the Ingress, hostPort: 8000 by a port of this machine.',
    })
  }
  return expose
}

const checkCredential = (credential: CredentialConfig, path: Path, { findings }: Scope): CredentialConfig => {
  const { secret, username, password, url } = credential
  if (
    secret === undefined &&
    username === undefined &&
    password === undefined &&
    url === undefined &&
    findings.intact(path)
  ) {
    findings.error({
      path,
      message: `${showPath(path)} says neither which secret holds the login nor what it is.`,
      hint: 'Add secret: namespace/name, or username, password and url.',
    })
  }
  if (
    secret !== undefined &&
    !/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(secret) &&
    !hasPlaceholder(secret)
  ) {
    findings.error({
      path: [...path, 'secret'],
      message: `${showPath([...path, 'secret'])} is ${JSON.stringify(secret)}: write namespace/name, or the name alone.`,
    })
  }
  return credential
}
