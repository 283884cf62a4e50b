import type { Engine } from '../engine/engine.ts'
import { kindClusterLabel } from '../kind/labels.ts'
import { withEngine, type Check } from './check.ts'

/** Certificates begin to hold at the minute they are made; tokens and leases live for some. */
const wrongMs = 2_000

export const clockCheck: Check = {
  id: 'clock',
  title: 'the engine’s clock is this machine’s',
  run: (dependencies) =>
    withEngine(dependencies, async (engine) => {
      const { aheadMs, virtual, host, product } = await engine.info()
      // A kernel has one clock.
      const isOwn = dependencies.platform === 'linux' && !virtual && host === undefined
      const skew = aheadMs ?? (isOwn ? 0 : await skewOfNode(engine))
      if (skew === undefined)
        return { state: 'skipped', cause: `${engine.name} does not tell its time, and there is no node to ask.` }
      const evidence = `${Math.abs(skew) < 1000 ? 'less than 1 s' : `${(Math.abs(skew) / 1000).toFixed(1)} s`} apart`
      if (Math.abs(skew) < wrongMs) return { state: 'ok', evidence }
      return {
        state: 'warning',
        cause: `The clock of the engine is ${(Math.abs(skew) / 1000).toFixed(1)} s ${skew > 0 ? 'ahead' : 'behind'}: certificates and tokens may not hold (a laptop that slept?).`,
        evidence,
        fix: virtual
          ? `Restart ${product ?? 'the engine'}.`
          : 'Let both machines ask a time server: timedatectl set-ntp true',
      }
    }),
}

const skewOfNode = async (engine: Engine): Promise<number | undefined> => {
  const node = (await engine.containers(kindClusterLabel)).find(({ running }) => running)
  if (!node) return undefined
  const before = Date.now()
  const { stdout } = await engine.exec(node.name, ['date', '+%s%3N'], { timeoutMs: 5_000 })
  const [time, after] = [Number(stdout.trim()), Date.now()]
  if (!Number.isFinite(time) || time === 0) return undefined
  return time < before ? time - before : time > after ? time - after : 0
}
