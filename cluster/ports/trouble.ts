import type { PortConfig } from '../../config/config.ts'
import type { EngineInfo } from '../engine/engine.ts'
import { refusalOf } from './probe.ts'

/** What keeps the engine from binding a port: another has it, only root may, or the address is none of this machine's. */
export type PortTrouble = 'taken' | 'forbidden' | 'no-address'

/** What is known of the engine that is to bind it. Nothing is known of one that does not answer. */
export type Binder = Pick<EngineInfo, 'rootless' | 'host'> & {
  /** A rootless engine whose helper may bind any port all the same (setcap cap_net_bind_service). */
  readonly mayBindLow?: boolean
}

export const portTrouble = async (
  port: PortConfig,
  binder: Binder | undefined,
  refusal = refusalOf,
): Promise<PortTrouble | undefined> => {
  // Ports of an engine elsewhere are bound there: what is free here says nothing.
  if (port.hostPort === 0 || binder?.host !== undefined) return undefined
  switch (await refusal(port)) {
    case 'EADDRINUSE':
      return 'taken'
    case 'EADDRNOTAVAIL':
      return 'no-address'
    case 'EACCES':
      // What this user may not bind, an engine that runs as root may.
      return binder?.rootless && !binder.mayBindLow ? 'forbidden' : undefined
    default:
      return undefined
  }
}
