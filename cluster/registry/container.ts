import { createHash } from 'node:crypto'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import { showPlace } from '../../core/problem.ts'
import { CommandError, type Run } from '../../core/run.ts'
import { poll, waitFor } from '../../core/wait.ts'
import type { Container, Engine } from '../engine/engine.ts'
import { portHolder } from '../checks/port-holder.ts'
import { storageFolder } from './local.ts'
import { registryLabel } from './names.ts'
import type { RegistryContainer, Served } from './served.ts'

/** Its entry point takes the path of a configuration in versions 2 and 3. */
export const registryImage = 'registry:3'
const configFile = `${storageFolder}/kindup.yml`
const network = 'kind'
/** A mirror asks its upstream before it answers anybody; one that cannot be reached is waited for a little. */
const answersMs = 20_000
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']

export type Around = {
  readonly engine: Engine
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  report(line: string): void
}

/** Puts the image of all registries into the engine. Throws `registry-image`. */
export const ensureRegistryImage = async ({ engine, signal, report }: Around): Promise<void> => {
  if (await engine.image(registryImage)) return
  report(`pulling ${registryImage}`)
  try {
    await engine.pull(registryImage, { signal })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof EnvironmentError)) throw error
    const why = error instanceof CommandError ? lastLine(error.stderr) : ''
    throw new EnvironmentError(
      'registry-image',
      `${engine.name} does not hold the image ${registryImage}, and it could not be pulled${why === '' ? '' : `: ${why}`}.`,
      {
        hints: [
          `${engine.command} pull ${registryImage}`,
          `Or bring it from elsewhere: ${engine.command} tag REGISTRY/registry:3 ${registryImage}`,
        ],
        cause: error,
      },
    )
  }
}

/**
 * Makes the container run as it should, on the network of the nodes where that is there. What it holds is in its volume:
 * one that is otherwise is made anew. Throws `container-taken`, `volume-taken`, `port-taken`, `registry-silent`.
 */
export const ensureContainer = async (served: Served, around: Around): Promise<void> => {
  const { engine, signal, report } = around
  const { container } = served
  const found = await ownContainer(container, engine)
  if (found && (await troubleOf(container, engine, found)) === undefined) return
  await ensureRegistryImage(around)
  report(`starting ${container.name}`)
  if (found) await engine.removeContainers([container.name])
  await engine.createVolume(container.volume, container.labels)
  const volume = { name: container.volume, path: storageFolder }
  const { labels, config } = container
  await engine.runOnce(
    // Written beside and renamed: nobody starts with half of it.
    {
      image: registryImage,
      labels,
      volume,
      command: ['/bin/sh', '-c', `umask 077 && cat >${configFile}.new && mv ${configFile}.new ${configFile}`],
    },
    { input: config, signal },
  )
  await start(served, around)
  await answers(container, around)
}

/** What keeps the container from serving, in a clause; undefined when it does. Throws `container-taken`. */
export const troubleOf = async (
  container: RegistryContainer,
  engine: Engine,
  known?: Container,
): Promise<string | undefined> => {
  const { name, port, hostPort } = container
  const found = known ?? (await ownContainer(container, engine))
  if (!found) return `there is no container ${name}`
  if (!found.running) return `the container ${name} is stopped`
  if (
    hostPort !== undefined &&
    !found.ports.some((bound) => bound.hostPort === hostPort && bound.containerPort === port)
  )
    return `the container ${name} has no port ${hostPort}`
  if (found.networks && !found.networks.includes(network) && (await engine.hasNetwork(network)))
    return `the container ${name} is not on the network of the nodes`
  const says = await ask(container, engine)
  if (says.config !== hashOf(container.config)) return `the container ${name} has another configuration`
  return says.answers ? undefined : `the container ${name} does not answer`
}

/** The container of that name. Throws `container-taken` when it is somebody else's. */
const ownContainer = async ({ name, labels }: RegistryContainer, engine: Engine): Promise<Container | undefined> => {
  const found = await engine.container(name)
  if (!found || Object.entries(labels).every(([key, value]) => found.labels[key] === value)) return found
  throw new EnvironmentError(
    'container-taken',
    found.labels[registryLabel] === undefined
      ? `${engine.name} has a container ${name} that kindup did not make.`
      : `The container ${name} serves something else.`,
    { hints: [`${engine.command} inspect ${name}`, `${engine.command} rm --force ${name}   # if it is to go`] },
  )
}

/** What is in it may be secret: it tells a hash. */
const ask = async (
  { name, port }: RegistryContainer,
  engine: Engine,
): Promise<{ config: string; answers: boolean }> => {
  const look = `sha256sum <${configFile}; wget -q -T 5 -Y off -O /dev/null http://127.0.0.1:${port}/v2/ && echo answers`
  const { stdout } = await engine.exec(name, ['/bin/sh', '-c', look], { okCodes: [0, 1, 4, 126, 127, 128, 255] })
  return { config: /^[0-9a-f]{64}/.exec(stdout)?.[0] ?? '', answers: /^answers$/m.test(stdout) }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const start = async (served: Served, { engine, run, env, signal }: Around): Promise<void> => {
  const { name, volume, labels, alias, port, hostPort, goesOut } = served.container
  try {
    await engine.runContainer(
      {
        name,
        image: registryImage,
        labels,
        volume: { name: volume, path: storageFolder },
        command: [configFile],
        ...((await engine.hasNetwork(network)) ? { network } : {}),
        ...(alias === undefined ? {} : { alias }),
        ...(hostPort === undefined ? {} : { publish: { hostPort, containerPort: port } }),
        // Version 3 sends traces to a collector on localhost unless it is told not to.
        env: { OTEL_TRACES_EXPORTER: 'none' },
        passEnv: goesOut ? proxies.flatMap((key) => [key, key.toLowerCase()]).filter((key) => env[key]) : [],
      },
      { signal },
    )
  } catch (error) {
    // A port that is taken is found only after the container is made.
    await engine.removeContainers([name]).catch(() => undefined)
    if (!(error instanceof CommandError) || hostPort === undefined) throw error
    if (!/port is already allocated|address already in use|ports are not available|proxy: listen/i.test(error.stderr))
      throw error
    const holder = await portHolder(
      { address: '127.0.0.1', hostPort, nodePort: port, protocol: 'tcp' },
      { run, proc: '/proc', engine, signal },
    )
    throw portTaken(served, hostPort, holder, error)
  }
}

/** Another number is no way out by itself: it stands in the names of images. */
export const portTaken = (
  served: Pick<Served, 'what' | 'at'>,
  port: number,
  holder: string | undefined,
  cause?: unknown,
): EnvironmentError =>
  new EnvironmentError(
    'port-taken',
    `127.0.0.1:${port}, which ${served.what} is to have (${showPlace(served.at)}), is taken by ${holder ?? `another program (sudo lsof -nP -i :${port} tells which)`}.`,
    {
      hints: [`Stop it, or choose another port, and name images by it: cluster: { registry: { port: ${port + 1} } }`],
      cause,
    },
  )

const answers = async (container: RegistryContainer, { engine, signal }: Around): Promise<void> => {
  const { name } = container
  const look = async () => {
    const found = await engine.container(name)
    if (!found) return { failed: `the container ${name} is gone` }
    if (found.running && (await ask(container, engine)).answers) return { done: undefined }
    const said = lastLine(await engine.logs(name, 20).catch(messageOf))
    return { waiting: said === '' ? 'it does not answer' : said }
  }
  await waitFor(`The container ${name}`, poll(look, 300), { timeoutMs: answersMs, signal })
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? ''
