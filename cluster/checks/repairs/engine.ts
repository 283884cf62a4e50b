import { existsSync } from 'node:fs'
import type { Trouble } from '../../engine/unreachable.ts'
import type { CheckDependencies } from '../check.ts'
import type { Repair } from '../repair.ts'
import { membership, startDaemon } from './docker-service.ts'
import { installDocker } from './install-docker.ts'

/** What gets an engine to answer: installs Docker where none is there, starts one that is stopped. Undefined where that is not known. */
export const engineRepair = async (
  troubles: readonly Trouble[],
  around: CheckDependencies,
): Promise<Repair | undefined> => {
  const installed = troubles.filter(({ kind }) => kind !== 'missing')
  if (installed.length === 0)
    // Who names another engine in the file means that one.
    return troubles.some(({ engine }) => engine === 'docker') ? installDocker(around) : undefined
  const stopped = installed.find(({ kind }) => kind === 'stopped')
  const forbidden = installed.find(({ kind, engine }) => kind === 'forbidden' && engine === 'docker')
  if (stopped) return start(stopped.engine, around)
  return forbidden && around.platform === 'linux' ? letUse(around) : undefined
}

const start = async (engine: Trouble['engine'], around: CheckDependencies): Promise<Repair | undefined> => {
  const title = `start ${engine}`
  // An address that somebody set is not ours to start.
  if (around.env['DOCKER_HOST'] || around.env['CONTAINER_HOST']) return undefined
  if (around.platform === 'linux') {
    if (engine === 'docker') {
      const { steps, ...newGroup } = await membership(around)
      return { title, steps: [startDaemon(around), ...steps], ...newGroup }
    }
    return engine === 'nerdctl' ? { title, steps: [startDaemon(around, 'containerd')] } : undefined
  }
  if (engine === 'podman') return { title, steps: [{ command: ['podman', 'machine', 'start'] }] }
  if (around.platform !== 'darwin' || engine !== 'docker') return undefined
  const app = ['Docker', 'OrbStack', 'Rancher Desktop'].find((name) => existsSync(`/Applications/${name}.app`))
  return { title, steps: [{ command: app === undefined ? ['colima', 'start'] : ['open', '-a', app] }] }
}

const letUse = async (around: CheckDependencies): Promise<Repair | undefined> => {
  const { steps, newGroup } = await membership(around, true)
  return newGroup === undefined ? undefined : { title: "let you use Docker's socket", steps, newGroup }
}
