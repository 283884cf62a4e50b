import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { Command } from 'commander'
import { applyHosts, mayWrite, removeHosts, showHosts } from '../hosts/hosts-file.ts'
import { editElevated, elevatedCommand, needsElevation } from '../hosts/elevate.ts'
import { isClusterName, isHostName } from '../hosts/names.ts'
import { ConfigError, EnvironmentError, exit } from '../core/errors.ts'
import { loadConfig } from '../core/config/load.ts'
import { platformHostsFile } from '../core/paths.ts'
import { collect, command, type App, type CommandFile, type CommonFlags } from './app.ts'
import { runOf } from './run-of.ts'

type Flags = CommonFlags & { readonly hostsFile?: string; readonly host: readonly string[] }

/** `hosts apply|remove|show`: edits one hosts file and nothing else. */
export const hosts: CommandFile = (app, end) => {
  const part = (name: string, summary: string, act: (app: App, flags: Flags) => Promise<void>): Command =>
    command(name, summary)
      .option('--hosts-file <file>', "the file (default: the configuration's, else the platform's)")
      .option('--host <names...>', 'names (several, or repeated)', collect, [])
      .action(async (flags: Flags) => {
        await act(app, flags)
        end(exit.done)
      })
  // Without flags of its own: it would take those of the command below it.
  return new Command('hosts')
    .description('show, write or remove names in a hosts file')
    .addCommand(part('apply', 'make the names of this cluster lead to this machine', apply))
    .addCommand(part('remove', 'take the names of this cluster out, or only those of --host', remove))
    .addCommand(part('show', 'print the names of this cluster', show))
}

const apply = async (app: App, flags: Flags): Promise<void> => {
  const { file, name } = await subject(app, flags)
  const names = flags.host.map((host) => host.toLowerCase())
  const wrong = names.find((host) => !isHostName(host) || host === 'localhost')
  if (wrong !== undefined)
    throw new ConfigError(`\`${wrong}\` is no host name that could be written.`, {
      code: 'flags',
      hints: ['Names look like web.test.'],
    })
  if (names.length === 0)
    throw new ConfigError('There is no name to write.', {
      code: 'flags',
      hints: [`kindup hosts apply --name ${name} --host web.test`],
    })
  await edit(app, file, name, names)
  await print(app, flags, file, name)
}

const remove = async (app: App, flags: Flags): Promise<void> => {
  const { file, name } = await subject(app, flags)
  const gone = new Set(flags.host.map((host) => host.toLowerCase()))
  const left = gone.size === 0 ? [] : (await showHosts(file, name)).filter((host) => !gone.has(host))
  await edit(app, file, name, left)
  await print(app, flags, file, name)
}

const show = async (app: App, flags: Flags): Promise<void> => {
  const { file, name } = await subject(app, flags)
  await print(app, flags, file, name)
}

const subject = async (app: App, flags: Flags): Promise<{ file: string; name: string }> => {
  const config =
    flags.name !== undefined && flags.hostsFile !== undefined
      ? undefined
      : await loadConfig({
          cwd: app.cwd,
          env: app.env,
          ...(flags.config === undefined ? {} : { file: flags.config }),
        }).catch((error: unknown) => {
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
    throw new ConfigError(`\`${name}\` is no name of a cluster.`, {
      code: 'flags',
      hints: ['Lower-case letters, digits and dashes: --name shop'],
    })
  return { name, file: flags.hostsFile ?? config?.config.hosts.file ?? platformHostsFile() }
}

const edit = async (app: App, file: string, name: string, names: readonly string[]): Promise<void> => {
  if (names.length > 0 && !existsSync(dirname(file)))
    throw new ConfigError(`There is no folder ${dirname(file)} for a hosts file.`, { code: 'flags' })
  const run = runOf(app)
  if (await mayWrite(file))
    await (names.length > 0 ? applyHosts(file, name, names, app.signal) : removeHosts(file, name, app.signal))
  else if (!(await needsElevation(file)) || !(await editElevated(run, name, names)))
    throw new EnvironmentError('hosts-file', `${file} may not be written by you.`, {
      hints: (await needsElevation(file)) ? [elevatedCommand(name, names)] : [`Edit ${file} as an administrator.`],
    })
}

const print = async (app: App, flags: Flags, file: string, name: string): Promise<void> => {
  const names = await showHosts(file, name)
  const { out } = app.terminal(flags)
  if (flags.json) out(JSON.stringify({ file, name, hosts: names }, undefined, 2))
  else if (names.length === 0) out(`${file} holds no names of ${name}.`)
  else for (const host of names) out(host)
}
