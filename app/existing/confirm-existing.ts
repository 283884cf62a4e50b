import type { MadeCluster } from '../../cluster/made-cluster.ts'
import type { Config } from '../../config/config.ts'
import { usageError } from '../../core/errors.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import type { App, CommonFlags } from '../app.ts'

/** Asks whether the existing cluster of a file may be changed, where it is one. Throws as `confirmContext` does. */
export const confirmExisting = async (
  app: App,
  flags: Pick<CommonFlags, 'yes' | 'confirm'>,
  terminal: Terminal,
  { config, cluster }: { readonly config: Config; readonly cluster: Pick<MadeCluster, 'access'> },
): Promise<void> => {
  const { context } = config.cluster
  if (context === undefined) return refuseConfirm(flags, config.name)
  const { confirmContext } = await import('./confirm-context.ts')
  await confirmContext({ app, flags, terminal, name: config.name, context, access: cluster.access })
}

const refuseConfirm = ({ confirm }: Pick<CommonFlags, 'confirm'>, name: string): void => {
  if (confirm !== undefined)
    throw usageError(
      `--confirm ${confirm} names an existing cluster, and the file makes ${name} itself.`,
      'Leave --confirm away; or name the context in the file: cluster: { context: NAME }',
    )
}
