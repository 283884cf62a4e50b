import { lastLine } from '../../core/print/one-line.ts'
import type { EngineName } from '../../config/config.ts'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'

export type Trouble = {
  readonly engine: EngineName
  /** What can be done about it follows from this. */
  readonly kind: 'missing' | 'slow' | 'forbidden' | 'stopped' | 'other'
  readonly cause: string
  readonly hints: readonly string[]
}

/** No engine answers: what is wrong with each that was asked. */
export class EngineUnreachable extends EnvironmentError {
  readonly troubles: readonly Trouble[]

  constructor(message: string, troubles: readonly Trouble[], hints: readonly string[]) {
    super('engine-unreachable', message, { hints })
    this.troubles = troubles
  }
}

type CheckDependencies = {
  readonly platform: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Why an engine does not answer, in words, and the way out. `thrown` is what its `info` failed with, or the text it gave instead. */
export const troubleFrom = (engine: EngineName, thrown: unknown, dependencies: CheckDependencies): Trouble => {
  const text = thrown instanceof CommandError ? thrown.stderr.trim() || thrown.message : messageOf(thrown)
  if (thrown instanceof CommandError && thrown.code === 'command-missing')
    return {
      engine,
      kind: 'missing',
      cause: `there is no program \`${engine}\` on the PATH`,
      hints: [installHint(engine)],
    }
  // What Docker Desktop puts on the PATH of a WSL that it was not told to serve.
  if (/could not be found in this WSL/i.test(text))
    return {
      engine,
      kind: 'missing',
      cause: 'Docker Desktop does not serve this WSL distribution',
      hints: ['In Docker Desktop: Settings, Resources, WSL integration, and switch this distribution on.'],
    }
  if (thrown instanceof CommandError && thrown.code === 'timed-out')
    return {
      engine,
      kind: 'slow',
      cause: 'it was asked and did not answer in time: it hangs, or is still starting',
      hints: ['Wait until it has started, or restart it, and try again.', startHint(engine, dependencies)],
    }
  if (/permission denied/i.test(text))
    return {
      engine,
      kind: 'forbidden',
      cause: `this user may not use its socket (${lastLine(text)})`,
      hints:
        engine === 'docker'
          ? ['sudo usermod -aG docker "$USER" && newgrp docker', 'docker context ls   # is another context meant?']
          : [`Run ${engine} as the user that its socket belongs to, or set it up rootless.`],
    }
  if (/cannot connect|is the docker daemon running|connection refused|no such file|dial unix|connect: /i.test(text)) {
    const set = engine === 'docker' ? dependencies.env['DOCKER_HOST'] : undefined
    const host = set && withoutLogin(set)
    return {
      engine,
      kind: 'stopped',
      cause: `it is installed, and its daemon does not answer${host ? ` at DOCKER_HOST=${host}` : ''}`,
      hints: host
        ? [`unset DOCKER_HOST   # if ${host} is not meant`, startHint(engine, dependencies)]
        : [startHint(engine, dependencies)],
    }
  }
  return {
    engine,
    kind: 'other',
    cause: lastLine(text) || 'it failed without a word',
    hints: [startHint(engine, dependencies)],
  }
}

export const unreachable = (trouble: Trouble): EngineUnreachable =>
  new EngineUnreachable(`${trouble.engine} does not answer: ${trouble.cause}.`, [trouble], trouble.hints)

const installHint = (engine: EngineName): string =>
  ({
    docker: 'Install Docker: https://docs.docker.com/get-docker/',
    podman: 'Install podman: https://podman.io/docs/installation',
    nerdctl: 'Install nerdctl: https://github.com/containerd/nerdctl#install',
  })[engine]

const startHint = (engine: EngineName, { platform }: CheckDependencies): string => {
  if (engine === 'podman') return platform === 'linux' ? 'podman info   # shows what is wrong' : 'podman machine start'
  if (engine === 'nerdctl') return 'sudo systemctl start containerd'
  return platform === 'linux'
    ? 'sudo systemctl start docker   # or start Docker Desktop'
    : 'Start Docker Desktop (or colima, Rancher Desktop, OrbStack) and wait until it says it runs.'
}
