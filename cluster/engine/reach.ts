import { withoutLogin } from '../../core/mask/without-login.ts'
import type { EngineName } from '../../config/config.ts'
import { unlessRefused } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'

type Env = Readonly<Record<string, string | undefined>>

export type Reach = {
  /** `DOCKER_HOST=ssh://build`, `context colima`. */
  readonly reachedBy?: string
  /** The machine at the other end, where it is not this one. */
  readonly host?: string
}

type Found = {
  /** The name of docker's context, as its program tells it. */
  readonly context?: string | undefined
  /** podman's program talks to a service elsewhere, in a virtual machine perhaps. */
  readonly isRemote?: boolean
}

/** Contexts that products of this machine make: looking into them costs a process. */
const ofThisMachine = /^(default|desktop-linux|desktop-windows|orbstack|rancher-desktop|rootless|colima(-.*)?)$/

/** How the engine's program reaches it, and on which machine it is. Starts a program only for a context that somebody made. */
export const reachOf = async (engine: EngineName, found: Found, run: Run, env: Env): Promise<Reach> => {
  const variable = engine === 'docker' ? 'DOCKER_HOST' : engine === 'podman' ? 'CONTAINER_HOST' : undefined
  const set = variable === undefined ? undefined : env[variable]
  if (set) return { reachedBy: `${variable}=${withoutLogin(set)}`, ...(await hostIn(set, run)) }
  if (engine === 'docker' && found.context !== undefined && found.context !== '') {
    const reachedBy = `context ${found.context}`
    if (ofThisMachine.test(found.context)) return { reachedBy }
    const [address = ''] = await linesOf(run, 'docker', [
      'context',
      'inspect',
      found.context,
      '--format',
      '{{.Endpoints.docker.Host}}',
    ])
    return { reachedBy: `${reachedBy}, ${withoutLogin(address)}`, ...(await hostIn(address, run)) }
  }
  if (engine === 'podman' && found.isRemote) {
    const list = await linesOf(run, 'podman', [
      'system',
      'connection',
      'list',
      '--format',
      '{{.Default}} {{.Name}} {{.URI}}',
    ])
    const [, name = '', address = ''] = list.find((line) => line.startsWith('true '))?.split(' ') ?? []
    if (address !== '')
      return { reachedBy: `connection ${name}, ${withoutLogin(address)}`, ...(await hostIn(address, run)) }
  }
  return {}
}

/** The machine that an address of an engine names; undefined for sockets and for this machine. */
export const machineIn = (address: string): string | undefined => {
  const url = URL.parse(address)
  if (!url || !/^(tcp|ssh|https?):$/.test(url.protocol)) return undefined
  const name = url.hostname.replaceAll(/^\[|\]$/g, '')
  return name === '' || /^(localhost|127(\.\d+){3}|::1|0\.0\.0\.0)$/.test(name) ? undefined : name
}

/** ssh knows machines by names of its own: its configuration tells which is meant. */
const hostIn = async (address: string, run: Run): Promise<Pick<Reach, 'host'>> => {
  const machine = machineIn(address)
  if (machine === undefined || !address.startsWith('ssh:')) return machine === undefined ? {} : { host: machine }
  const lines = await linesOf(run, 'ssh', ['-G', machine])
  const host = lines.find((line) => line.startsWith('hostname '))?.slice('hostname '.length) ?? machine
  // A tunnel of the user's own ends here.
  return /^(localhost|127(\.\d+){3}|::1)$/.test(host) ? {} : { host }
}

const linesOf = async (run: Run, program: string, args: readonly string[]): Promise<readonly string[]> => {
  return unlessRefused(
    async () => (await run(program, args, { timeoutMs: 5_000 })).stdout.split('\n').map((line) => line.trim()),
    [],
  )
}
