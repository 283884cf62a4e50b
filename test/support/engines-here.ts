import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import type { EngineName } from '../../config/config.ts'

/** An engine that answers here, and how it is spoken to. */
export type EngineHere = {
  readonly title: string
  readonly name: EngineName
  readonly version: string
  /** What points the programs at it. */
  readonly env: Readonly<Record<string, string>>
  /** Standard output; undefined where it fails. */
  readonly run: (...args: readonly string[]) => string | undefined
}

/** One that the small scenario is for and that is not here. */
type EngineMissing = { readonly title: string; readonly why: string }

const titles = {
  classic: 'Docker, classic image store',
  containerd: "Docker, containerd's image store",
  root: 'podman as root',
  rootless: 'podman without root',
  nerdctl: 'nerdctl',
} as const

/** What the environment says about engines, and no other part of it. */
const spoken = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) =>
      value !== undefined && /^(DOCKER_|CONTAINER|PODMAN_|XDG_RUNTIME_DIR$|DBUS_)/.test(key) ? [[key, value]] : [],
    ),
  )

const speakTo = (name: EngineName, env: Readonly<Record<string, string>>): EngineHere['run'] => {
  return (...args) => {
    const { status, stdout } = spawnSync(name, args, {
      encoding: 'utf8',
      env: { ...process.env, ...env },
      maxBuffer: 2 ** 26,
    })
    return status === 0 ? stdout.trim() : undefined
  }
}

/** Docker as the environment has it, and the engines at the addresses of KINDUP_E2E_DOCKER_HOSTS. */
const dockers = (): readonly EngineHere[] => {
  const further = (process.env['KINDUP_E2E_DOCKER_HOSTS'] ?? '').split(/\s+/).filter((host) => host !== '')
  return [{}, ...further.map((host) => ({ DOCKER_HOST: host }))].flatMap((more): readonly EngineHere[] => {
    const env = { ...spoken(), ...more }
    const run = speakTo('docker', env)
    const said = run('info', '--format', '{{json .}}')
    if (said === undefined) return []
    const info = JSON.parse(said) as { ServerVersion?: string; DriverStatus?: readonly (readonly string[])[] }
    // Nothing answers: the client then prints what it knows of itself.
    if (info.ServerVersion === undefined || info.ServerVersion === '') return []
    const isContainerd = (info.DriverStatus ?? []).some((pair) => pair.includes('io.containerd.snapshotter.v1'))
    const title = isContainerd ? titles.containerd : titles.classic
    return [{ title, name: 'docker', version: info.ServerVersion, env, run }]
  })
}

const podman = (): EngineHere | undefined => {
  const env = spoken()
  const run = speakTo('podman', env)
  const said = run('info', '--format', 'json')
  if (said === undefined) return undefined
  const { host, version } = JSON.parse(said) as {
    host: { security: { rootless: boolean } }
    version: { Version: string }
  }
  return {
    title: host.security.rootless ? titles.rootless : titles.root,
    name: 'podman',
    version: version.Version,
    env,
    run,
  }
}

const nerdctl = (): EngineHere | undefined => {
  const env = spoken()
  const run = speakTo('nerdctl', env)
  if (run('info') === undefined) return undefined
  return { title: titles.nerdctl, name: 'nerdctl', version: run('--version')?.replace(/^.* /, '') ?? '', env, run }
}

/** Every engine that the small scenario is for: those that answer here, and why the others do not take part. */
export const enginesHere = (): {
  readonly found: readonly EngineHere[]
  readonly missing: readonly EngineMissing[]
} => {
  const found = [...dockers(), podman(), nerdctl()].filter((engine) => engine !== undefined)
  const isRoot = process.getuid?.() === 0
  const why: Readonly<Record<string, string>> = {
    [titles.classic]: 'no such Docker answers (KINDUP_E2E_DOCKER_HOSTS names further ones)',
    [titles.containerd]: 'no such Docker answers (KINDUP_E2E_DOCKER_HOSTS names further ones)',
    [titles.root]: isRoot ? 'there is no podman that answers' : 'these tests do not run as root',
    [titles.rootless]: isRoot ? 'these tests run as root' : 'there is no podman that answers',
    [titles.nerdctl]: 'there is no nerdctl that answers',
  }
  const missing = Object.values(titles)
    .filter((title) => !found.some((engine) => engine.title === title))
    .map((title) => ({ title, why: why[title] ?? '' }))
  return { found, missing }
}

/**
 * The node image that an engine holds, by its reference. Archives of KINDUP_E2E_IMAGES (of `docker save`) are put into an engine
 * that holds none; undefined: kindup brings its own.
 */
export const nodeImageOf = ({ run }: Pick<EngineHere, 'run'>): string | undefined => {
  const held = (): string | undefined =>
    run('images', '--format', '{{.Repository}}:{{.Tag}}')
      ?.split('\n')
      .find((reference) => /(^|\/)kindest\/node:(?!<none>)/.test(reference))
  const folder = process.env['KINDUP_E2E_IMAGES'] ?? ''
  if (held() === undefined && folder !== '')
    for (const archive of readdirSync(folder))
      if (/kindest_node|metrics-server/.test(archive)) run('load', '--input', join(folder, archive))
  return held()
}
