const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of a text such as `30s`, `500ms`, `1m30s`; undefined when it is none, or nothing. */
export const parseDuration = (text: string): number | undefined => {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g))
    total += Number(amount) * (units[unit ?? ''] ?? 0)
  // A timer of Node takes no more than this, and fires at once when it is given more.
  return total > 0 && total < 2 ** 31 ? Math.round(total) : undefined
}
