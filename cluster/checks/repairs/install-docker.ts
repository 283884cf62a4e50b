import { readFile } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { isOnPath } from '../../tools/on-path.ts'
import type { CheckDependencies } from '../check.ts'
import type { Repair } from '../repair.ts'
import { membership, startDaemon } from './docker-service.ts'

/** Installs Docker with the system's own packages, and starts it. Undefined where nobody knows how. */
export const installDocker = async (dependencies: CheckDependencies): Promise<Repair | undefined> => {
  if (dependencies.platform === 'darwin') return (await isOnPath('brew', dependencies.env)) ? withHomebrew() : undefined
  const commands = dependencies.platform === 'linux' ? packages[await familyOf(dependencies)] : undefined
  if (!commands) return undefined
  const { steps, newGroup } = await membership(dependencies, true)
  return {
    title: `install Docker with ${commands[0]?.[0]}, and start it`,
    steps: [...commands.map((command) => ({ command, asRoot: true })), startDaemon(dependencies), ...steps],
    ...(newGroup === undefined ? {} : { newGroup }),
  }
}

type Commands = readonly (readonly [string, ...string[]])[]

/** By the ID of os-release. */
const packages: Readonly<Record<string, Commands>> = {
  // Debian has the program and BuildKit as packages of their own, which Docker's recommends; slim images leave those out.
  debian: [
    ['apt-get', 'update'],
    ['apt-get', 'install', '--yes', '--install-recommends', 'docker.io'],
  ],
  // The program was a package of its own from some release on: asked for by its path, both ways are right.
  fedora: [['dnf', 'install', '--assumeyes', 'moby-engine', '/usr/bin/docker']],
  arch: [['pacman', '--sync', '--needed', '--noconfirm', 'docker']],
  suse: [['zypper', '--non-interactive', 'install', 'docker']],
}

/** What names its packages as one of these does. What is only like Fedora (RHEL and its kin) has no Docker in its own. */
const familyOf = async ({ etc = '/etc' }: CheckDependencies): Promise<string> => {
  const text = await readFile(join(etc, 'os-release'), 'utf8').catch(() => '')
  const value = (key: string): string => new RegExp(`^${key}=["']?([^"'\n]*)`, 'm').exec(text)?.[1] ?? ''
  const ids = [value('ID'), ...value('ID_LIKE').split(' ')].map((id) => (id === 'ubuntu' ? 'debian' : id))
  return ['debian', 'arch', 'suse'].find((family) => ids.includes(family)) ?? value('ID')
}

/** Half of the machine: the two CPUs and 2 GiB that Colima takes on its own are too small for three nodes with Argo CD. */
const withHomebrew = (): Repair => {
  const cpus = Math.max(2, Math.floor(availableParallelism() / 2))
  const gigabytes = Math.max(2, Math.min(8, Math.floor(totalmem() / 2 ** 31)))
  return {
    title: 'install Docker and Colima with brew, and start it',
    steps: [
      { command: ['brew', 'install', 'docker', 'colima'] },
      { command: ['colima', 'start', '--cpu', String(cpus), '--memory', String(gigabytes)] },
    ],
  }
}
