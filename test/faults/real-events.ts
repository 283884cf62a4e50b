import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { ownEngineFile, startDockerd } from '../support/own-dockerd.ts'
import { clockJump, type EventName } from './events.ts'

type OwnEngine = { pid: number; readonly work: string; readonly dockerd: string }

/** The engine that `own-engine.ts` gives a walk; undefined where the engine is everybody's. */
export const ownEngine: OwnEngine | undefined =
  process.env['KINDUP_FAULT_ENGINE'] === 'own' && existsSync(ownEngineFile)
    ? (JSON.parse(readFileSync(ownEngineFile, 'utf8')) as OwnEngine)
    : undefined

type RealEvent = {
  readonly env?: Readonly<Record<string, string>>
  /** While the run stands still. */
  readonly begin: () => Promise<void> | void
  /** Once the run is over. */
  readonly end: () => Promise<void> | void
}

const docker = (...args: readonly string[]): string => spawnSync('docker', args, { encoding: 'utf8' }).stdout.trim()

/** What happens to the engine and the nodes of a cluster. */
export const realEvents = (name: string): Readonly<Record<EventName, RealEvent>> => {
  const onNodes = (...args: readonly string[]): void => {
    const found = docker('ps', '--all', '--quiet', '--filter', `label=io.x-k8s.kind.cluster=${name}`)
      .split('\n')
      .filter(Boolean)
    if (found.length > 0) docker(...args, ...found)
  }
  const full = ownEngine === undefined ? '' : join(ownEngine.work, 'full')
  return {
    // One that is everybody's does so to the nodes of this cluster alone.
    'engine restart': {
      begin: () => (ownEngine === undefined ? onNodes('restart', '--time', '2') : restart(ownEngine)),
      end: () => undefined,
    },
    'API gone': { begin: () => onNodes('pause'), end: () => onNodes('unpause') },
    'disk full': {
      // Set aside in one go, which writes nothing; dd takes what is left, and ends with an error once nothing is.
      begin: () => {
        const { bavail, bsize } = statfsSync(ownEngine?.work ?? '')
        spawnSync('fallocate', ['--length', String(bavail * bsize), full])
        spawnSync('dd', ['if=/dev/zero', `of=${full}`, 'bs=64k', 'oflag=append', 'conv=notrunc'])
      },
      end: () => rmSync(full, { force: true }),
    },
    'clock jump': { env: clockJump, begin: () => undefined, end: () => undefined },
  }
}

const restart = async (engine: OwnEngine): Promise<void> => {
  process.kill(engine.pid, 'SIGTERM')
  while (isThere(engine.pid)) await pause(50)
  engine.pid = await startDockerd({ ...engine, config: process.env['KINDUP_BOX_DOCKERD_CONFIG'] ?? '' })
}

const isThere = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
