const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001 }

/** A time such as `1m30s` as whole seconds, at least one; undefined for what is none. Source: "Specifying durations" of the Compose specification. */
export const secondsOf = (written: unknown): number | undefined => {
  if (typeof written !== 'string' || !/^(?:[\d.]+(?:h|m|s|ms|us))+$/.test(written)) return undefined
  const ms = [...written.matchAll(/([\d.]+)(ms|us|h|m|s)/g)].reduce(
    (sum, [, count = '', unit = 's']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  )
  return Number.isFinite(ms) ? Math.max(1, Math.ceil(ms / 1000)) : undefined
}
