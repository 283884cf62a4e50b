import { idOf } from '../../core/identity.ts'
import type { Config, EnvironmentConfig, ServiceConfig } from '../config.ts'
import type { Scope } from '../normalise/scope.ts'

/** Names as the file has them, those of broken sections included, so that a need of a broken service is no second problem. */
export type Names = {
  readonly services: readonly string[]
  readonly environments: readonly string[]
  readonly images: readonly string[]
  readonly addons: readonly string[]
  readonly secrets: readonly string[]
}

/** What a cross check looks at. */
export type Checked = Scope & { readonly config: Omit<Config, 'at'>; readonly names: Names }

/** A service in one environment, or alone, with what its placeholders stand for as far as it is known now. */
export type Filled = {
  readonly environment?: EnvironmentConfig
  readonly namespace: string
  readonly values: Readonly<Record<string, string>>
}

/** Every form in which a service is deployed. */
export const formsOf = (service: ServiceConfig, config: Checked['config']): readonly Filled[] => {
  if (service.environments.length === 0)
    return [{ namespace: service.namespace ?? 'default', values: { name: service.name } }]
  return (
    config.environments
      // An environment that does not exist is said elsewhere.
      .filter(({ name }) => service.environments.includes(name))
      .map((environment) => ({
        environment,
        namespace: environment.namespace,
        values: { ...environment.vars, name: service.name, env: environment.name },
      }))
  )
}

/** Whether a text holds what is only known once the images and the host ports are: nothing can be said of it here. */
export const isOpen = (text: string): boolean => /\{(image(\.repository|\.tag)?|port:\d+(\/(udp|sctp))?)\}/.test(text)

/** `service/web@dev`, or `service/web` where it belongs to no environment. */
export const serviceId = ({ name }: ServiceConfig, { environment }: Filled): string =>
  idOf({ kind: 'service', name, ...(environment && { environment: environment.name }) })
