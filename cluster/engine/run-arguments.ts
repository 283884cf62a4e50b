import type { Dialect } from './dialects.ts'
import type { ContainerRequest } from './engine.ts'

type Once = Pick<ContainerRequest, 'image' | 'labels' | 'volume' | 'command'>
type Engine = Pick<Dialect, 'reference' | 'aliases'>

/** What follows `run` for a container that goes on by itself. */
export const runArguments = (request: ContainerRequest, engine: Engine): readonly string[] => {
  const { name, image, network, alias, publish, env = {}, passEnv = [], command } = request
  return [
    '--detach',
    '--name',
    name,
    // A machine that was started again has it back, as it has the nodes.
    '--restart',
    'unless-stopped',
    ...common(request),
    ...(network === undefined ? [] : ['--network', network]),
    ...(network === undefined || alias === undefined || !engine.aliases ? [] : ['--network-alias', alias]),
    ...(publish ? ['--publish', `127.0.0.1:${publish.hostPort}:${publish.containerPort}`] : []),
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...passEnv.flatMap((key) => ['--env', key]),
    engine.reference(image),
    ...command,
  ]
}

/** What follows `run` for a command that ends. It takes the place of the image's own. */
export const runOnceArguments = (request: Once, engine: Engine): readonly string[] => {
  const [program = '', ...words] = request.command
  return [
    '--rm',
    '--interactive',
    ...common(request),
    '--entrypoint',
    program,
    engine.reference(request.image),
    ...words,
  ]
}

const common = ({ labels, volume }: Once): readonly string[] => [
  ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
  '--volume',
  `${volume.name}:${volume.path}`,
]
