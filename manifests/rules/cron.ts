const shortcuts =
  /^@(?:yearly|annually|monthly|weekly|daily|midnight|hourly|every (?:\d+(?:\.\d+)?(?:ns|us|ms|s|m|h))+)$/i

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const days = 'sun mon tue wed thu fri sat'.split(' ')

const fields = [
  { name: 'minute', from: 0, to: 59, names: [] },
  { name: 'hour', from: 0, to: 23, names: [] },
  { name: 'day of the month', from: 1, to: 31, names: [] },
  { name: 'month', from: 1, to: 12, names: months },
  { name: 'day of the week', from: 0, to: 6, names: days },
] as const

/** Why a text is no schedule of a CronJob (robfig/cron's standard form), as the end of a sentence; undefined when it is one. */
export const cronFault = (text: string): string | undefined => {
  if (/^(?:TZ|CRON_TZ)=/.test(text)) return 'a time zone is written in `timeZone`'
  if (text.startsWith('@')) return shortcuts.test(text) ? undefined : 'there is no such shortcut'
  const parts = text.trim().split(/\s+/)
  if (parts.length !== fields.length)
    return `it has ${parts.length} ${parts.length === 1 ? 'field' : 'fields'} where 5 belong: minute, hour, day of the month, month, day of the week`
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? ''
    if (!part.split(',').every((one) => isRange(one, field)))
      return `${part} is no ${field.name} (${field.from} to ${field.to})`
  }
  return undefined
}

type Field = (typeof fields)[number]

const isRange = (text: string, field: Field): boolean => {
  const [range = '', step, ...more] = text.split('/')
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false
  if (range === '*' || range === '?') return true
  const [low, high, ...rest] = range.split('-').map((one) => valueOf(one, field))
  if (low === undefined || rest.length > 0 || low < field.from || low > field.to) return false
  if (!range.includes('-')) return true
  return high !== undefined && high <= field.to && low <= high
}

const valueOf = (text: string, { names, from }: Field): number | undefined => {
  if (/^\d+$/.test(text)) return Number(text)
  const named = names.findIndex((name) => name === text.toLowerCase())
  return named < 0 ? undefined : named + from
}
