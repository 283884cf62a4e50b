import { existsSync } from 'node:fs'
import type { Trouble } from '../../engine/unreachable.ts'
import type { CheckDependencies } from '../check.ts'
import type { Repair } from '../repair.ts'
import { membership, startDaemon } from './docker-service.ts'
import { installDocker } from './install-docker.ts'

/** What gets an engine to answer: installs Docker where none is there, starts one that is stopped. Undefined where that is not known. */
export const engineRepair = async (
  troubles: readonly Trouble[],
  dependencies: CheckDependencies,
): Promise<Repair | undefined> => {
  const installed = troubles.filter(({ kind }) => kind !== 'missing')
  if (installed.length === 0)
    // Who names another engine in the file means that one.
    return troubles.some(({ engine }) => engine === 'docker') ? installDocker(dependencies) : undefined
  const stopped = installed.find(({ kind }) => kind === 'stopped')
  const forbidden = installed.find(({ kind, engine }) => kind === 'forbidden' && engine === 'docker')
  if (stopped) return start(stopped.engine, dependencies)
  return forbidden && dependencies.platform === 'linux' ? letUse(dependencies) : undefined
}

const start = async (engine: Trouble['engine'], dependencies: CheckDependencies): Promise<Repair | undefined> => {
  const title = `start ${engine}`
  // An address that somebody set is not ours to start.
  if (dependencies.env['DOCKER_HOST'] || dependencies.env['CONTAINER_HOST']) return undefined
  if (dependencies.platform === 'linux') {
    if (engine === 'docker') {
      const { steps, ...newGroup } = await membership(dependencies)
      return { title, steps: [startDaemon(dependencies), ...steps], ...newGroup }
    }
    return engine === 'nerdctl' ? { title, steps: [startDaemon(dependencies, 'containerd')] } : undefined
  }
  if (engine === 'podman') return { title, steps: [{ command: ['podman', 'machine', 'start'] }] }
  if (dependencies.platform !== 'darwin' || engine !== 'docker') return undefined
  const app = ['Docker', 'OrbStack', 'Rancher Desktop'].find((name) => existsSync(`/Applications/${name}.app`))
  return { title, steps: [{ command: app === undefined ? ['colima', 'start'] : ['open', '-a', app] }] }
}

const letUse = async (dependencies: CheckDependencies): Promise<Repair | undefined> => {
  const { steps, newGroup } = await membership(dependencies, true)
  return newGroup === undefined ? undefined : { title: "let you use Docker's socket", steps, newGroup }
}
