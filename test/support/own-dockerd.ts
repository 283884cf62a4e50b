import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'

export type OwnDockerd = {
  /** A folder for its data, which stays, its settings and its log. */
  readonly work: string
  /** The path of the program. */
  readonly dockerd: string
  /** A daemon.json to begin with; '' for none. */
  readonly config: string
  /** Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** What `test/faults/own-engine.ts` tells the command that it runs: `pid` of the engine, and how it was started. */
export const ownEngineFile = '/run/own-engine.json'

/**
 * Starts a Docker engine for the mount namespace that this runs in, whose /run is nobody else's: data in the folder that is
 * given, state and socket in /run. Resolves with its process id once it answers; throws with the end of its log where it does not.
 */
export const startDockerd = async ({ work, dockerd, config, env = process.env }: OwnDockerd): Promise<number> => {
  const given = config === '' ? {} : (JSON.parse(readFileSync(config, 'utf8')) as Record<string, unknown>)
  const { hosts: _, ...settings } = {
    ...given,
    'data-root': join(work, 'docker'),
    'exec-root': '/run/docker-own',
    pidfile,
  } as Record<string, unknown>
  writeFileSync(join(work, 'daemon.json'), JSON.stringify(settings))
  // One that was killed leaves it, and the next one would not start.
  rmSync(pidfile, { force: true })
  const log = join(work, 'dockerd.log')
  const script = `exec '${dockerd}' --config-file '${join(work, 'daemon.json')}' --host ${socket} >> '${log}' 2>&1`
  // It starts programs that lie beside it.
  const path = `${dirname(dockerd)}:${env['PATH'] ?? ''}`
  const child = spawn('sh', ['-c', script], { env: { ...env, PATH: path }, stdio: 'ignore', detached: true })
  child.unref()
  let gone = false
  child.on('exit', () => (gone = true))
  for (let tries = 0; tries < 240; tries++) {
    if (spawnSync('docker', ['--host', socket, 'info'], { stdio: 'ignore' }).status === 0) return child.pid ?? 0
    if (gone) break
    await pause(500)
  }
  throw new Error(`the engine does not start:\n${readFileSync(log, 'utf8').split('\n').slice(-8).join('\n')}`)
}

const socket = 'unix:///run/docker.sock'
const pidfile = '/run/docker-own.pid'
