import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Trouble } from '../../engine/unreachable.ts'
import type { Surroundings } from '../check.ts'
import type { Repair, RepairStep } from '../repair.ts'

/** What gets an engine to answer: installs Docker where none is there, starts one that is stopped. Undefined where that is not known. */
export const engineRepair = async (troubles: readonly Trouble[], around: Surroundings): Promise<Repair | undefined> => {
  const installed = troubles.filter(({ kind }) => kind !== 'missing')
  if (troubles.length > 0 && installed.length === 0) return installDocker(around)
  const stopped = installed.find(({ kind }) => kind === 'stopped')
  const forbidden = installed.find(({ kind, engine }) => kind === 'forbidden' && engine === 'docker')
  if (stopped) return start(stopped.engine, around)
  return forbidden && around.platform === 'linux' ? letUse(around) : undefined
}

const installDocker = async (around: Surroundings): Promise<Repair | undefined> => {
  if (around.platform === 'darwin')
    return {
      title: 'install Docker and Colima with brew, and start it',
      steps: [{ command: ['brew', 'install', 'docker', 'colima'] }, { command: ['colima', 'start'] }],
    }
  if (around.platform !== 'linux') return undefined
  const family = await familyOf(around)
  const install = family && packages[family]
  if (!install) return undefined
  return {
    title: `install Docker with ${family === 'fedora' ? 'dnf' : 'apt-get'}, and start it`,
    steps: [...install, startDaemon(around), ...membership(around)],
    ...(membership(around).length > 0 ? { afterwards: newGroup } : {}),
  }
}

type Family = 'debian' | 'fedora'

const packages: Readonly<Record<Family, readonly RepairStep[]>> = {
  debian: [
    { command: ['apt-get', 'update'], asRoot: true },
    { command: ['apt-get', 'install', '--yes', 'docker.io'], asRoot: true },
  ],
  // The program was a package of its own from some release on: asked for by its path, both ways are right.
  fedora: [{ command: ['dnf', 'install', '--assumeyes', 'moby-engine', '/usr/bin/docker'], asRoot: true }],
}

/** Debian and Ubuntu, Fedora, and what says it is like them; others name their packages otherwise. */
const familyOf = async ({ etc = '/etc' }: Surroundings): Promise<Family | undefined> => {
  const text = await readFile(join(etc, 'os-release'), 'utf8').catch(() => '')
  const value = (key: string): string => new RegExp(`^${key}=["']?([^"'\n]*)`, 'm').exec(text)?.[1] ?? ''
  const ids = [value('ID'), ...value('ID_LIKE').split(' ')]
  if (ids.includes('debian') || ids.includes('ubuntu')) return 'debian'
  return value('ID') === 'fedora' ? 'fedora' : undefined
}

const start = (engine: Trouble['engine'], around: Surroundings): Repair | undefined => {
  const title = `start ${engine}`
  // An address that somebody set is not ours to start.
  if (around.env['DOCKER_HOST'] || around.env['CONTAINER_HOST']) return undefined
  if (around.platform === 'linux') {
    if (engine === 'docker') return { title, steps: [startDaemon(around)] }
    return engine === 'nerdctl' ? { title, steps: [startDaemon(around, 'containerd')] } : undefined
  }
  if (engine === 'podman') return { title, steps: [{ command: ['podman', 'machine', 'start'] }] }
  if (around.platform !== 'darwin' || engine !== 'docker') return undefined
  const app = ['Docker', 'OrbStack', 'Rancher Desktop'].find((name) => existsSync(`/Applications/${name}.app`))
  return { title, steps: [{ command: app === undefined ? ['colima', 'start'] : ['open', '-a', app] }] }
}

/** Containers and old systems have no systemd. */
const startDaemon = ({ proc = '/proc' }: Surroundings, unit = 'docker'): RepairStep => ({
  command: existsSync(join(proc, '..', 'run', 'systemd', 'system'))
    ? ['systemctl', 'enable', '--now', unit]
    : ['service', unit, 'start'],
  asRoot: true,
})

const newGroup = 'Log out and in again (or: newgrp docker), so that you are in the group docker.'

const membership = ({ env }: Surroundings): readonly RepairStep[] => {
  const user = env['USER'] ?? ''
  return user === '' || user === 'root' ? [] : [{ command: ['usermod', '-aG', 'docker', user], asRoot: true }]
}

const letUse = (around: Surroundings): Repair | undefined => {
  const steps = membership(around)
  return steps.length > 0 ? { title: "let you use Docker's socket", steps, afterwards: newGroup } : undefined
}
