import { randomInt } from 'node:crypto'
import { refusalOf } from '../../cluster/ports/probe.ts'

/**
 * A port of 127.0.0.1 that nobody has, for what is to listen there later. Below those that a system gives out by itself
 * (32768 and up on Linux, 49152 elsewhere): one of these, free again, is the next that any program on the machine gets.
 */
export const ownPort = async (): Promise<number> => {
  for (;;) {
    const hostPort = randomInt(15_000, 32_000)
    if ((await refusalOf({ address: '127.0.0.1', hostPort, protocol: 'tcp' })) === undefined) return hostPort
  }
}
