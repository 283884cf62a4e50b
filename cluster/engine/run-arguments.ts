import type { Dialect } from './dialects.ts'
import type { ContainerRequest } from './engine.ts'

/** What follows `run` for a container that goes on by itself. */
export const runArguments = (
  request: ContainerRequest,
  engine: Pick<Dialect, 'reference' | 'aliases'>,
): readonly string[] => {
  const { name, image, labels, volume, network, alias, publish, env = {}, passEnv = [], command } = request
  const { capabilities = [], sysctls = {}, stopSignal } = request
  const [program, ...words] = command
  return [
    '--detach',
    '--name',
    name,
    // A machine that was started again has it back, as it has the nodes.
    '--restart',
    'unless-stopped',
    ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    ...(volume ? ['--volume', `${volume.name}:${volume.path}`] : []),
    ...(network === undefined ? [] : ['--network', network]),
    ...(network === undefined || alias === undefined || !engine.aliases ? [] : ['--network-alias', alias]),
    ...(publish ? ['--publish', published(publish)] : []),
    ...capabilities.flatMap((capability) => ['--cap-add', capability]),
    ...Object.entries(sysctls).flatMap(([key, value]) => ['--sysctl', `${key}=${value}`]),
    ...(stopSignal === undefined ? [] : ['--stop-signal', stopSignal]),
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...passEnv.flatMap((key) => ['--env', key]),
    '--entrypoint',
    program,
    engine.reference(image),
    ...words,
  ]
}

/** `127.0.0.1:8080:80`, `[::1]:53:53/udp`, `127.0.0.1::80` for any free port. */
const published = ({
  address = '127.0.0.1',
  hostPort,
  containerPort,
  protocol = 'tcp',
}: NonNullable<ContainerRequest['publish']>): string =>
  `${address.includes(':') ? `[${address}]` : address}:${hostPort || ''}:${containerPort}${protocol === 'tcp' ? '' : `/${protocol}`}`
