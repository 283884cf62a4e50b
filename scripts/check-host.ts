import type { App } from './app.ts'
import type { Environment } from './environment.ts'

export const checkHost = async (_environment: Environment, _app: App): Promise<void> => undefined
