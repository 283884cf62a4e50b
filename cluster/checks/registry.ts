import { portTaken } from '../registry/container.ts'
import { localRegistry } from '../registry/local.ts'
import { registryLabel } from '../registry/names.ts'
import { binderOf } from '../ports/binder.ts'
import { portTrouble } from '../ports/trouble.ts'
import { failedWith, noFile, withEngine, type Check } from './check.ts'
import { portHolder } from '../ports/port-holder.ts'

export const registryCheck: Check = {
  id: 'registry',
  title: "the registry's port is free, or ours",
  run: async (dependencies) => {
    const { config, run, env, proc = '/proc', signal } = dependencies
    if (!config) return noFile
    const served = localRegistry(config)
    const hostPort = served?.container.hostPort
    if (!served || hostPort === undefined) return { state: 'ok', evidence: 'the file has none' }
    return withEngine(dependencies, async (engine) => {
      const { name } = served.container
      const [found, binder] = await Promise.all([engine.container(name), binderOf(engine, run, env)])
      if (found && found.labels[registryLabel] !== name)
        return {
          state: 'failed',
          cause: `${engine.name} has a container ${name} that kindup did not make.`,
          fix: `${engine.command} rm --force ${name}   # if it is to go`,
        }
      // A paused one holds its port: the step makes it serve again.
      if (found?.running || found?.paused) return { state: 'ok', evidence: `${served.host}: the container ${name}` }
      const port = { address: '127.0.0.1', hostPort, nodePort: hostPort, protocol: 'tcp' as const }
      const trouble = await portTrouble(port, binder)
      if (trouble === undefined) return { state: 'ok', evidence: `${served.host}: free` }
      return failedWith(portTaken(served, hostPort, await portHolder(port, { run, proc, engine, signal })))
    })
  },
}
