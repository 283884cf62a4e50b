import { EnvironmentError } from '../../core/errors.ts'
import { jsonFrom } from '../../core/program-output.ts'
import { CommandError, type Run, type RunResult } from '../../core/run.ts'
import { buildArguments } from './build-arguments.ts'
import type { Dialect } from './dialects.ts'
import type { BuildRequest, Engine } from './engine.ts'
import { hasLabel, makeContainerIds } from './container-ids.ts'
import { containerFrom, imageFrom, inspected, volumeFrom } from './inspected.ts'
import { lending } from './lend-names.ts'
import { notKilled } from './not-killed.ts'
import { runArguments } from './run-arguments.ts'
import { standInFor } from './stand-in.ts'
import { makeTells } from './tells.ts'

const pullMs = 15 * 60_000
const buildMs = 30 * 60_000
const pushMs = 15 * 60_000

/** An engine driven through its own program, so that contexts, hosts and logins are what the user set up. */
export const makeEngine = (
  dialect: Dialect,
  run: Run,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Engine => {
  const { name, command, reference } = dialect
  const isMissing = ({ stderr }: RunResult): boolean => onlyMissing(stderr, dialect.missing)

  /** Runs it where "there is none" is an answer: undefined. */
  const orMissing = async (args: readonly string[]): Promise<RunResult | undefined> => {
    const result = await run(command, args, { okCodes: [0, 1, 125] })
    if (result.code === 0) return result
    if (isMissing(result)) return undefined
    // Again as a plain call: its failure has the words of the runner.
    return run(command, args)
  }
  const lines = async (args: readonly string[]): Promise<string[]> =>
    (await run(command, args)).stdout.split('\n').filter((line) => line.trim() !== '')

  /** The named objects, without those that went in between. */
  const inspect = async (kind: readonly string[], names: readonly string[]) => {
    if (names.length === 0) return []
    const args = [...kind, 'inspect', ...names]
    const result = await run(command, args, { okCodes: [0, 1, 125] })
    if (result.code !== 0 && !isMissing(result)) await run(command, args)
    // Of some engines that is what nothing found looks like.
    if (result.code !== 0 && result.stdout.trim() === '') return []
    return inspected(jsonFrom(`${command} ${args.join(' ')}`, result.stdout))
  }

  const idsWith = makeContainerIds(dialect, lines)
  const { reach, info } = makeTells(dialect, run, env)
  const inspectImage = async (ref: string) => (await inspect(['image'], [reference(ref)])).map(imageFrom)[0]
  const imageOf: Engine['image'] = async (ref) => {
    const found = await inspectImage(ref)
    const standIn = found ? undefined : standInFor(ref)
    const other = standIn === undefined ? undefined : await inspectImage(standIn)
    return other && standIn !== undefined ? { ...other, standIn } : found
  }
  const tag: Engine['tag'] = async (ref, as) => {
    await run(command, ['tag', reference(ref), reference(as)])
  }
  /** Docker before 23 has it and does not use it unless told. */
  const needsBuildKit = async ({ secrets = [], ssh = false }: BuildRequest): Promise<Record<string, string>> =>
    name === 'docker' && (secrets.length > 0 || ssh) && (await info()).buildContexts !== true
      ? { DOCKER_BUILDKIT: '1' }
      : {}
  const lend = lending({
    idOf: async (ref) => (await imageOf(ref))?.id,
    tag,
    untag: async (ref) => {
      await orMissing(['rmi', '--force', reference(ref)])
    },
  })
  const volume: Engine['volume'] = async (volumeName) => (await inspect(['volume'], [volumeName])).map(volumeFrom)[0]

  return {
    name,
    command,
    aliases: dialect.aliases,

    reach,
    info,

    volume,
    volumes: async (label) => {
      const filter = label === undefined ? [] : ['--filter', `label=${label}`]
      return (await inspect(['volume'], await lines(['volume', 'ls', '--quiet', ...filter]))).map(volumeFrom)
    },
    createVolume: async (volumeName, labels) => {
      const flags = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`])
      const created = await run(command, ['volume', 'create', ...flags, volumeName], { okCodes: [0, 1, 125] })
      if (created.code !== 0 && !/already exists|already in use/i.test(created.stderr))
        await run(command, ['volume', 'create', ...flags, volumeName])
      // docker answers as if it had made one that was there: only its labels tell.
      const found = await volume(volumeName)
      if (!found || Object.entries(labels).some(([key, value]) => found.labels[key] !== value))
        throw new EnvironmentError(
          'volume-taken',
          `${name} already has a volume ${volumeName}, and it says something else.`,
          {
            hints: [`${command} volume inspect ${volumeName}`],
          },
        )
    },
    removeVolume: async (volumeName) => {
      await orMissing(['volume', 'rm', volumeName])
    },

    containers: async (label) =>
      (await inspect(['container'], await idsWith(label)))
        .map(containerFrom)
        .filter(({ labels }) => hasLabel(labels, label)),
    container: async (container) => (await inspect(['container'], [container])).map(containerFrom)[0],
    containerNames: (label) => lines(['ps', '--all', '--filter', `label=${label}`, '--format', '{{.Names}}']),
    startContainers: async (names, call) => {
      for (const container of names)
        try {
          await run(command, ['start', container], call)
        } catch (error) {
          if (!(error instanceof CommandError) || !/\bpaused?\b/i.test(error.stderr)) throw error
          await run(command, ['unpause', container], call)
        }
    },
    pauseContainers: async (names, call) => {
      if (names.length > 0) await run(command, ['pause', ...names], call)
    },
    runContainer: async (request, call) => {
      await run(command, ['run', ...runArguments(request, dialect)], call)
    },
    removeContainers: async (names) => {
      if (names.length === 0) return
      try {
        await orMissing(['rm', '--force', '--volumes', ...names])
      } catch (error) {
        throw notKilled(error, name)
      }
    },
    networks: (label) => lines(['network', 'ls', '--filter', `label=${label}`, '--format', '{{.Name}}']),
    hasNetwork: async (network) =>
      (await lines(['network', 'ls', '--format', '{{.Name}}'])).some((line) => line.trim() === network),
    removeNetwork: async (network) => {
      await orMissing(['network', 'rm', network])
    },

    exec: (container, words, { input, ...call } = {}) =>
      run(command, ['exec', ...(input === undefined ? [] : ['--interactive']), container, ...words], {
        ...call,
        ...(input === undefined ? {} : { input }),
      }).catch((error: unknown) => {
        throw error instanceof CommandError ? notBegun(error) : error
      }),
    execCommand: (container, words) => [command, 'exec', '--interactive', container, ...words],
    logs: async (container, count) => {
      const { stdout, stderr } = await run(command, ['logs', '--tail', String(count), container], {
        okCodes: [0, 1, 125],
      })
      return `${stdout}${stderr}`
    },

    image: imageOf,
    imagesWith: async (label) => {
      const filter = label === undefined ? [] : ['--filter', `label=${label}`]
      return (await lines(['images', ...filter, '--format', '{{.Repository}}:{{.Tag}}\t{{.ID}}'])).map((line) => {
        const [ref = '', id = ''] = line.split('\t')
        return ref.includes('<none>') ? id : ref
      })
    },
    removeImage: async (ref) => {
      await orMissing(['rmi', ref])
    },
    pull: async (ref, call) => {
      await run(command, ['pull', reference(ref)], { timeoutMs: pullMs, ...call })
    },
    build: async ({ bases = {}, ...request }, call) => {
      const native =
        Object.keys(bases).length > 0 && (await info(call)).buildContexts === true && env['DOCKER_BUILDKIT'] !== '0'
      const build = async (): Promise<void> => {
        const {
          args,
          env: buildEnv,
          secrets,
        } = buildArguments({
          ...request,
          ...(native ? { bases } : {}),
          tag: reference(request.tag),
        })
        await run(command, args, {
          timeoutMs: buildMs,
          ...call,
          env: { ...buildEnv, ...(await needsBuildKit(request)) },
          secrets: [...secrets, ...(call?.secrets ?? [])],
        })
      }
      await (native ? build() : lend(bases, build))
    },
    tag,
    push: async (ref, call) => {
      await run(command, [...dialect.push, reference(ref)], { timeoutMs: pushMs, ...call })
    },
    saveCommand: (refs, platform) => [
      command,
      ...dialect.save,
      ...(platform === undefined ? [] : ['--platform', platform]),
      ...refs.map(reference),
    ],
  }
}

/** Whether all that stands on standard error is that something is not there. */
const onlyMissing = (stderr: string, missing: RegExp): boolean => {
  const said = stderr.split('\n').filter((line) => line.trim() !== '' && !/level=(warning|info)/.test(line))
  return said.length > 0 && said.every((line) => missing.test(line))
}

/** Docker tells on standard output what kept a program in a container from beginning. */
const notBegun = (error: CommandError): CommandError => {
  const { code, message, command, exitStatus, stdout, stderr, cause } = error
  const isTold = stderr.trim() === '' && stdout.startsWith('OCI runtime exec failed')
  return isTold ? new CommandError(code, message, { command, exitStatus, stdout: '', stderr: stdout, cause }) : error
}
