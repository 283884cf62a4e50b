import type { Dialect } from './dialects.ts'
import type { ContainerRequest } from './engine.ts'

/** What follows `run` for a container that goes on by itself. */
export const runArguments = (
  request: ContainerRequest,
  engine: Pick<Dialect, 'reference' | 'aliases'>,
): readonly string[] => {
  const { name, image, labels, volume, network, alias, publish, env = {}, passEnv = [], command } = request
  const [program, ...words] = command
  return [
    '--detach',
    '--name',
    name,
    // A machine that was started again has it back, as it has the nodes.
    '--restart',
    'unless-stopped',
    ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    '--volume',
    `${volume.name}:${volume.path}`,
    ...(network === undefined ? [] : ['--network', network]),
    ...(network === undefined || alias === undefined || !engine.aliases ? [] : ['--network-alias', alias]),
    ...(publish ? ['--publish', `127.0.0.1:${publish.hostPort}:${publish.containerPort}`] : []),
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...passEnv.flatMap((key) => ['--env', key]),
    '--entrypoint',
    program,
    engine.reference(image),
    ...words,
  ]
}
