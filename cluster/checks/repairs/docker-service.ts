import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import type { CheckDependencies } from '../check.ts'
import type { RepairStep } from '../repair.ts'

const hasSystemd = ({ proc = '/proc' }: Pick<CheckDependencies, 'proc'>): boolean =>
  existsSync(join(proc, '..', 'run', 'systemd', 'system'))

/** Containers, WSL without its setting, and old systems have no systemd. */
export const startDaemon = (dependencies: Pick<CheckDependencies, 'proc'>, unit = 'docker'): RepairStep => ({
  command: hasSystemd(dependencies) ? ['systemctl', 'enable', '--now', unit] : ['service', unit, 'start'],
  asRoot: true,
})

/** What shows why the daemon does not run. */
export const daemonLog = (dependencies: Pick<CheckDependencies, 'proc'>): readonly [string, ...string[]] =>
  hasSystemd(dependencies)
    ? ['journalctl', '--unit', 'docker', '--lines', '5', '--no-pager', '--output', 'cat']
    : ['tail', '-n', '5', '/var/log/docker.log']

type Membership = { readonly steps: readonly RepairStep[]; readonly newGroup?: string }

/** Lets the user of this process use Docker's socket. Root needs nothing. `made`: the installation makes the group. */
export const membership = async (dependencies: CheckDependencies, made = false): Promise<Membership> => {
  const { env, etc = '/etc', groups = process.getgroups?.() ?? [] } = dependencies
  const user = env['USER'] || env['LOGNAME'] || ''
  if (user === '' || user === 'root') return { steps: [] }
  const text = await readFile(join(etc, 'group'), 'utf8').catch(() => '')
  const [, gid, members] = /^docker:[^:]*:(\d+):(.*)$/m.exec(text) ?? []
  if (gid === undefined && !made) return { steps: [] }
  if (groups.includes(Number(gid))) return { steps: [] }
  const isMember = members?.split(',').includes(user) ?? false
  return {
    steps: isMember ? [] : [{ command: ['usermod', '-aG', 'docker', user], asRoot: true }],
    newGroup: 'docker',
  }
}
