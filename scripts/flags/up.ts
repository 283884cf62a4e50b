import type { UpFlags } from '../up.ts'
import { age, command, junitOption, withConfirm, withPlanFlags, withReport, type CommandFile } from './flags.ts'

export const up: CommandFile = (app, end) =>
  withReport(
    withConfirm(withPlanFlags(command('up', 'make the environment of the file so, and print where everything is'))),
  )
    .option('-w, --watch', 'stay, and carry out each save of what the file is made from', false)
    .option('--ttl <time>', 'how long the cluster is wanted, such as 2h; `kindup prune` removes it after that', age)
    .option('--snapshot <file>', 'start a new cluster from what `kindup snapshot save --file` wrote')
    .option('--bundle <file>', 'take what `kindup bundle save` wrote before the network is asked')
    .option('--trace <file>', 'write when each step ran there, for Perfetto or chrome://tracing')
    .option('--no-reset', 'keep no state for `kindup reset` (KINDUP_RESET=off: never)')
    .option(
      '--dotenv <file>',
      'write name, context, kubeconfig and endpoints there, as KEY=value lines, for later jobs',
    )
    .option(...junitOption)
    .action(async (given: UpFlags) => (await import('../up.ts')).up(app, given, end))
