import { lastLine } from '../../core/print/one-line.ts'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import { showPlace } from '../../core/problem.ts'
import { CommandError, type Run } from '../../core/run.ts'
import { poll, waitFor } from '../../core/wait.ts'
import type { Container, Engine } from '../engine/engine.ts'
import { portHolder } from '../ports/port-holder.ts'
import type { Parts } from '../parts.ts'
import { headOf } from './ask.ts'
import { takeUsageLease } from './usage-leases.ts'
import { storageFolder } from './local.ts'
import { withRegistry } from './lock.ts'
import { registryLabel } from './names.ts'
import type { RegistryContainer, Served } from './served.ts'

export const registryImage = 'registry:3'
/** In the container itself, for its owner alone: it may hold credentials, and is gone with the container. */
const configFile = '/etc/kindup-registry.yml'
/** The image's entry point takes the path of a configuration in versions 2 and 3. It is given one once the container runs. */
const serve = `until test -s ${configFile}; do sleep 0.1; done; exec /entrypoint.sh ${configFile}`
/** Written beside and renamed: nobody starts with half of it. */
const takeConfig = `umask 077 && cat >${configFile}.new && mv ${configFile}.new ${configFile}`
const network = 'kind'
/** A mirror asks its upstream before it answers anybody; one that cannot be reached is waited for a little. */
const answersMs = 10_000
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']

export type Dependencies = {
  readonly engine: Engine
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  report(line: string): void
}

/**
 * Until the usage lease is taken and the registry serves. Throws `registry-image`, `container-taken`, `volume-taken`, `port-taken`,
 * and what it says where it gives up.
 */
export const ensureServed = async (
  served: Served,
  { config, paths }: Pick<Parts, 'config' | 'paths'>,
  dependencies: Dependencies,
): Promise<void> => {
  const { engine, signal } = dependencies
  const { container, isOwn, keep } = served
  // A pull may take minutes: others need not wait for it.
  await ensureRegistryImage(dependencies)
  const takeAndServe = async (): Promise<boolean> => {
    // First: a registry that nobody wants is taken away by whoever comes along.
    await takeUsageLease(engine, { container: container.name, cluster: config.name, keep })
    return ensureContainer(served, config.name, dependencies)
  }
  const isNew = isOwn
    ? await ensureContainer(served, config.name, dependencies)
    : await withRegistry(container.name, paths, signal, takeAndServe)
  if (isNew) await answers(served, config.name, dependencies)
}

/** Puts the image of all registries into the engine. Throws `registry-image`. */
export const ensureRegistryImage = async ({ engine, signal, report }: Dependencies): Promise<void> => {
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
 * one that is otherwise is made again. Answers whether it was. Throws `container-taken`, `volume-taken`, `port-taken`.
 */
const ensureContainer = async (served: Served, cluster: string, dependencies: Dependencies): Promise<boolean> => {
  const { engine, signal, report } = dependencies
  const { container } = served
  const found = await ownContainer(container, engine)
  if (found && (await troubleOf(container, engine, cluster, found)) === undefined) return false
  report(`starting ${container.name}`)
  if (found) await engine.removeContainers([container.name])
  await engine.createVolume(container.volume, container.labels)
  await start(served, dependencies)
  await engine.exec(container.name, ['/bin/sh', '-c', takeConfig], { input: container.config, signal })
  return true
}

/** What keeps the container from serving, in a clause; undefined when it does. Throws `container-taken`. */
export const troubleOf = async (
  container: RegistryContainer,
  engine: Engine,
  cluster: string,
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
  const [config, answers] = await Promise.all([told(container, engine), isAnswering(container, engine, cluster)])
  if (config !== undefined && config !== container.config) return `the container ${name} has another configuration`
  return answers ? undefined : `the container ${name} does not answer`
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

/** What it was told, undefined where it was told nothing yet or is ending. By the shell alone: more may not be in its image. */
const told = async ({ name }: RegistryContainer, engine: Engine): Promise<string | undefined> => {
  const read = `while IFS= read -r line; do printf '%s\\n' "$line"; done <${configFile}`
  const { stdout } = await engine.exec(name, ['/bin/sh', '-c', read]).catch((error: unknown) => {
    if (error instanceof CommandError && error.code === 'command-failed') return error
    throw error
  })
  return stdout === '' ? undefined : stdout
}

/** One that cannot be asked yet, for want of nodes, is asked by the next who comes. */
const isAnswering = async (container: RegistryContainer, engine: Engine, cluster: string): Promise<boolean> => {
  const head = await headOf({ engine, cluster, container, path: '/v2/' })
  return head === 'no way' || (head !== 'no answer' && head.status === 200)
}

const start = async (served: Served, { engine, run, env, signal }: Dependencies): Promise<void> => {
  const { name, volume, labels, alias, port, hostPort, goesOut } = served.container
  try {
    await engine.runContainer(
      {
        name,
        image: registryImage,
        labels,
        volume: { name: volume, path: storageFolder },
        command: ['/bin/sh', '-c', serve],
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
    if (!(error instanceof CommandError)) throw error
    if (/["'`]\/bin\/sh["'`].*(?:no such file|not found)/i.test(error.stderr)) throw withoutShell(engine, error)
    if (hostPort === undefined) throw error
    if (!/port is already allocated|address already in use|ports are not available|proxy: listen/i.test(error.stderr))
      throw error
    const holder = await portHolder(
      { address: '127.0.0.1', hostPort, nodePort: port, protocol: 'tcp' },
      { run, proc: '/proc', engine, signal },
    )
    throw portTaken(served, hostPort, holder, error)
  }
}

/** It waits for its configuration by a shell. */
const withoutShell = (engine: Engine, cause: CommandError): EnvironmentError =>
  new EnvironmentError(
    'registry-image',
    `The image ${registryImage} of ${engine.name} has no /bin/sh and is not the official one: kindup starts registries by a shell.`,
    {
      hints: [
        `${engine.command} rmi ${registryImage} && ${engine.command} pull ${registryImage}   # the official one`,
        `Or bring it from elsewhere: ${engine.command} tag REGISTRY/registry:3 ${registryImage}`,
      ],
      cause,
    },
  )

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

/** Until it answers. Ends at once where it says why it cannot. Throws `wait-failed`, `timed-out`. */
const answers = async (
  { container }: Served,
  cluster: string,
  { engine, signal, report }: Dependencies,
): Promise<void> => {
  const { name } = container
  const probe = async () => {
    const found = await engine.container(name)
    if (!found) return { failed: `there is no container ${name}` }
    if (found.running && (await isAnswering(container, engine, cluster))) return { done: undefined }
    const said = complaintIn(await engine.logs(name, 60).catch(messageOf))
    return said === undefined ? { waiting: `${name} does not answer` } : { failed: said }
  }
  await waitFor(`The container ${name}`, poll(probe, 200), { timeoutMs: answersMs, fixed: true, signal, report })
}

/** What a registry that gives up says last: version 2 panics, version 3 tells of a fatal error. */
export const complaintIn = (log: string): string | undefined => {
  const said = log
    .split('\n')
    .flatMap((line) => /^panic: (.+)$|level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(line)?.slice(1) ?? [])
  return said.findLast((words) => words !== undefined)?.replaceAll(String.raw`\"`, '"')
}
