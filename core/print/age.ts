const steps = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

/** A stretch of time in its two largest units: `40 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. `ms` is not negative. */
export const ageText = (ms: number): string => {
  const first = steps.findIndex(([, unit]) => ms >= unit)
  const [name, unit] = steps[first] ?? []
  if (unit === undefined) return `${Math.floor(ms / 1000)} s`
  const rest = steps[first + 1]
  const more = rest === undefined ? 0 : Math.floor((ms % unit) / rest[1])
  return `${Math.floor(ms / unit)} ${name}${rest === undefined || more === 0 ? '' : ` ${more} ${rest[0]}`}`
}
