const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of a text such as `30s`, `500ms`, `1m30s`; undefined when it is none, or nothing. */
export const parseDuration = (text: string): number | undefined => {
  const total = sumOf(text, /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/)
  // A timer of Node takes no more than this, and fires at once when it is given more.
  return total !== undefined && total < 2 ** 31 ? total : undefined
}

/** Milliseconds of an age such as `90m`, `2h`, `1d12h`: nothing waits for it, so it may be of any length. */
export const parseAge = (text: string): number | undefined => sumOf(text, /^(?:\d+(?:\.\d+)?[smhd])+$/)

const sumOf = (text: string, form: RegExp): number | undefined => {
  if (!form.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g))
    total += Number(amount) * (units[unit ?? ''] ?? 0)
  return total > 0 && total < Number.MAX_SAFE_INTEGER ? Math.round(total) : undefined
}
