import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { CheckDependencies } from '../cluster/checks/check.ts'
import { otherEngines } from '../cluster/engine/choose.ts'
import { findEngine } from '../cluster/engine/find.ts'
import { defaultKubeconfigFile } from '../cluster/kubeconfig/default-file.ts'
import { formsOf } from '../config/check/known.ts'
import type { Config } from '../config/config.ts'
import { unlessRefused } from '../core/errors.ts'
import { fillPlaceholders, hasPlaceholder } from '../core/placeholders.ts'
import type { Run } from '../core/run.ts'
import { mappedElsewhere } from '../hosts/block.ts'
import { needsElevation } from '../hosts/elevate.ts'
import { mayWrite, readHostsFile } from '../hosts/hosts-file.ts'
import { selectHosts } from '../hosts/names.ts'
import type { App } from './app.ts'

/** What the checks of this machine look at. */
export const checkDependenciesOf = (
  app: App,
  config: Config | undefined,
  run: Run,
  engine: CheckDependencies['engine'] = findEngine(
    { cluster: { engine: config?.cluster.engine ?? 'auto' } },
    run,
    app.env,
  ),
): CheckDependencies => {
  const file = config?.hosts.mode === 'file' ? config.hosts.file : undefined
  const hostNames = config ? selectHosts(declaredHosts(config), config.hosts.extra).write : []
  return {
    config,
    run,
    env: app.env,
    platform: process.platform,
    engine,
    others: async () => otherEngines((await unlessRefused(engine, undefined))?.name, run, app.env),
    kubeconfigFile: defaultKubeconfigFile(app.env),
    hostNames,
    hosts:
      file === undefined
        ? undefined
        : {
            file,
            mayWrite: () => mayWrite(file),
            needsElevation: () => needsElevation(file),
            mapped: async () => mappedElsewhere(await readHostsFile(file), config?.name ?? '', hostNames),
          },
    kindup: [process.execPath, fileURLToPath(new URL('../scripts/kindup.mjs', import.meta.url))],
    signal: app.signal,
    ...app.system,
  }
}

/** The names that the file itself tells; what charts render is not looked at for a look at the machine. */
const declaredHosts = (config: Config): readonly string[] =>
  [
    ...config.addons.flatMap(({ host }) => host ?? []),
    ...config.services.flatMap((service) =>
      formsOf(service, config).flatMap(({ values }) =>
        [...service.hosts, ...service.expose.flatMap(({ host }) => host ?? [])].map((host) =>
          fillPlaceholders(host, values),
        ),
      ),
    ),
  ].filter((host) => !hasPlaceholder(host))
