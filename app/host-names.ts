import type { Plan } from '../core/plan.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { Context } from '../core/step.ts'
import { askForElevation, isElevationGranted, needsElevation } from '../hosts/elevate.ts'
import { selectHosts } from '../hosts/names.ts'
import { tlsId } from '../services/tls/head.ts'
import type { Environment } from './environment.ts'

/** Asks for sudo where names must be written and that needs it: now, after saying so, and never during the walk. */
export const askAboutHosts = async (
  plan: Plan,
  { config, hostNames, run }: Environment,
  { interactive, err, colour }: Terminal,
): Promise<void> => {
  const planned = plan.find(({ step }) => step.id === 'hosts')
  if (!planned || planned.action === 'none' || !interactive) return
  const { write } = selectHosts([...hostNames], config.hosts.extra)
  if (write.length === 0 || !(await needsElevation(config.hosts.file)) || (await isElevationGranted(run))) return
  err(
    `${colour.cyan('?')} ${write.length} names are to lead to this machine (${write.slice(0, 3).join(', ')}${write.length > 3 ? ', …' : ''}).`,
  )
  err(
    `  ${config.hosts.file} belongs to the system: sudo may ask for your password. Without it everything else still works.`,
  )
  await askForElevation(run)
}

/** Adds the names that only the running cluster could tell, without a question: to the hosts file, and to the certificate. */
export const writeLaterHosts = async (
  { steps, hostNames }: Environment,
  found: readonly string[],
  ctx: Context,
): Promise<void> => {
  const more = found.filter((host) => !hostNames.has(host))
  for (const host of more) hostNames.add(host)
  if (more.length === 0) return
  for (const step of steps.filter(({ id }) => id === 'hosts' || id === tlsId))
    if ((await step.status(ctx)).state !== 'ready') await step.up(ctx)
}
