import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { applyHosts, mayWrite, removeHosts, showHosts } from '../hosts/hosts-file.ts'
import { editElevated, elevatedCommand, needsElevation } from '../hosts/elevate.ts'
import { isClusterName, isHostName, selectHosts } from '../hosts/names.ts'
import { hostsOfSteps } from '../app/hosts-of-steps.ts'
import { ConfigError, EnvironmentError, usageError } from '../core/errors.ts'
import { loadConfig } from '../config/load.ts'
import { platformHostsFile } from '../core/paths.ts'
import { loadOptions, type App, type CommonFlags, type SettingFlags } from '../app/app.ts'
import { openEnvironment } from '../app/open-environment.ts'
import { asBroughtUp } from '../app/settings.ts'
import { runOf } from '../app/run-of.ts'

export type HostsFlags = CommonFlags & SettingFlags & { readonly hostsFile?: string; readonly host: readonly string[] }

/** `hosts apply`: makes the names of a cluster lead to this machine. Edits one hosts file and nothing else. */
export const apply = async (app: App, flags: HostsFlags): Promise<void> => {
  const { file, name, environment } = await subject(app, flags)
  const given = flags.host.map((host) => host.toLowerCase())
  const names = [...new Set([...given, ...(environment ?? [])])]
  const wrong = given.find((host) => !isHostName(host) || host === 'localhost')
  if (wrong !== undefined)
    throw usageError(`\`${wrong}\` is no host name that could be written.`, 'Names look like web.test.')
  if (names.length === 0)
    throw usageError('There is no name to write.', `kindup hosts apply --name ${name} --host web.test`)
  await edit(app, file, name, environment ? [...new Set([...(await showHosts(file, name)), ...names])] : names)
  await print(app, flags, { file, name, environment })
}

/** `hosts remove`: takes the names of a cluster out, or only those of `--host`. */
export const remove = async (app: App, flags: HostsFlags): Promise<void> => {
  const { file, name, environment } = await subject(app, flags)
  const gone = new Set([...flags.host.map((host) => host.toLowerCase()), ...(environment ?? [])])
  const all = gone.size === 0 && !environment
  const left = all ? [] : (await showHosts(file, name)).filter((host) => !gone.has(host))
  await edit(app, file, name, left)
  await print(app, flags, { file, name, environment })
}

/** `hosts show`: prints them. */
export const show = async (app: App, flags: HostsFlags): Promise<void> => print(app, flags, await subject(app, flags))

type Subject = {
  readonly file: string
  readonly name: string
  /** With `--env`: the names of what is deployed there, as the file tells. */
  readonly environment: ReadonlySet<string> | undefined
}

const subject = async (app: App, given: HostsFlags): Promise<Subject> => {
  // Where the names went is remembered too: another hosts file may have been set.
  const flags = given.hostsFile === undefined ? await asBroughtUp(app, given, app.terminal(given)) : given
  const environment = flags.env.length > 0 ? await namesOfEnvironments(app, flags) : undefined
  const config =
    flags.name !== undefined && flags.hostsFile !== undefined
      ? undefined
      : await loadConfig(loadOptions(app, flags)).catch((error: unknown) => {
          // A name is enough: the platform's own file is meant then.
          if (
            flags.name !== undefined &&
            flags.config === undefined &&
            error instanceof ConfigError &&
            error.code === 'config-missing'
          )
            return undefined
          throw error
        })
  const name = flags.name ?? config?.config.name ?? ''
  if (!isClusterName(name))
    throw usageError(`\`${name}\` is no name of a cluster.`, 'Lower-case letters, digits and dashes: --name shop')
  return { name, file: flags.hostsFile ?? config?.config.hosts.file ?? platformHostsFile(), environment }
}

/** Names of services of these environments alone: those of add-ons and of the whole are left as they are. */
const namesOfEnvironments = async (app: App, flags: HostsFlags): Promise<ReadonlySet<string>> => {
  const { sources, steps } = await openEnvironment(app, flags, undefined, { asFile: true })
  const isMeant = (id: string): boolean =>
    steps.some(({ id: other, of }) => other === id && of.environment !== undefined)
  const { taken } = hostsOfSteps(sources, isMeant)
  return new Set(selectHosts(taken, taken).write)
}

const edit = async (app: App, file: string, name: string, names: readonly string[]): Promise<void> => {
  if (names.length > 0 && !existsSync(dirname(file)))
    throw usageError(`There is no folder ${dirname(file)} for a hosts file.`)
  const run = runOf(app)
  if (await mayWrite(file))
    await (names.length > 0 ? applyHosts(file, name, names, app.signal) : removeHosts(file, name, app.signal))
  else if (!(await needsElevation(file)) || !(await editElevated(run, name, names)))
    throw new EnvironmentError('hosts-file', `No write permission for ${file}.`, {
      hints: (await needsElevation(file)) ? [elevatedCommand(name, names)] : [`Edit ${file} as an administrator.`],
    })
}

const print = async (app: App, flags: HostsFlags, { file, name, environment }: Subject): Promise<void> => {
  const names = (await showHosts(file, name)).filter((host) => !environment || environment.has(host))
  const { json, out } = app.terminal(flags)
  if (flags.json) json({ file, name, hosts: names })
  else if (names.length === 0)
    out(`${file} holds no names of ${name}${environment ? ` in ${flags.env.join(', ')}` : ''}.`)
  else for (const host of names) out(host)
}
