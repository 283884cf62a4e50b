import process from 'node:process'
import type { Surroundings } from '../cluster/checks/check.ts'
import { chooseEngine } from '../cluster/engine/choose.ts'
import { defaultKubeconfigFile } from '../cluster/kubeconfig/default-file.ts'
import type { Config } from '../core/config/config.ts'
import type { Run } from '../core/run.ts'
import { needsElevation } from '../hosts/elevate.ts'
import { mayWrite } from '../hosts/hosts-file.ts'
import type { App } from './app.ts'

/** What the checks of this machine look at. */
export const surroundingsOf = (
  app: App,
  config: Config | undefined,
  run: Run,
  engine?: Surroundings['engine'],
): Surroundings => {
  const file = config?.hosts.mode === 'file' ? config.hosts.file : undefined
  return {
    config,
    run,
    env: app.env,
    platform: process.platform,
    engine: engine ?? (() => chooseEngine(config?.cluster.engine ?? 'auto', run, app.env)),
    kubeconfigFile: defaultKubeconfigFile(app.env),
    hosts:
      file === undefined
        ? undefined
        : { file, mayWrite: () => mayWrite(file), needsElevation: () => needsElevation(file) },
    signal: app.signal,
  }
}
